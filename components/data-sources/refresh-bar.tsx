import { Button } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { RelativeTime } from '#components/layout/relative-time'
import type { RefreshView } from '#lib/data-sources/schema'
import { formatNumber, plural } from '#lib/format/number'
import classes from './explorer.module.css'
import type { useRefresh } from './use-refresh.ts'

/** When the tables were read last, and how far reading them is now. */
export const RefreshBar = ({ newest, problem, isRunning, start, cancel }: ReturnType<typeof useRefresh>) => {
  const trouble = problem ?? troubleOf(newest)
  const began = useRef(0)
  useEffect(() => {
    if (isRunning) began.current = performance.now()
  }, [isRunning])
  const press = () => {
    if (!isRunning) return void start({})
    if (performance.now() - began.current > meant_ms) void cancel()
  }
  return (
    <footer className={classes.refreshBar}>
      {trouble !== undefined && (
        <p className={classes.refreshProblem} role="alert">
          <IconAlertTriangle size={14} aria-hidden />
          {trouble}
        </p>
      )}
      <div className={classes.refreshRow}>
        <p role="status">
          {isRunning && newest ? (
            progressOf(newest)
          ) : newest?.ended_at ? (
            <ReadAt at={newest.ended_at} />
          ) : (
            'Not kept yet'
          )}
        </p>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={isRunning ? undefined : <IconRefresh size={13} aria-hidden />}
          onClick={press}
        >
          {isRunning ? 'Cancel' : 'Refresh'}
        </Button>
      </div>
    </footer>
  )
}

// A refresh may begin by itself under a pointer that wants to begin one: nobody stops what they have not seen running.
const meant_ms = 700

const ReadAt = ({ at }: { at: string }) => (
  <>
    Read <RelativeTime at={at} />
  </>
)

const progressOf = ({ status, schemas_done, schemas_total, relations }: RefreshView): string => {
  if (status === 'queued') return 'Waiting to be read …'
  const tables = relations > 0 ? `, ${plural(relations, 'table')}` : ''
  if (schemas_total === null) return `Reading …${tables}`
  return `Reading ${formatNumber(schemas_done)} of ${plural(schemas_total, 'schema')}${tables}`
}

const troubleOf = (newest: RefreshView | undefined): string | undefined => {
  if (newest?.status === 'failed')
    return newest.problem?.detail ?? 'The last refresh failed. What was read before is shown.'
  if (newest?.status === 'partial') return 'Some schemas could not be read; what was known of them is shown.'
  return newest?.status === 'cancelled' ? 'The last refresh was cancelled. What was read before is shown.' : undefined
}
