'use client'
import { Progress } from '@mantine/core'
import Link from 'next/link'
import { RelativeTime } from '#components/layout/relative-time'
import { formatDuration } from '#lib/format/time'
import type { RotationView } from '#lib/rotations/schema'
import classes from './rotation.module.css'
import { RotationActions } from './rotation-actions.tsx'
import type { Rotations } from './use-rotations.ts'

interface RotationBoardProps {
  rotation: RotationView
  rotations: Rotations
}

/** Every dependent connection and what the new secret did there, then the steps that can be taken. */
export const RotationBoard = ({ rotation, rotations }: RotationBoardProps) => {
  const { progress, tests } = rotation
  const percent = progress.total === 0 ? 100 : (progress.done / progress.total) * 100
  return (
    <div className={classes.board}>
      <header className={classes.head}>
        <p className={classes.verdict} data-tone={toneOf(rotation)} role="status">
          {verdictOf(rotation)}
        </p>
        <span className={classes.versions}>
          Version {rotation.from_version} → {rotation.to_version}
        </span>
      </header>
      <Progress
        value={percent}
        size="xs"
        radius={0}
        color={progress.failed > 0 ? 'red' : 'green'}
        aria-label="Connections tested"
      />
      {tests.length === 0 ? (
        <p className={classes.empty}>No connection depends on this credential, so there is nothing to test.</p>
      ) : (
        <ul className={classes.tests}>
          {tests.map((test) => (
            <TestRow key={test.connection.id} test={test} />
          ))}
        </ul>
      )}
      {progress.total > tests.length && tests.length > 0 && (
        <p className={classes.empty}>{progress.total - tests.length} more in other workspaces.</p>
      )}
      {rotation.soak_until !== null && (
        <p className={classes.soak}>
          The old secret is kept for a roll-back and destroyed <RelativeTime at={rotation.soak_until} />.
        </p>
      )}
      <RotationActions rotation={rotation} rotations={rotations} />
    </div>
  )
}

const TestRow = ({ test }: { test: RotationView['tests'][number] }) => {
  const { connection, state, message, cause, latency_ms } = test
  return (
    <li className={classes.test}>
      <span className={classes.dot} data-state={state} aria-hidden />
      <Link href={`/workspace/connections/${connection.id}/edit`} prefetch={false} className={classes.name}>
        {connection.name}
      </Link>
      <span className={classes.state} data-state={state}>
        {stateWords[state]}
        {state === 'passed' && latency_ms !== null && ` · ${formatDuration(latency_ms)}`}
      </span>
      {state !== 'passed' && (cause || message) && (
        <div className={classes.cause}>
          <p>{cause?.sentence ?? message}</p>
          {cause?.fix && (cause.fix.kind === 'text' ? <p>{cause.fix.text}</p> : <pre>{cause.fix.text}</pre>)}
        </div>
      )}
    </li>
  )
}

const stateWords = {
  pending: 'Waiting',
  running: 'Testing …',
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'No longer uses it',
} as const

const toneOf = ({ state }: RotationView): string =>
  state === 'failed' ? 'failed' : state === 'testing' ? 'running' : 'passed'

const verdictOf = ({ state, progress: { total, done, failed } }: RotationView): string => {
  if (state === 'testing') return `Testing · ${done} of ${total} done`
  if (state === 'failed') return `The new secret fails for ${failed} of ${total}`
  if (state === 'soaking') return 'Promoted · the new secret is in use'
  return total === 0 ? 'Ready to promote' : 'Every test passed · ready to promote'
}
