import { formatNumber, plural } from '#lib/format/number'
import type { BulkJob } from './use-bulk.ts'

/** How it went: only what was done counts as done. */
export const summaryOf = ({ words, total, done, failed, state }: Omit<BulkJob, 'problem'>): string => {
  const count = words.failedToo ? done : done - failed.length
  return state === 'cancelled'
    ? `Stopped: ${words.done.toLowerCase()} ${formatNumber(count)} of ${formatNumber(total)}`
    : `${words.done} ${plural(count, 'connection')}`
}
