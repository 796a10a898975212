import { formatBytes, formatNumber, plural } from '#lib/format/number'
import { formatDuration } from '#lib/format/time'
import type { ResultState } from './result-store.ts'

/** What there is to say about a result, each a few words. */
export const resultWords = (state: ResultState): string[] => {
  const { status, rows, bytes, done, columns, columnsLeftOut, duration_ms } = state
  const took = done?.duration_ms ?? duration_ms
  const isNothing = (status === 'failed' || status === 'running') && rows === 0
  const words = [
    status === 'failed' ? 'failed' : undefined,
    state.plan ? 'Plan' : columns?.length && !isNothing ? plural(rows, 'row') : undefined,
    done?.affected == null ? undefined : `${plural(done.affected, 'row')} changed`,
    done && !state.plan && !columns?.length && done.affected === null
      ? `${done.command ?? 'Statement'} done`
      : undefined,
    status === 'cancelled' ? 'cancelled' : undefined,
    columnsLeftOut > 0 ? `${plural(columnsLeftOut, 'column')} left out` : undefined,
    done && done.cells_cut > 0 ? `${plural(done.cells_cut, 'long value')} cut` : undefined,
    took === undefined ? undefined : formatDuration(took),
    bytes > 0 && !isNothing ? formatBytes(bytes) : undefined,
  ]
  return words.filter((word) => word !== undefined)
}

/** Why there are fewer rows than the server has. */
export const truncationOf = ({ done, rows }: ResultState): string | undefined => {
  if (!done?.truncated) return undefined
  const at = done.truncated === 'rows' ? `${formatNumber(rows)} rows` : `${formatNumber(rows)} rows, for their size`
  return `truncated at ${at}`
}
