import { escapeLike } from '#lib/core/like'
import type { Cursor } from '#lib/core/page'
import { Prisma } from '#lib/db/client'
import { literal, readRows } from '#lib/db/rows'
import type { Whose } from './doing.ts'
import { columnsFor, listedFor, type StoredCredential } from './store.ts'

export interface CredentialFilter {
  q?: string | undefined
  type?: string | undefined
  kind?: readonly string[] | undefined
  status?: string | undefined
  scope?: 'workspace' | 'organization' | undefined
  environment?: string | undefined
  used?: boolean | undefined
  /** What expires or has to be replaced before this time. */
  dueBefore?: Date | undefined
}

const sortColumns = {
  name: Prisma.sql`c.name_key`,
  created_at: Prisma.sql`c.created_at`,
  updated_at: Prisma.sql`c.updated_at`,
} as const

export interface CredentialPage {
  by: keyof typeof sortColumns
  descending: boolean
  after?: Cursor | undefined
  limit: number
}

/**
 * One page, in one statement: the rows are chosen from an index for each of the two places they may belong to, and only
 * those of the page are looked at closely.
 */
export const listStored = (
  whose: Whose,
  filter: CredentialFilter,
  page: CredentialPage,
): Promise<StoredCredential[]> => {
  const order = orderOf(page)
  const places = [
    filter.scope !== 'organization' && Prisma.sql`c.workspace_id = ${whose.workspaceId}`,
    filter.scope !== 'workspace' && Prisma.sql`c.workspace_id is null and c.organization_id = ${whose.organizationId}`,
  ].filter((place) => place !== false)
  const upTo = literal(page.limit + 1)
  const branches = places.map(
    (place) => Prisma.sql`(select * from credentials c
      where ${Prisma.join([place, listedFor(whose), ...conditions(filter), ...afterCursor(page)], ' and ')}
      order by ${order} limit ${upTo})`,
  )
  const chosen = Prisma.sql`(select * from (${Prisma.join(branches, ' union all ')}) c order by ${order} limit ${upTo})`
  return readRows<StoredCredential>(Prisma.sql`${columnsFor(whose, chosen)} order by ${order}`)
}

const orderOf = ({ by, descending }: CredentialPage): Prisma.Sql => {
  const order = descending ? Prisma.sql`desc` : Prisma.sql`asc`
  return Prisma.sql`${sortColumns[by]} ${order}, c.id ${order}`
}

const afterCursor = ({ by, descending, after }: CredentialPage): Prisma.Sql[] => {
  if (after === undefined) return []
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  const value = by === 'name' ? Prisma.sql`${after.value}` : Prisma.sql`${after.value}::timestamptz`
  return [Prisma.sql`(${sortColumns[by]}, c.id) ${comparison} (${value}, ${after.id})`]
}

const conditions = ({ q, type, kind, status, environment, used, dueBefore }: CredentialFilter): Prisma.Sql[] => {
  const given = [status === 'deleted' ? Prisma.sql`c.deleted_at is not null` : Prisma.sql`c.deleted_at is null`]
  if (status === 'active' || status === 'disabled') given.push(Prisma.sql`c.status = ${status}`)
  if (type !== undefined) given.push(Prisma.sql`c.type = ${type}`)
  if (kind !== undefined) given.push(Prisma.sql`c.kind = any(${kind})`)
  if (environment !== undefined) given.push(Prisma.sql`c.environment = ${environment}`)
  if (used !== undefined) given.push(isInUse(used))
  if (dueBefore !== undefined) given.push(isDue(dueBefore))
  if (q !== undefined && q.trim() !== '') given.push(contains(q))
  return given
}

const isInUse = (used: boolean): Prisma.Sql => {
  const user = Prisma.sql`exists (select from connections n where n.credential_id = c.id and n.deleted_at is null)`
  return used ? user : Prisma.sql`not ${user}`
}

const isDue = (before: Date): Prisma.Sql => Prisma.sql`(
  c.expires_at <= ${before} or c.rotate_reason is not null or exists (
    select from credential_versions r
    where r.credential_id = c.id and r.version = c.version
      and r.created_at + make_interval(days => c.rotate_every_days) <= ${before}))`

/** Looks at what people see: names, labels and the values of the public part. */
const contains = (q: string): Prisma.Sql => {
  const pattern = `%${escapeLike(q.normalize('NFKC').toLowerCase().trim())}%`
  return Prisma.sql`(c.name_key like ${pattern} or lower(c.system) like ${pattern} or lower(c.owner_team) like ${pattern}
    or exists (select from jsonb_each_text(c.config) hint where lower(hint.value) like ${pattern}))`
}
