import { Prisma } from '#lib/db/client'
import { literal, readRows } from '#lib/db/rows'
import type { ConnectionSort } from './columns.ts'
import { type ConnectionFilter, isUsed, joinsFor, matches } from './filter-store.ts'
import { withHits } from './search-store.ts'
import type { Search } from './search-words.ts'
import { columnsFor, type StoredConnection, type Viewer } from './store.ts'

export interface Place {
  /** Which part of the order, the values the row is sorted by in it, and its id. */
  part: number
  values: (string | number)[]
  id: string
}

export type Order = ConnectionSort | 'relevance'
export type PlacedConnection = StoredConnection & { place: Place; found: Found | undefined }

/** What a search counted on the way to its page. */
interface Found {
  source: number
  destination: number
}

/** What a part of an order sorts by; `of` is what a cursor holds of the last row. */
interface Key {
  sql: Prisma.Sql
  kind: 'text' | 'timestamptz' | 'float8' | 'int4'
  of(row: Read): string | number
}

type Read = StoredConnection & { rank?: number; foundSource?: number; foundDestination?: number }

/**
 * An order is read in parts, one after the other until the page is full: those that have the value and those that have
 * none, or rank after rank of a search. Each part is one walk along an index, and a cursor says in which part it stands.
 */
interface Part {
  where?: Prisma.Sql
  from?: Prisma.Sql
  by: readonly Key[]
  descending: boolean
}

const name: Key = { sql: Prisma.sql`c.name_key`, kind: 'text', of: (row) => row.nameKey }
const type: Key = { sql: Prisma.sql`c.type`, kind: 'text', of: (row) => row.type }
const environment: Key = { sql: Prisma.sql`c.environment`, kind: 'text', of: (row) => row.environment ?? '' }
const created: Key = { sql: Prisma.sql`c.created_at`, kind: 'timestamptz', of: (row) => String(row.createdAt) }
const updated: Key = { sql: Prisma.sql`c.updated_at`, kind: 'timestamptz', of: (row) => String(row.updatedAt) }
const tested: Key = { sql: Prisma.sql`c.last_test_at`, kind: 'timestamptz', of: (row) => String(row.testAt) }
const latency: Key = { sql: Prisma.sql`c.last_latency_ms`, kind: 'float8', of: (row) => row.testLatencyMs ?? 0 }
const rank: Key = { sql: Prisma.sql`c.rank`, kind: 'int4', of: (row) => row.rank ?? 0 }
const uses: Key = { sql: Prisma.sql`c.uses`, kind: 'int4', of: (row) => row.usedBy }

const whole: Partial<Record<string, readonly Key[]>> = {
  name: [name],
  type: [type, name],
  created_at: [created],
  updated_at: [updated],
}
/** Where the value may be missing, those without it come last, whichever way the others are sorted. */
const partly: Partial<Record<string, readonly Key[]>> = {
  environment: [environment, name],
  last_test: [tested],
  latency: [latency],
}

const partsOf = (viewer: Viewer, order: Order): Part[] => {
  if (order === 'relevance') return [{ by: [rank, name], descending: false }]
  const descending = order.startsWith('-')
  const column = descending ? order.slice(1) : order
  const by = whole[column]
  if (by) return [{ by, descending }]
  const given = partly[column]
  if (!given?.[0]) return usesParts(viewer, descending)
  const { sql } = given[0]
  const without: Part = { where: Prisma.sql`${sql} is null`, by: [name], descending: false }
  return [{ where: Prisma.sql`${sql} is not null`, by: given, descending }, without]
}

/** How many pipelines use each is counted for this order alone: few are used, and a counter would be one more lock. */
const usesParts = (viewer: Viewer, descending: boolean): Part[] => {
  const from = Prisma.sql`(
    select x.*, u.uses from connections x join (
      select d.connection_id, count(*)::int as uses from (
        select distinct r.connection_id, r.pipeline_id from pipeline_references r
        join pipelines p on p.id = r.pipeline_id where p.workspace_id = ${viewer.workspaceId}) d group by 1
    ) u on u.connection_id = x.id)`
  const used: Part = { from, by: [uses, name], descending }
  const unused: Part = { where: isUsed(false), by: [name], descending: false }
  return descending ? [used, unused] : [unused, used]
}

export interface PageRequest {
  order: Order
  after?: Place | undefined
  limit: number
}

