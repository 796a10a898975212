import { TabCount, Tabs } from '#components/layout/tabs'
import type { ConnectionList } from '#lib/connections/schema'
import { countText } from './list-counts.ts'
import { type ListQuery, listHref } from './list-query.ts'

const tabs = [
  { label: 'All', role: null, deleted: null, count: 'all' },
  { label: 'Sources', role: 'source', deleted: null, count: 'source' },
  { label: 'Destinations', role: 'destination', deleted: null, count: 'destination' },
  { label: 'Deleted', role: null, deleted: 'true', count: null },
] as const

/** All, sources, destinations with their counts, and the bin. */
export const ListTabs = ({ query, counts }: { query: ListQuery; counts: ConnectionList['counts'] | undefined }) => (
  <Tabs
    label="Which connections"
    tabs={tabs.map(({ label, role, deleted, count }) => ({
      label,
      href: listHref(query, { role, deleted }),
      isCurrent: deleted === (query.deleted ?? null) && (deleted !== null || role === (query.role ?? null)),
      mark: count && counts && <TabCount>{countText(counts, count)}</TabCount>,
      isApart: deleted !== null,
    }))}
  />
)
