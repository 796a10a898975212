import type { ConnectionList } from '#lib/connections/schema'
import { formatNumber } from '#lib/format/number'
import { isFiltered, type ListQuery } from './list-query.ts'

/** "1,204", or "10,000+" where counting stopped. */
export const countText = (counts: ConnectionList['counts'], of: 'all' | 'source' | 'destination'): string =>
  `${formatNumber(counts[of])}${counts.up_to !== null && counts[of] >= counts.up_to ? '+' : ''}`

/** How many there are where they were counted to the end. */
export const totalOf = ({ counts }: ConnectionList, { role }: ListQuery): number | undefined =>
  counts.up_to === null ? counts[role ?? 'all'] : undefined

/** What the search found, in words. */
export const foundText = (list: ConnectionList, query: ListQuery): string => {
  if (list.approximate) return 'Nothing is spelled like that; these come close.'
  return isFiltered(query) ? `${countText(list.counts, query.role ?? 'all')} found` : ''
}