/** A page and one row more; each row with its place in the order. */
export const listStored = async (
  viewer: Viewer,
  filter: ConnectionFilter,
  { order, after, limit }: PageRequest,
): Promise<PlacedConnection[]> => {
  const rows: PlacedConnection[] = []
  for (const [part, given] of partsOf(viewer, order).entries()) {
    if (after && part < after.part) continue
    const read = await readPart(viewer, filter, given, { limit, after: after?.part === part ? after : undefined })
    for (const row of read) {
      const place = { part, values: given.by.map((key) => key.of(row)), id: row.id }
      rows.push(Object.assign(row, { place, found: foundIn(row) }))
    }
    if (rows.length > limit) break
  }
  return rows.slice(0, limit + 1)
}

const foundIn = ({ foundSource: source, foundDestination: destination }: Read): Found | undefined =>
  source === undefined || destination === undefined ? undefined : { source, destination }

interface Walk {
  limit: number
  after: Place | undefined
}

const readPart = (viewer: Viewer, filter: ConnectionFilter, part: Part, walk: Walk): Promise<Read[]> => {
  const { search } = filter
  if (search && part.by[0] === rank) return readRanked(viewer, { ...filter, search }, part, walk)
  const hits = search ? withHits(viewer, { ...filter, search }) : Prisma.empty
  const conditions = [
    ...matches(viewer, filter),
    ...(search ? [Prisma.sql`c.id in (select id from hit)`] : []),
    ...(part.where ? [part.where] : []),
    ...(walk.after ? [beyond(part, walk.after)] : []),
  ]
  const chosen = Prisma.sql`(select c.* from ${part.from ?? Prisma.sql`connections`} c ${joinsFor(filter)}
    where ${Prisma.join(conditions, ' and ')} order by ${orderOf(part)} limit ${literal(walk.limit + 1)})`
  // What a search looks for decides how it is best looked for, so its statement is planned each time.
  return readRows(Prisma.sql`${hits} ${columnsFor(viewer, chosen)} order by ${orderOf(part)}`, { prepared: !search })
}

/** The best ones are chosen among what was found, which is counted on the way, before anything is read of a connection. */
const readRanked = (
  viewer: Viewer,
  filter: ConnectionFilter & { search: Search },
  part: Part,
  { limit, after }: Walk,
): Promise<Read[]> => {
  const conditions = [
    filter.role === undefined ? Prisma.sql`true` : Prisma.sql`c.role = ${filter.role}`,
    ...(after ? [beyond(part, after)] : []),
  ]
  const best = Prisma.sql`select c.* from hit c where ${Prisma.join(conditions, ' and ')}
    order by ${orderOf(part)} limit ${literal(limit + 1)}`
  const chosen = Prisma.sql`(select x.*, b.rank from (${best}) b join connections x on x.id = b.id)`
  const counted = Prisma.sql`, c.rank, (select count(*) filter (where h.role = 'source')::int from hit h) as "foundSource",
    (select count(*) filter (where h.role <> 'source')::int from hit h) as "foundDestination"`
  const statement = Prisma.sql`${withHits(viewer, filter)} ${columnsFor(viewer, chosen, counted)} order by ${orderOf(part)}`
  return readRows(statement, { prepared: false })
}

const keysOf = ({ by }: Part): Prisma.Sql[] => [...by.map(({ sql }) => sql), Prisma.sql`c.id`]

const orderOf = (part: Part): Prisma.Sql => {
  const direction = part.descending ? Prisma.sql`desc` : Prisma.sql`asc`
  return Prisma.join(keysOf(part).map((sql) => Prisma.sql`${sql} ${direction}`))
}

const beyond = (part: Part, { values, id }: Place): Prisma.Sql => {
  const { by, descending } = part
  const given = by.map(({ kind }, i) => Prisma.sql`${values[i]}::${Prisma.raw(kind)}`)
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  return Prisma.sql`(${Prisma.join(keysOf(part))}) ${comparison} (${Prisma.join([...given, Prisma.sql`${id}`])})`
}

/** Whether a cursor's values are of the kinds that its part of the order sorts by. */
export const isPlace = (viewer: Viewer, order: Order, { part, values }: Place): boolean => {
  const by = partsOf(viewer, order)[part]?.by
  return by !== undefined && by.length === values.length && by.every(({ kind }, i) => isOfKind(kind, values[i]))
}

const isOfKind = (kind: Key['kind'], value: string | number | undefined): boolean => {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'timestamptz')
    return (
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(value) && !Number.isNaN(Date.parse(value))
    )
  return typeof value === 'number' && Number.isFinite(value) && (kind === 'float8' || (value | 0) === value)
}
