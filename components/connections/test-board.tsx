'use client'
import { Button } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import type { TestCause } from '#lib/connectors/contract'
import { formatDuration } from '#lib/format/time'
import { Fix } from './fix.tsx'
import classes from './test-board.module.css'
import { TestStageRow } from './test-stage.tsx'
import { type TestRun, testErrorSentence } from './use-connection-test.tsx'

interface TestBoardProps {
  run: TestRun
  /** The form changed after this run. */
  isStale: boolean
  onCancel: () => void
  /** Shows and focuses the field a failure is about; undefined when the form has no such field. */
  onField?: ((pointer: string) => void) | undefined
  hasField?: (pointer: string) => boolean
  /** Takes the key that the test has found as the right one, into the setting at this pointer. */
  onAccept?: ((pointer: string, fingerprint: string) => void) | undefined
}

/** The stages of a test as they happen, then what they mean. */
export const TestBoard = ({ run, isStale, onCancel, onField, hasField, onAccept }: TestBoardProps) => (
  <section className={classes.board} aria-label="Connection test" data-stale={isStale || undefined}>
    <header className={classes.head}>
      <h2 className={classes.heading}>Test</h2>
      <Verdict run={run} isStale={isStale} />
      {run.phase === 'running' && (
        <Button variant="subtle" color="gray" size="compact-sm" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </header>
    {run.stages.length > 0 && (
      <ol className={classes.stages}>
        {run.stages.map((stage) => (
          <TestStageRow key={stage.name} stage={stage} isExplained={run.report?.cause?.stage === stage.name} />
        ))}
      </ol>
    )}
    {run.phase === 'idle' && (
      <p className={classes.empty}>
        Checks every step from the name to the rights of the login, and says what to change if one fails. Nothing is
        saved.
      </p>
    )}
    {run.phase === 'error' && <p className={classes.problem}>{testErrorSentence(run)}</p>}
    {run.report?.cause && (
      <Cause
        cause={run.report.cause}
        onField={hasField?.(run.report.cause.field ?? '') ? onField : undefined}
        found={foundKey(run)}
        onAccept={onAccept}
      />
    )}
  </section>
)

const Verdict = ({ run, isStale }: Pick<TestBoardProps, 'run' | 'isStale'>) => {
  const { tone, words } = verdictOf(run)
  return (
    <p className={classes.verdict} data-tone={isStale ? 'stale' : tone} role="status">
      {isStale ? `${words} · before your last changes` : words}
    </p>
  )
}

const verdictOf = ({ phase, report }: TestRun): { tone: string; words: string } => {
  if (phase === 'idle') return { tone: 'idle', words: 'Not tested yet' }
  if (phase === 'running') return { tone: 'running', words: 'Testing …' }
  if (phase === 'cancelled') return { tone: 'idle', words: 'Cancelled' }
  if (phase === 'error' || !report) return { tone: 'failed', words: 'Could not test' }
  if (!report.success) return { tone: 'failed', words: 'Failed' }
  return {
    tone: 'passed',
    words: `Passed${report.latency_ms === null ? '' : ` · ${formatDuration(report.latency_ms)}`}`,
  }
}

/** The key of an SSH server that nobody has accepted yet; one that has changed is not offered. */
const foundKey = ({ report }: TestRun): string | undefined => {
  if (!report?.cause?.code.endsWith('.host_key_unknown')) return undefined
  const found = report.stages.find(({ name }) => name === report.cause?.stage)?.evidence?.fingerprint
  return typeof found === 'string' ? found : undefined
}

interface CauseProps {
  cause: TestCause
  onField: ((pointer: string) => void) | undefined
  found: string | undefined
  onAccept: TestBoardProps['onAccept']
}

const Cause = ({ cause, onField, found, onAccept }: CauseProps) => (
  <div className={classes.cause}>
    <p className={classes.sentence}>{cause.sentence}</p>
    {cause.fix && <Fix fix={cause.fix} />}
    {found !== undefined && onAccept !== undefined && (
      <Button variant="default" size="xs" onClick={() => onAccept(cause.field ?? '', found)}>
        It is the right key: accept it
      </Button>
    )}
    {cause.field !== null && onField && found === undefined && (
      <Button
        variant="default"
        size="xs"
        rightSection={<IconArrowRight size={14} aria-hidden />}
        onClick={() => onField(cause.field ?? '')}
      >
        Go to field
      </Button>
    )}
  </div>
)
