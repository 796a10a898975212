import type { Actor } from '#lib/auth/actor'
import { asking, openTo } from '#lib/auth/grants'
import { AppError } from '#lib/core/errors'
import { isId, newId } from '#lib/core/id'
import { escapeLike } from '#lib/core/like'
import { db, Prisma, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import { type Busy, busyIn, busyOf, counting, silence } from './budget-store.ts'
import type { KeptExport } from './schema.ts'
import { withoutSecrets } from './secrets-out.ts'

export interface NewRun {
  connectionId: string
  kind: 'run' | 'explain' | 'export'
  mode: 'read' | 'write'
  sql: string
  written: string | null
}

/**
 * Writes down that a statement begins, where there is room for one more beside those that run; answers its id, and how much
 * ran before. In one statement, because whoever asks waits for it.
 */
export const insertRun = async (
  { workspaceId, kind: actorKind, id: actorId }: Actor,
  { connectionId, kind, mode, sql, written }: NewRun,
  room: Busy,
): Promise<{ id: string; busy: Busy }> => {
  const id = newId('query')
  const rows = await db().$queryRaw<Busy[]>`
    with busy as materialized (select * from ${counting(workspaceId, { actorId, connectionId })}),
      begun as (
        insert into query_runs (id, workspace_id, connection_id, actor_kind, actor_id, kind, mode, sql, written, status)
        select ${id}, ${workspaceId}, ${connectionId}, ${actorKind}, ${actorId}, ${kind}, ${mode}, ${sql}, ${written}, 'running'
        from busy where mine < ${room.mine} and here < ${room.here} and workspace < ${room.workspace})
    select * from busy`
  return { id, busy: busyOf(rows) }
}

/** How long an export waits for its download. */
export const exportKept_ms = 5 * 60_000

/** Writes down what a download will be of; nothing runs yet. */
export const insertExport = async (
  tx: Tx,
  { kind, id: actorId, workspaceId }: Actor,
  { kept, ...run }: Pick<NewRun, 'connectionId' | 'sql' | 'written'> & { kept: KeptExport },
): Promise<string> => {
  const id = newId('query')
  const what = { ...run, kind: 'export', mode: 'read', status: 'waiting', export: kept }
  await tx.queryRun.create({ data: { ...what, id, workspaceId, actorKind: kind, actorId } })
  return id
}

interface TakenExport {
  connectionId: string
  connId: string
  sql: string
  kept: unknown
}

/** Begins the one download of an export, if `allow` lets one more run. */
export const takeExport = (actor: Actor, id: string, allow: (busy: Busy) => void): Promise<TakenExport> =>
  transaction(async (tx) => {
    const found = await findRun(tx, actor, id)
    if (found?.status !== 'waiting') throw noDownload()
    allow(await busyIn(tx, actor.workspaceId, { actorId: actor.id, connectionId: found.connectionId }))
    const { sql, written } = { sql: withoutSecrets(found.sql), written: found.written && withoutSecrets(found.written) }
    const rows = await tx.$queryRaw<{ kept: unknown }[]>`
      update query_runs r set status = 'running', started_at = now(), heartbeat_at = now(), export = null, sql = ${sql}, written = ${written}
      from (select id, export as kept from query_runs where id = ${id} for update) old
      where r.id = old.id and r.status = 'waiting' and r.actor_id = ${actor.id}
        and r.started_at > now() - ${exportKept_ms} * interval '1 millisecond' returning old.kept`
    const [row] = rows
    if (!row) throw noDownload()
    return { connectionId: found.connectionId, connId: found.connId, sql: found.sql, kept: row.kept }
  })

const noDownload = () =>
  new AppError('not_found', 'There is no such download: it was taken, is older than five minutes, or somebody else’s.')

export interface Progress {
  id: string
  rows: number
  bytes: number
}

/** A sign of life of everything that runs in this process, in one statement; answers which of it somebody wants to end. */
export const beat = async (runs: readonly Progress[]): Promise<string[]> => {
  const rows = await db().$queryRaw<{ id: string; wanted: boolean }[]>`
    update query_runs r set heartbeat_at = now(), rows = p.rows, bytes = p.bytes
    from unnest(${runs.map(({ id }) => id)}::text[], ${runs.map((run) => run.rows)}::bigint[],
      ${runs.map((run) => run.bytes)}::bigint[]) as p (id, rows, bytes)
    where r.id = p.id and r.status = 'running' returning r.id, r.cancel_requested_at is not null as wanted`
  return rows.flatMap(({ id, wanted }) => (wanted ? [id] : []))
}

export interface Ending {
  status: 'done' | 'failed' | 'cancelled'
  rows: number
  bytes: number
  truncated?: string | null
  command?: string | null
  error?: { code: string; detail: string }
}

/** How it ended, once. */
export const finishRun = async (id: string, { error, ...ending }: Ending): Promise<void> => {
  const { status, rows, bytes, truncated = null, command = null } = ending
  await db().$executeRaw`
    update query_runs set status = ${status}, rows = ${rows}, bytes = ${bytes}, truncated = ${truncated}, command = ${command},
      error = ${error === undefined ? null : JSON.stringify(error)}::jsonb, export = null,
      ended_at = greatest(clock_timestamp(), started_at), heartbeat_at = now()
    where id = ${id} and status = 'running'`
}

export interface StoredRun {
  id: string
  connectionId: string
  connId: string
  name: string
  kind: string
  mode: string
  sql: string
  written: string | null
  status: string
  rows: bigint
  bytes: bigint
  truncated: string | null
  command: string | null
  error: unknown
  startedAt: Date
  endedAt: Date | null
}

const columns = (textOf: (column: Prisma.Sql) => Prisma.Sql): Prisma.Sql => Prisma.sql`
  select r.id, r.connection_id as "connectionId", c.conn_id as "connId", c.name, r.kind, r.mode,
    ${textOf(Prisma.sql`r.sql`)} as sql, ${textOf(Prisma.sql`r.written`)} as written,
    case when r.status = 'running' and r.heartbeat_at < now() - ${silence} then 'lost' else r.status end as status,
    r.rows, r.bytes, r.truncated, r.command, r.error, r.started_at as "startedAt", r.ended_at as "endedAt"
  from query_runs r join connections c on c.id = r.connection_id`

/** One's own, on connections that one still sees. */
const ownOf = (actor: Actor): Prisma.Sql => Prisma.sql`
  r.workspace_id = ${actor.workspaceId} and r.actor_id = ${actor.id}
  and ${openTo(asking(actor), { kind: 'connection', least: 'view', alias: Prisma.sql`c` })}`

export const findRun = async (tx: Tx, actor: Actor, id: string): Promise<StoredRun | undefined> => {
  const rows = await tx.$queryRaw<StoredRun[]>`
    ${columns((column) => column)} where r.id = ${id} and ${ownOf(actor)}`
  return rows[0]
}

export const listRuns = (
  tx: Tx,
  actor: Actor,
  { connection, q, before, limit }: { connection?: string; q?: string; before?: string; limit: number },
): Promise<StoredRun[]> => {
  const conditions = [
    ownOf(actor),
    ...(before === undefined ? [] : [Prisma.sql`r.id < ${before}`]),
    ...(q === undefined || q === '' ? [] : [Prisma.sql`coalesce(r.written, r.sql) ilike ${`%${escapeLike(q)}%`}`]),
    ...(connection === undefined
      ? []
      : [isId('connection', connection) ? Prisma.sql`c.id = ${connection}` : Prisma.sql`c.conn_id = ${connection}`]),
  ]
  return tx.$queryRaw<StoredRun[]>`
    ${columns((column) => Prisma.sql`left(${column}, 4000)`)} where ${Prisma.join(conditions, ' and ')} order by r.id desc limit ${limit}`
}

/** Asks whichever process runs it to end it; anybody's only where `anybodys`. Undefined where there is no such run. */
export const requestCancel = async (
  tx: Tx,
  actor: Actor,
  { id, anybodys }: { id: string; anybodys: boolean },
): Promise<{ status: string; connectionId: string; name: string; actorId: string } | undefined> => {
  const owned = anybodys ? Prisma.sql`true` : Prisma.sql`r.actor_id = ${actor.id}`
  const rows = await tx.$queryRaw<{ status: string; connectionId: string; name: string; actorId: string }[]>`
    update query_runs r set
      cancel_requested_at = case when r.status = 'running' then coalesce(r.cancel_requested_at, now()) end,
      status = case when r.status = 'waiting' then 'cancelled' else r.status end
    from connections c where c.id = r.connection_id and r.id = ${id} and r.workspace_id = ${actor.workspaceId} and ${owned}
      and ${openTo(asking(actor), { kind: 'connection', least: 'view', alias: Prisma.sql`c` })}
    returning case when r.status = 'running' and r.heartbeat_at < now() - ${silence} then 'lost' else r.status end as status,
      c.id as "connectionId", c.name, r.actor_id as "actorId"`
  return rows[0]
}
