'use client'
import dynamic from 'next/dynamic'
import { RelativeTime } from '#components/layout/relative-time'
import type { ConnectionView } from '#lib/connections/schema'
import type { TestStage } from '#lib/connectors/contract'
import { formatDuration } from '#lib/format/time'
import classes from './status-cell.module.css'

// The words of the stages come with the connectors' contract: nothing that every visit should load.
const RunningTest = dynamic(() => import('./running-test.tsx').then((module) => module.RunningTest), {
  ssr: false,
  loading: () => <span className={classes.line}>Starting…</span>,
})

/** A test under way in this row. */
export interface RowTest {
  stages: readonly TestStage[]
  /** The test itself could not run. */
  problem?: string
}

/** How the last test went, in words; while one runs, its stages. */
export const StatusCell = ({ connection, test }: { connection: ConnectionView; test: RowTest | undefined }) => (
  <div className={classes.status} aria-live="polite">
    {test === undefined ? (
      <Settled connection={connection} />
    ) : test.problem === undefined ? (
      <RunningTest stages={test.stages} />
    ) : (
      <Line dot="failed" title={test.problem}>
        {test.problem}
      </Line>
    )}
  </div>
)

const Settled = ({ connection: { test_state, last_test } }: { connection: ConnectionView }) => {
  if (test_state === 'never_tested' || last_test === null) return <Line dot="unknown">Never tested</Line>
  const when = <RelativeTime at={last_test.at} />
  if (test_state === 'stale') {
    return (
      <Line
        dot="unknown"
        under={
          <>
            Before: {last_test.status}, {when}
          </>
        }
      >
        Untested since edit
      </Line>
    )
  }
  if (test_state === 'failed') {
    return (
      <Line dot="failed" title={last_test.message} under={when}>
        Failed: {lowerFirst(last_test.message)}
      </Line>
    )
  }
  return (
    <Line dot="passed">
      Passed
      <span className={classes.facts}>
        {last_test.latency_ms !== null && <> · {formatDuration(last_test.latency_ms)}</>} · {when}
      </span>
    </Line>
  )
}

interface LineProps {
  dot: 'passed' | 'failed' | 'unknown'
  title?: string
  under?: React.ReactNode
  children: React.ReactNode
}

const Line = ({ dot, title, under, children }: LineProps) => (
  <>
    <span className={classes.line} data-state={dot} title={title}>
      <span className={classes.dot} aria-hidden />
      <span className={classes.words}>{children}</span>
    </span>
    {under && (
      <span className={classes.under} data-under>
        {under}
      </span>
    )}
  </>
)

const lowerFirst = (sentence: string): string =>
  /^[A-Z][a-z]/.test(sentence) ? sentence.charAt(0).toLowerCase() + sentence.slice(1) : sentence
