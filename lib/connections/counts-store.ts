import { asking, grantedTo } from '#lib/auth/grants'
import { Prisma } from '#lib/db/client'
import { literal, readRows } from '#lib/db/rows'
import { type ConnectionFilter, isNarrowed, joinsFor, matches } from './filter-store.ts'
import { withHits } from './search-store.ts'
import type { Search } from './search-words.ts'
import type { Viewer } from './store.ts'

export interface RoleCounts {
  source: number
  destination: number
  /** Counting stopped beyond `countedUpTo`. */
  bounded?: boolean
}

/** Where counting stops: nobody reads on through more than that, and counting 100,000 would take longer than the page. */
export const countedUpTo = 1_000

/** How many of each role match, whichever role is looked at: exact, but under filters alone only up to a bound. */
export const countStored = (viewer: Viewer, filter: ConnectionFilter): Promise<RoleCounts> => {
  if (filter.search) return countFound(viewer, { ...filter, search: filter.search })
  return filter.deleted || isNarrowed(viewer, filter) ? countMatches(viewer, filter) : readCounters(viewer)
}

const countFound = async (viewer: Viewer, filter: ConnectionFilter & { search: Search }): Promise<RoleCounts> => {
  const [row] = await readRows<RoleCounts>(
    Prisma.sql`${withHits(viewer, filter)}
      select count(*) filter (where role = 'source')::int as source,
        count(*) filter (where role <> 'source')::int as destination from hit`,
    { prepared: false },
  )
  return row ?? { source: 0, destination: 0 }
}

const countMatches = async (viewer: Viewer, filter: ConnectionFilter): Promise<RoleCounts> => {
  const count = (role: string) => Prisma.sql`(select count(*)::int from (
    select from connections c ${joinsFor(filter)}
    where ${Prisma.join(matches(viewer, { ...filter, role }), ' and ')} limit ${literal(countedUpTo + 1)}) n)`
  const [row] = await readRows<RoleCounts>(
    Prisma.sql`select ${count('source')} as source, ${count('destination')} as destination`,
  )
  return { source: 0, destination: 0, ...row, bounded: true }
}

/** The counters that triggers keep, without the restricted ones but with those of them that were granted. */
const readCounters = async (viewer: Viewer): Promise<RoleCounts> => {
  const all = Prisma.sql`select sum(sources)::int as source, sum(destinations)::int as destination`
  const open = Prisma.sql`select sum(sources - restricted_sources)::int as source, sum(destinations - restricted_destinations)::int as destination`
  const { seesRestricted, id } = asking(viewer)
  const counted = Prisma.sql`${seesRestricted ? all : open} from connection_counts where workspace_id = ${viewer.workspaceId}`
  const granted = Prisma.sql`
    select count(*) filter (where c.role = 'source')::int, count(*) filter (where c.role = 'destination')::int
    from connections c where c.workspace_id = ${viewer.workspaceId} and c.restricted and c.deleted_at is null
      and c.id in (select object_id from grants where workspace_id = ${viewer.workspaceId} and subject_id = ${id})
      and ${grantedTo(id, { kind: 'connection', least: 'view', alias: Prisma.sql`c` })}`
  const rows = await readRows<{ source: number | null; destination: number | null }>(
    seesRestricted ? counted : Prisma.sql`${counted} union all ${granted}`,
  )
  const sum = (role: 'source' | 'destination') => rows.reduce((total, row) => total + (row[role] ?? 0), 0)
  return { source: sum('source'), destination: sum('destination') }
}
