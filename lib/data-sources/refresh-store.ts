import { Prisma, type Tx } from '#lib/db/client'
import type { Ticket } from '#lib/engine/protocol'
import { isObject } from './cache-store.ts'
import type { ObjectName } from './schema.ts'

export interface WantedRefresh {
  id: string
  connectionId: string
  trigger: string
  schema: string | undefined
  name: string | undefined
  ticket: Ticket
  requestedBy: string
}

const scopeOf = ({ schema, name }: Pick<WantedRefresh, 'schema' | 'name'>) => ({
  schema: schema ?? null,
  name: name ?? null,
})

/** Queues a refresh, or answers the one of the same scope that waits or runs already. */
export const wantRefresh = async (tx: Tx, workspaceId: string, wanted: WantedRefresh) => {
  const { id, connectionId, trigger, ticket, requestedBy } = wanted
  const scope = scopeOf(wanted)
  // Two who ask at once: the second waits for the first one's transaction and finds its row.
  await tx.$executeRaw(Prisma.sql`select 1 from connections where id = ${connectionId} for no key update`)
  const open = await tx.sourceRefresh.findFirst({
    where: { workspaceId, connectionId, ...scope, status: { in: ['queued', 'running'] } },
    orderBy: { id: 'desc' },
  })
  return (
    open ?? tx.sourceRefresh.create({ data: { id, workspaceId, connectionId, ...scope, trigger, ticket, requestedBy } })
  )
}
export type StoredRefresh = Awaited<ReturnType<typeof wantRefresh>>

export const findRefresh = (tx: Tx, workspaceId: string, connectionId: string, id: string) =>
  tx.sourceRefresh.findFirst({ where: { workspaceId, connectionId, id } })

interface RefreshPage {
  connectionId: string
  limit: number
  before: string | undefined
  only?: ObjectName | undefined
}

/** The newest first. */
export const listRefreshes = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, limit, before, only }: RefreshPage,
): Promise<StoredRefresh[]> => {
  const changing = only && (await listChanging(tx, workspaceId, connectionId, only))
  return tx.sourceRefresh.findMany({
    where: {
      ...{ workspaceId, connectionId },
      id: { ...(before !== undefined && { lt: before }), ...(changing && { in: changing }) },
    },
    orderBy: { id: 'desc' },
    take: limit,
  })
}

/** Those that found one thing different from before; the reading that all begins with has nothing before it. */
const listChanging = async (tx: Tx, workspaceId: string, connectionId: string, only: ObjectName): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>(Prisma.sql`
    with versions as (
      select o.from_refresh, o.from_at, o.until_refresh from source_objects o
      where o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and ${isObject(only)})
    select from_refresh as id from versions
    where from_at > (select min(o.from_at) from source_objects o where o.connection_id = ${connectionId})
    union select until_refresh from versions where until_refresh is not null`)
  return rows.map(({ id }) => id)
}

/** Ends what waits or runs; the engine that works on it notices within a second or at its next write. */
export const cancelRefresh = async (tx: Tx, workspaceId: string, id: string): Promise<boolean> =>
  (
    await tx.sourceRefresh.updateMany({
      where: { workspaceId, id, status: { in: ['queued', 'running'] } },
      data: { status: 'cancelled', endedAt: new Date() },
    })
  ).count === 1

/** How often the server refused the login in the last hour, with the connection and its credential as they are now. */
export const countRefusedLogins = async (tx: Tx, workspaceId: string, connectionId: string): Promise<number> => {
  const rows = await tx.$queryRaw<{ count: number }[]>(Prisma.sql`
    select count(*)::int as count from source_refreshes r
    join connections n on n.id = r.connection_id left join credentials k on k.id = n.credential_id
    where r.workspace_id = ${workspaceId} and r.connection_id = ${connectionId} and r.status = 'failed'
      and r.problem->'cause'->>'stage' = 'authenticate'
      and r.ended_at > greatest(now() - interval '1 hour', n.updated_at, k.updated_at)`)
  return rows[0]?.count ?? 0
}
