import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'
import { appendOnlyTables } from '#lib/db/roles'
import { canonicalEvent, type EventRow, type Head, originMac } from './chain.ts'
import { originKey } from './origin.ts'
import type { AuditEntry } from './record.ts'

/** One statement, so that the event and its place in the queue of the sealer are one also outside of a transaction. */
export const insertEvent = async (tx: Tx, entry: AuditEntry): Promise<void> => {
  const row = eventRow(entry)
  const origin = originMac(originKey(), canonicalEvent(row))
  const details = row.details === null ? null : JSON.stringify(row.details)
  await tx.$executeRaw(Prisma.sql`
    with written as (
      insert into audit_events (id, workspace_id, at, event, outcome, actor_kind, actor_id, actor_name, ip, user_agent,
        target_type, target_id, target_name, request_id, details, origin)
      values (${row.id}, ${row.workspaceId}, ${row.at.toISOString()}::timestamptz, ${row.event}, ${row.outcome},
        ${row.actorKind}, ${row.actorId}, ${row.actorName}, ${row.ip}, ${row.userAgent}, ${row.targetType},
        ${row.targetId}, ${row.targetName}, ${row.requestId}, ${details}::jsonb, ${origin})
      returning id)
    insert into audit_pending (event_id) select id from written`)
}

const eventRow = ({ actor, event, outcome, subject, requestId }: AuditEntry): EventRow => ({
  id: newId('event'),
  workspaceId: subject?.workspaceId ?? (actor.workspaceId || null),
  at: new Date(),
  event,
  outcome,
  actorKind: actor.kind,
  actorId: actor.id,
  actorName: storable(actor.name),
  ip: textOrNull(actor.ip),
  userAgent: textOrNull(actor.userAgent?.slice(0, 256)),
  targetType: subject?.type ?? null,
  targetId: textOrNull(subject?.id),
  targetName: textOrNull(subject?.name),
  requestId: textOrNull(requestId),
  details: subject?.details === undefined ? null : plain(subject.details),
})

const textOrNull = (text: string | undefined): string | null => (text === undefined ? null : storable(text))

// PostgreSQL refuses zero bytes and changes halves of surrogate pairs: neither may break the trail or its digests.
const storable = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()

/** As it comes back from the database: JSON and nothing else. */
const plain = (details: object): unknown =>
  JSON.parse(JSON.stringify(details), (_key, value) => (typeof value === 'string' ? storable(value) : value))

const eventColumns = Prisma.sql`e.id, e.workspace_id as "workspaceId", e.at, e.event, e.outcome,
  e.actor_kind as "actorKind", e.actor_id as "actorId", e.actor_name as "actorName", e.ip, e.user_agent as "userAgent",
  e.target_type as "targetType", e.target_id as "targetId", e.target_name as "targetName",
  e.request_id as "requestId", e.details`

interface StoredEvent extends EventRow {
  origin: Uint8Array | null
}

/** The event alone, out of a row that holds more. */
export const eventOf = ({ details, ...row }: EventRow): EventRow => ({
  id: row.id,
  workspaceId: row.workspaceId,
  at: row.at,
  event: row.event,
  outcome: row.outcome,
  actorKind: row.actorKind,
  actorId: row.actorId,
  actorName: row.actorName,
  ip: row.ip,
  userAgent: row.userAgent,
  targetType: row.targetType,
  targetId: row.targetId,
  targetName: row.targetName,
  requestId: row.requestId,
  details: details ?? null,
})

export interface PendingEvent extends Omit<StoredEvent, 'id'> {
  eventId: string
  id: string | null
}

/** What waits for its seal, oldest first. */
export const pendingEvents = (tx: Tx, limit: number): Promise<PendingEvent[]> =>
  tx.$queryRaw<PendingEvent[]>(Prisma.sql`
    select p.event_id as "eventId", e.origin, ${eventColumns}
    from audit_pending p left join audit_events e on e.id = p.event_id order by p.event_id limit ${limit}`)

export const hasPending = async (tx: Tx): Promise<boolean> => (await tx.auditPending.findFirst()) !== null

export const dropPending = (tx: Tx, ids: string[]): Promise<number> =>
  tx.$executeRaw(Prisma.sql`delete from audit_pending where event_id = any(${ids})`)

/** Whether this instance is the one that seals until its transaction ends. */
export const takeSealLock = async (tx: Tx): Promise<boolean> => {
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>(
    Prisma.sql`select pg_try_advisory_xact_lock(${sealLock}::bigint) as taken`,
  )
  return row?.taken === true
}

// Any constant that nobody else takes: the bytes of “jackseal”.
const sealLock = '7665797465968665964'

export const headsOf = async (tx: Tx, chains: string[]): Promise<Map<string, Head>> => {
  const rows = await tx.$queryRaw<(Head & { chain: string })[]>(Prisma.sql`
    select c.chain, h.seq, h.mac from unnest(${chains}::text[]) as c(chain)
    cross join lateral (select seq, mac from audit_seals s where s.chain = c.chain order by seq desc limit 1) h`)
  return new Map(rows.map(({ chain, seq, mac }) => [chain, { seq, mac }]))
}

export const macAt = async (tx: Tx, chain: string, seq: bigint): Promise<Uint8Array | undefined> =>
  (await tx.auditSeal.findUnique({ where: { chain_seq: { chain, seq } } }))?.mac

export const insertSeals = (tx: Tx, seals: Seal[]): Promise<unknown> =>
  tx.auditSeal.createMany({ data: seals.map((seal) => ({ ...seal, mac: new Uint8Array(seal.mac) })) })

export interface Seal extends Head {
  chain: string
  eventId: string
}

export interface StoredCheckpoint extends Head {
  chain: string
  at: Date
  signature: Uint8Array
}

export const insertCheckpoints = (tx: Tx, checkpoints: StoredCheckpoint[]): Promise<unknown> =>
  tx.auditCheckpoint.createMany({
    data: checkpoints.map((one) => ({
      ...one,
      mac: new Uint8Array(one.mac),
      signature: new Uint8Array(one.signature),
    })),
    skipDuplicates: true,
  })

export const checkpointsOf = (tx: Tx, chain: string): Promise<StoredCheckpoint[]> =>
  tx.auditCheckpoint.findMany({ where: { chain } })

export const hasSeals = async (tx: Tx): Promise<boolean> => (await tx.auditSeal.findFirst()) !== null

/** What was written before there was a chain. */
export const enqueueOldEvents = (tx: Tx): Promise<number> =>
  tx.$executeRaw(Prisma.sql`
    insert into audit_pending (event_id) select id from audit_events where origin is null on conflict do nothing`)

/** Whether the role of this connection could change what is in the trail, or stop what keeps others from it. */
export const mayRewriteTrail = async (tx: Tx): Promise<boolean> => {
  const [row] = await tx.$queryRaw<{ may: boolean }[]>(Prisma.sql`
    select bool_or(has_table_privilege(c.oid, 'update, delete, truncate, trigger') or pg_has_role(c.relowner, 'member')) as may
    from pg_class c where c.relname = any(${[...appendOnlyTables]}) and c.relnamespace = current_schema()::regnamespace`)
  return row?.may === true
}

/** Every chain that has an event, a seal or a checkpoint. */
export const allChains = async (tx: Tx): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ chain: string }[]>(Prisma.sql`
    select distinct coalesce(workspace_id, 'system') as chain from audit_events
    union select distinct chain from audit_seals union select distinct chain from audit_checkpoints`)
  return rows.map(({ chain }) => chain)
}
