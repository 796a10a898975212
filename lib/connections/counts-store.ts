import { asking, grantedTo } from '#lib/auth/grants'
import { Prisma } from '#lib/db/client'
import { literal, readRows } from '#lib/db/rows'
import { type ConnectionFilter, joinsFor, matches } from './list-store.ts'
import type { Viewer } from './store.ts'

export interface RoleCounts {
  source: number
  destination: number
}

/** Where counting stops: nobody reads on through more than that, and counting 100,000 would take longer than the page. */
export const countedUpTo = 1_000

/** How many of each role match, whichever role is looked at: exact without filters, and otherwise up to a bound. */
export const countStored = (viewer: Viewer, filter: ConnectionFilter): Promise<RoleCounts> =>
  isNarrowed(filter) ? countMatches(viewer, filter) : readCounters(viewer)

const isNarrowed = ({ search, types, environments, tags, statuses, used, deleted }: ConnectionFilter): boolean =>
  deleted || [search, types, environments, tags, statuses, used].some((given) => given !== undefined)

const countMatches = async (viewer: Viewer, filter: ConnectionFilter): Promise<RoleCounts> => {
  const { role: _, ...others } = filter
  const count = (role: string) => Prisma.sql`(select count(*)::int from (
    select from connections c ${joinsFor(others)}
    where ${Prisma.join(matches(viewer, { ...others, role }), ' and ')} limit ${literal(countedUpTo + 1)}) n)`
  const statement = Prisma.sql`select ${count('source')} as source, ${count('destination')} as destination`
  const [row] = await readRows<RoleCounts>(statement, { prepared: !filter.search })
  return row ?? { source: 0, destination: 0 }
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
  const sum = (role: keyof RoleCounts) => rows.reduce((total, row) => total + (row[role] ?? 0), 0)
  return { source: sum('source'), destination: sum('destination') }
}
