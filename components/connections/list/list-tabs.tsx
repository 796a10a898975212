import Link from 'next/link'
import type { ConnectionList } from '#lib/connections/schema'
import { formatNumber } from '#lib/format/number'
import classes from './list.module.css'
import { type ListQuery, listHref } from './list-query.ts'

const tabs = [
  { label: 'All', role: null, deleted: null, count: 'all' },
  { label: 'Sources', role: 'source', deleted: null, count: 'source' },
  { label: 'Destinations', role: 'destination', deleted: null, count: 'destination' },
  { label: 'Deleted', role: null, deleted: 'true', count: null },
] as const

/** All, sources, destinations with their counts, and the bin. */
export const ListTabs = ({ query, counts }: { query: ListQuery; counts: ConnectionList['counts'] | undefined }) => (
  <nav aria-label="Which connections" className={classes.tabs}>
    {tabs.map(({ label, role, deleted, count }) => {
      const isCurrent = deleted === (query.deleted ?? null) && (deleted !== null || role === (query.role ?? null))
      return (
        <Link
          key={label}
          href={listHref(query, { role, deleted })}
          className={classes.tab}
          aria-current={isCurrent ? 'page' : undefined}
        >
          {label}
          {count && counts && <span className={classes.count}>{formatNumber(counts[count])}</span>}
        </Link>
      )
    })}
  </nav>
)
