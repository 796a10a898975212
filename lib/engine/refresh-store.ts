import * as z from 'zod'
import type { Log } from '#lib/core/log'
import { type SourceSettings, sourceSettings } from '#lib/data-sources/configuration'
import { db, Prisma, type Tx } from '#lib/db/client'
import { type Jobs, startJobs } from '#lib/db/jobs'
import { transaction } from '#lib/db/transaction'
import { announceChanges } from './announce-store.ts'
import { type Ticket, ticket } from './protocol.ts'
import type { Stamp } from './refreshes/lines.ts'
import { recordFailure } from './schedule-store.ts'

/** The refresh was cancelled, or another engine has taken it over; whoever still works on it stops. */
export class LostRefresh extends Error {
  override readonly name = 'LostRefresh'
}

/** A refresh that this engine works on. */
export interface RunningRefresh {
  id: string
  workspaceId: string
  connectionId: string
  /** Names this engine's turn; a later turn has another one. */
  leaseBy: string
  /** The moment that everything it finds is from, also when another engine goes on. */
  startedAt: string
  schema: string | undefined
  name: string | undefined
  trigger: string
  ticket: Ticket
  settings: SourceSettings
  /** What a reading depends on besides the catalog: settings, login, patterns. */
  basis: string
  /** The fingerprint of the last complete reading with the same basis, if that is not too old. */
  fingerprint: string | undefined
  /** What the stamps of that reading depend on besides. */
  stampBase: string | undefined
  /** One schema of a refresh that reads all of them one by one. */
  isPart?: true
  /** Only these, whose stamps are no longer what they were. */
  differing?: readonly Stamp[]
}

/** Statistics do not change a fingerprint: a reading this old is done again for their sake, and everything with it. */
const rereadHours = 24

const claimedRow = z.object({
  id: z.string(),
  workspace_id: z.string(),
  connection_id: z.string(),
  schema: z.string().nullable(),
  name: z.string().nullable(),
  started_at: z.date(),
  trigger: z.string(),
  ticket,
  settings: sourceSettings,
  basis: z.string(),
  fingerprint: z.string().nullable(),
  stamp_base: z.string().nullable(),
})

