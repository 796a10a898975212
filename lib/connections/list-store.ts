import { Prisma } from '#lib/db/client'
import { literal, readRows } from '#lib/db/rows'
import type { Environment } from '#lib/format/environment'
import type { ConnectionSort, TestState } from './schema.ts'
import { found, ranksOf } from './search-store.ts'
import type { Search } from './search-words.ts'
import { columnsFor, openFor, type StoredConnection, states, type Viewer } from './store.ts'

export interface ConnectionFilter {
  search?: Search | undefined
  role?: string | undefined
  /** Of each of these lists any one has to fit. */
  types?: readonly string[] | undefined
  environments?: readonly (Environment | 'none')[] | undefined
  tags?: readonly string[] | undefined
  statuses?: readonly TestState[] | undefined
  used?: boolean | undefined
  deleted: boolean
}

export interface Place {
  /** Which part of the order, the values the row is sorted by in it, and its id. */
  part: number
  values: (string | number)[]
  id: string
}

export type Order = ConnectionSort | 'relevance'
export type PlacedConnection = StoredConnection & { place: Place }

/** What a part of an order sorts by; `of` is what a cursor holds of the last row. */
interface Key {
  sql: Prisma.Sql
  kind: 'text' | 'timestamptz' | 'float8' | 'int4'
  of(row: StoredConnection): string | number
}

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

const partsOf = (viewer: Viewer, { search }: ConnectionFilter, order: Order): Part[] => {
  if (order === 'relevance') {
    const ranks = search ? ranksOf(viewer.workspaceId, search) : []
    return ranks.map((where) => ({ where, by: [name], descending: false }))
  }
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
      select r.connection_id, count(distinct r.pipeline_id)::int as uses from pipeline_references r
      join connections o on o.id = r.connection_id where o.workspace_id = ${viewer.workspaceId} group by 1
    ) u on u.connection_id = x.id)`
  const used: Part = { from, by: [uses, name], descending }
  const unused: Part = { where: isUsed(false), by: [name], descending: false }
  return descending ? [used, unused] : [unused, used]
}

const isUsed = (used: boolean): Prisma.Sql => {
  const user = Prisma.sql`exists (select from pipeline_references r where r.connection_id = c.id)`
  return used ? user : Prisma.sql`not ${user}`
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
  for (const [part, given] of partsOf(viewer, filter, order).entries()) {
    if (after && part < after.part) continue
    const read = await readPart(viewer, filter, given, { limit, after: after?.part === part ? after : undefined })
    for (const row of read) {
      rows.push(Object.assign(row, { place: { part, values: given.by.map((key) => key.of(row)), id: row.id } }))
    }
    if (rows.length > limit) break
  }
  return rows.slice(0, limit + 1)
}

const readPart = (
  viewer: Viewer,
  filter: ConnectionFilter,
  part: Part,
  { limit, after }: { limit: number; after: Place | undefined },
): Promise<StoredConnection[]> => {
  const direction = part.descending ? Prisma.sql`desc` : Prisma.sql`asc`
  const sorted = [...part.by.map(({ sql }) => sql), Prisma.sql`c.id`]
  const order = Prisma.join(sorted.map((sql) => Prisma.sql`${sql} ${direction}`))
  const conditions = [
    ...matches(viewer, filter),
    ...(part.where ? [part.where] : []),
    ...(after ? [beyond(part, after, Prisma.join(sorted))] : []),
  ]
  const chosen = Prisma.sql`(select c.* from ${part.from ?? Prisma.sql`connections`} c ${joinsFor(filter)}
    where ${Prisma.join(conditions, ' and ')} order by ${order} limit ${literal(limit + 1)})`
  // What a search looks for decides how it is best looked for, so its statement is planned each time.
  return readRows(Prisma.sql`${columnsFor(viewer, chosen)} order by ${order}`, { prepared: !filter.search })
}

const beyond = ({ by, descending }: Part, { values, id }: Place, sorted: Prisma.Sql): Prisma.Sql => {
  const given = by.map(({ kind }, i) => Prisma.sql`${values[i]}::${Prisma.raw(kind)}`)
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  return Prisma.sql`(${sorted}) ${comparison} (${Prisma.join([...given, Prisma.sql`${id}`])})`
}

/** Whether a cursor's values are of the kinds that its part of the order sorts by. */
export const isPlace = (viewer: Viewer, filter: ConnectionFilter, order: Order, { part, values }: Place): boolean => {
  const by = partsOf(viewer, filter, order)[part]?.by
  return by !== undefined && by.length === values.length && by.every(({ kind }, i) => isOfKind(kind, values[i]))
}

const isOfKind = (kind: Key['kind'], value: string | number | undefined): boolean => {
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'timestamptz')
    return (
      typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z$/.test(value) && !Number.isNaN(Date.parse(value))
    )
  return typeof value === 'number' && Number.isFinite(value) && (kind === 'float8' || Number.isInteger(value))
}

/** The tables beside the connections that a filter looks into, and no others. */
export const joinsFor = ({ search, statuses }: ConnectionFilter): Prisma.Sql => {
  const tests = Prisma.sql`left join connection_tests t on t.id = c.last_test_id left join credentials k on k.id = c.credential_id`
  const text = Prisma.sql`join connection_search s on s.connection_id = c.id`
  return Prisma.sql`${search ? text : Prisma.empty} ${statuses ? tests : Prisma.empty}`
}

export const matches = (viewer: Viewer, filter: ConnectionFilter): Prisma.Sql[] => {
  const { search, role, types, environments, tags, statuses, used, deleted } = filter
  const given = [
    Prisma.sql`c.workspace_id = ${viewer.workspaceId}`,
    openFor(viewer, 'view'),
    deleted ? Prisma.sql`c.deleted_at is not null` : Prisma.sql`c.deleted_at is null`,
  ]
  if (role !== undefined) given.push(Prisma.sql`c.role = ${role}`)
  if (types) given.push(Prisma.sql`c.type = any (${types})`)
  if (environments) given.push(isIn(environments))
  if (tags) given.push(Prisma.sql`c.tags && ${tags}::text[]`)
  if (statuses)
    given.push(
      Prisma.sql`(${Prisma.join(
        statuses.map((status) => states[status]),
        ' or ',
      )})`,
    )
  if (used !== undefined) given.push(isUsed(used))
  if (search) given.push(found(viewer.workspaceId, search))
  return given
}

const isIn = (environments: readonly string[]): Prisma.Sql => {
  const named = environments.filter((environment) => environment !== 'none')
  const among = Prisma.sql`c.environment = any (${named})`
  return named.length < environments.length ? Prisma.sql`(c.environment is null or ${among})` : among
}
