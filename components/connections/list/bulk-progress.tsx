import type { ConnectionView } from '#lib/connections/schema'
import { formatNumber } from '#lib/format/number'
import classes from './bulk-bar.module.css'
import { summaryOf } from './bulk-summary.ts'
import type { BulkJob } from './use-bulk.ts'

interface BulkProgressProps {
  job: BulkJob
  onCancel(): void
  onClose(): void
  /** Chooses exactly these. */
  onChoose(connections: readonly ConnectionView[]): void
}

/** How far it is, then how it went. */
export const BulkProgress = ({ job, onCancel, onClose, onChoose }: BulkProgressProps) => {
  const { words, total, done, failed, state, problem } = job
  const isRunning = state === 'running'
  return (
    <>
      <span className={classes.words} role="status">
        {isRunning ? `${words.doing} ${formatNumber(done)} of ${formatNumber(total)}` : summaryOf(job)}
        {problem !== undefined && <span className={classes.failed}>{problem}</span>}
        {failed.length > 0 && (
          <span className={classes.failed} title={failed.map(({ problem }) => problem).join('\n')}>
            {formatNumber(failed.length)} failed
          </span>
        )}
      </span>
      <progress className={classes.progress} max={total} value={done} aria-label={words.doing} />
      {isRunning ? (
        <button type="button" className={classes.action} onClick={onCancel}>
          Cancel
        </button>
      ) : (
        <>
          {failed.length > 0 && (
            <button
              type="button"
              className={classes.action}
              onClick={() => {
                onChoose(failed.map(({ item }) => item))
                onClose()
              }}
            >
              Select those
            </button>
          )}
          <button type="button" className={classes.action} onClick={onClose} ref={focus}>
            Done
          </button>
        </>
      )}
    </>
  )
}

// What had the focus is gone.
const focus = (button: HTMLElement | null): void => button?.focus()