/** Begins a refresh, or goes on with one whose engine is gone; undefined where it is over or its connection is busy. */
export const claimRefresh = (id: string, leaseBy: string): Promise<RunningRefresh | undefined> =>
  transaction(async (tx) => {
    const held = await tx.$executeRaw(Prisma.sql`
      update source_refreshes r set status = 'running', lease_by = ${leaseBy}, heartbeat_at = now(),
        attempts = attempts + 1, started_at = coalesce(started_at, now()), schemas_done = 0, relations = 0
      where id = ${id} and status in ('queued', 'running') and not exists (
        select from source_refreshes o where o.connection_id = r.connection_id and o.status = 'running' and o.id <> r.id)`)
    if (held === 0) return undefined
    const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
      select r.id, r.workspace_id, r.connection_id, r.schema, r.name, r.started_at, r.trigger, r.ticket,
        coalesce(s.settings, '{}') as settings, b.basis,
        case when c.is_known then c.fingerprint end as fingerprint, case when c.is_known then c.stamp_base end as stamp_base
      from source_refreshes r join connections n on n.id = r.connection_id
      left join source_configurations s on s.connection_id = r.connection_id
      left join credentials k on k.id = n.credential_id
      cross join lateral (select concat_ws(':', ${formatVersion}::text, n.settings_revision, n.credential_id, k.version,
        md5(concat(s.settings->'include', s.settings->'exclude'))) as basis) b
      left join lateral (select fingerprint, stamp_base, basis = b.basis and read_at > now() - make_interval(hours => ${rereadHours}) as is_known
        from source_caches where connection_id = r.connection_id) c on true
      where r.id = ${id}`)
    const row = claimedRow.parse(rows[0])
    return {
      id,
      workspaceId: row.workspace_id,
      connectionId: row.connection_id,
      leaseBy,
      startedAt: row.started_at.toISOString(),
      schema: row.schema ?? undefined,
      name: row.name ?? undefined,
      trigger: row.trigger,
      ticket: row.ticket,
      settings: row.settings,
      basis: row.basis,
      fingerprint: row.fingerprint ?? undefined,
      stampBase: row.stamp_base ?? undefined,
    }
  })

/** Counted up where what is kept of the same catalog becomes another thing. */
const formatVersion = '1'

/** False once it is not ours any more. */
export const keepRefresh = async ({ id, leaseBy }: RunningRefresh): Promise<boolean> =>
  (await db().$executeRaw(Prisma.sql`
    update source_refreshes set heartbeat_at = now()
    where id = ${id} and lease_by = ${leaseBy} and status = 'running'`)) === 1

export const setSchemasTotal = async ({ id, leaseBy }: RunningRefresh, total: number): Promise<void> => {
  await db().$executeRaw(Prisma.sql`
    update source_refreshes set schemas_total = ${total}, schemas_done = 0, relations = 0 where id = ${id} and lease_by = ${leaseBy}`)
}

export interface RefreshEnd {
  status: 'done' | 'partial' | 'failed'
  problem?: { code: string; detail: string; cause?: unknown } | undefined
  /** Of a complete reading. */
  fingerprint?: string | undefined
  stampBase?: string | undefined
  /** The fingerprint said that there is nothing to read. */
  unchanged?: boolean
  /** Only what had another stamp was read. */
  byStamps?: boolean
}

/** Ends a refresh of ours and says what the cache is now worth. */
export const endRefresh = (refresh: RunningRefresh, end: RefreshEnd): Promise<void> =>
  transaction(async (tx) => {
    const { id, leaseBy } = refresh
    const ended = await tx.$executeRaw(Prisma.sql`
      update source_refreshes set status = ${end.status}, problem = ${end.problem ? JSON.stringify(end.problem) : null}::jsonb,
        unchanged = ${end.unchanged ?? false}, ended_at = now()
      where id = ${id} and lease_by = ${leaseBy} and status = 'running'`)
    if (ended === 0) return
    if (end.status !== 'failed') {
      await keepCache(tx, refresh, end)
      await announceChanges(tx, refresh)
    } else if (refresh.trigger === 'schedule') await recordFailure(tx, failureOf(refresh, end))
  })

const failureOf = ({ connectionId }: RunningRefresh, { problem }: RefreshEnd) => ({
  connectionId,
  isRefused: refusedLogin.safeParse(problem?.cause).success,
  sentence: problem?.detail ?? '',
})

const refusedLogin = z.object({ stage: z.literal('authenticate') })

const keepCache = async (
  tx: Tx,
  refresh: RunningRefresh,
  { unchanged, status, byStamps = false, ...end }: RefreshEnd,
) => {
  const { connectionId, workspaceId, startedAt, basis } = refresh
  // It works again: whatever made the schedule wait is over, and a schedule that stopped gets a new time.
  await tx.$executeRaw(Prisma.sql`
    update source_caches set failures = 0, next_at = case when stopped is null then next_at end, stopped = null
    where connection_id = ${connectionId} and (failures > 0 or stopped is not null)`)
  if (refresh.schema !== undefined) return
  if (unchanged) {
    await tx.$executeRaw(Prisma.sql`
      update source_caches set refreshed_at = ${startedAt}::timestamptz where connection_id = ${connectionId}`)
    return
  }
  // A partial reading is no ground for recognising anything.
  const fingerprint = status === 'done' ? (end.fingerprint ?? null) : null
  const stampBase = status === 'done' ? (end.stampBase ?? null) : null
  await tx.$executeRaw(Prisma.sql`
    insert into source_caches (connection_id, workspace_id, refreshed_at, read_at, fingerprint, stamp_base, basis)
    values (${connectionId}, ${workspaceId}, ${startedAt}::timestamptz, ${startedAt}::timestamptz, ${fingerprint}, ${stampBase}, ${basis})
    on conflict (connection_id) do update set refreshed_at = excluded.refreshed_at,
      read_at = case when ${byStamps} then source_caches.read_at else excluded.read_at end,
      fingerprint = excluded.fingerprint, stamp_base = excluded.stamp_base, basis = excluded.basis`)
}

export const openQueue = (log: Log): Promise<Jobs> => startJobs('refresh', log)

/** Refreshes that nobody has handed to the queue yet; held, so that two engines do not both do it. */
export const sendQueued = (send: (tx: Tx, refresh: { id: string; connectionId: string }) => Promise<void>) =>
  transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string; connection_id: string }[]>(Prisma.sql`
      select id, connection_id from source_refreshes where status = 'queued' and sent_at is null
      order by id limit 20 for update skip locked`)
    for (const { id, connection_id: connectionId } of rows) {
      await send(tx, { id, connectionId })
      await tx.$executeRaw(Prisma.sql`update source_refreshes set sent_at = now() where id = ${id}`)
    }
    return rows.length
  })

/** Its connection was busy: it is handed to the queue again. */
export const sendAgain = async (id: string): Promise<void> => {
  await db().$executeRaw(Prisma.sql`update source_refreshes set sent_at = null where id = ${id} and status = 'queued'`)
}

/** What no engine has worked on for long, and no queue knows any more, is over. */
export const endForgotten = async (): Promise<void> => {
  const problem = { code: 'unavailable', detail: 'It broke off several times and was given up. Refresh again.' }
  await db().$executeRaw(Prisma.sql`
    update source_refreshes set status = 'failed', problem = ${JSON.stringify(problem)}::jsonb, ended_at = now()
    where status = 'running' and heartbeat_at < now() - interval '5 minutes'`)
}
