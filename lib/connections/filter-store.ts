import { Prisma } from '#lib/db/client'
import type { Environment } from '#lib/format/environment'
import type { TestState } from './columns.ts'
import type { Search } from './search-words.ts'
import { openFor, states, type Viewer } from './store.ts'

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

/** Something narrows the list besides the search, the tab and whether it is the deleted ones: a filter, or a key's reach. */
export const isNarrowed = (
  { reach }: Viewer,
  { types, environments, tags, statuses, used }: ConnectionFilter,
): boolean => [reach, types, environments, tags, statuses, used].some((given) => given !== undefined)

/** What the state of a connection's test is judged by. */
export const stateJoins = Prisma.sql`
  left join connection_tests t on t.id = c.last_test_id left join credentials k on k.id = c.credential_id`

/** The tables beside the connections that a filter looks into, and no others. */
export const joinsFor = ({ statuses }: ConnectionFilter): Prisma.Sql => (statuses ? stateJoins : Prisma.empty)

/** What a connection `c` has to be, apart from being found. */
export const matches = (viewer: Viewer, filter: ConnectionFilter): Prisma.Sql[] => {
  const { role, types, environments, tags, statuses, used, deleted } = filter
  const given = [
    Prisma.sql`c.workspace_id = ${viewer.workspaceId}`,
    openFor(viewer, 'view'),
    deleted ? Prisma.sql`c.deleted_at is not null` : Prisma.sql`c.deleted_at is null`,
  ]
  if (role !== undefined) given.push(Prisma.sql`c.role = ${role}`)
  if (types) given.push(anyOf(Prisma.sql`c.type`, types))
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
  return given
}

/** One value is compared as such: then an index that sorts by what comes after it is walked in order. */
const anyOf = (column: Prisma.Sql, values: readonly string[]): Prisma.Sql =>
  values.length === 1 ? Prisma.sql`${column} = ${values[0]}` : Prisma.sql`${column} = any (${values})`

const isIn = (environments: readonly string[]): Prisma.Sql => {
  const named = environments.filter((environment) => environment !== 'none')
  if (named.length === 0) return Prisma.sql`c.environment is null`
  const among = anyOf(Prisma.sql`c.environment`, named)
  return named.length < environments.length ? Prisma.sql`(c.environment is null or ${among})` : among
}

export const isUsed = (used: boolean): Prisma.Sql => {
  const user = Prisma.sql`exists (select from pipeline_references r where r.connection_id = c.id)`
  return used ? user : Prisma.sql`not ${user}`
}
