import type { Actor } from '#lib/auth/actor'
import { asking, openTo } from '#lib/auth/grants'
import { escapeLike } from '#lib/core/like'
import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'

/** Who looks: somebody else's query is there when it is shared, and a source's when the source is. */
export type Looker = Pick<Actor, 'workspaceId' | 'id' | 'role' | 'reach'>

export interface StoredQuery {
  id: string
  ownerId: string
  name: string
  nameKey: string
  description: string
  sql: string
  shared: boolean
  connectionId: string | null
  connId: string | null
  connectionName: string | null
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** How long a deleted one can be brought back. */
const keptDeleted_ms = 24 * 60 * 60 * 1_000

const visible = (looker: Looker): Prisma.Sql => Prisma.sql`
  q.workspace_id = ${looker.workspaceId} and (q.owner_id = ${looker.id} or q.shared)
  and (q.connection_id is null or ${openTo(asking(looker), { kind: 'connection', least: 'use', alias: Prisma.sql`c` })})`

const select = Prisma.sql`
  select q.id, q.owner_id as "ownerId", q.name, q.name_key as "nameKey", q.description, q.sql, q.shared,
         q.connection_id as "connectionId", c.conn_id as "connId", c.name as "connectionName", q.revision,
         q.created_at as "createdAt", q.updated_at as "updatedAt"
  from saved_queries q left join connections c on c.id = q.connection_id and c.workspace_id = q.workspace_id`

export const listStored = (
  tx: Tx,
  looker: Looker,
  { q, connectionId }: { q?: string | undefined; connectionId?: string | undefined },
  { after, limit }: { after?: Cursor | undefined; limit: number },
): Promise<StoredQuery[]> => {
  const conditions = [visible(looker), Prisma.sql`q.deleted_at is null`]
  if (connectionId !== undefined)
    conditions.push(Prisma.sql`(q.connection_id is null or q.connection_id = ${connectionId})`)
  if (q !== undefined && q.trim() !== '') {
    const pattern = `%${escapeLike(q.normalize('NFKC').toLowerCase().trim())}%`
    conditions.push(
      Prisma.sql`(q.name_key like ${pattern} or lower(q.description) like ${pattern} or lower(q.sql) like ${pattern})`,
    )
  }
  if (after) conditions.push(Prisma.sql`(q.name_key, q.id) > (${after.value}, ${after.id})`)
  return tx.$queryRaw<StoredQuery[]>`${select}
    where ${Prisma.join(conditions, ' and ')} order by q.name_key, q.id limit ${limit + 1}`
}

export const findStored = async (tx: Tx, looker: Looker, id: string): Promise<StoredQuery | undefined> => {
  const rows = await tx.$queryRaw<
    StoredQuery[]
  >`${select} where ${visible(looker)} and q.id = ${id} and q.deleted_at is null`
  return rows[0]
}

/** Finds one and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (tx: Tx, looker: Looker, id: string): Promise<StoredQuery | undefined> => {
  await lock(tx, looker, id)
  return findStored(tx, looker, id)
}

/** The same for one that was deleted and can still be brought back. */
export const lockDeleted = async (tx: Tx, looker: Looker, id: string): Promise<StoredQuery | undefined> => {
  await lock(tx, looker, id)
  const oldest = new Date(Date.now() - keptDeleted_ms)
  const rows = await tx.$queryRaw<StoredQuery[]>`${select}
    where ${visible(looker)} and q.id = ${id} and q.deleted_at > ${oldest}`
  return rows[0]
}

const lock = (tx: Tx, { workspaceId }: Looker, id: string) =>
  tx.$queryRaw`select id from saved_queries where workspace_id = ${workspaceId} and id = ${id} for update`

export const countOwn = (tx: Tx, { workspaceId, id }: Looker): Promise<number> =>
  tx.savedQuery.count({ where: { workspaceId, ownerId: id, deletedAt: null } })

export const isNameTaken = async (
  tx: Tx,
  workspaceId: string,
  { ownerId, nameKey, except }: { ownerId: string; nameKey: string; except?: string },
): Promise<boolean> => {
  const where = { workspaceId, ownerId, nameKey, deletedAt: null, ...(except !== undefined && { id: { not: except } }) }
  return (await tx.savedQuery.findFirst({ where, select: { id: true } })) !== null
}

interface Settings {
  name: string
  nameKey: string
  description: string
  sql: string
  shared: boolean
  connectionId: string | null
  deletedAt: Date | null
}

export const insertStored = async (
  tx: Tx,
  { workspaceId, id: ownerId }: Looker,
  settings: Omit<Settings, 'deletedAt'> & { id: string },
): Promise<void> => {
  await tx.savedQuery.create({ data: { ...settings, workspaceId, ownerId } })
}

export const updateStored = async (
  tx: Tx,
  workspaceId: string,
  id: string,
  settings: Partial<Settings>,
): Promise<void> => {
  await tx.savedQuery.update({ where: { id, workspaceId }, data: { ...settings, revision: { increment: 1 } } })
}

/** For a while; those that were deleted long ago go for good with it. */
export const deleteStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  const deletedAt = new Date()
  const oldest = new Date(deletedAt.getTime() - keptDeleted_ms)
  await tx.savedQuery.deleteMany({ where: { workspaceId, deletedAt: { lt: oldest } } })
  await updateStored(tx, workspaceId, id, { deletedAt })
}
