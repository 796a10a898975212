import { env } from '#lib/config/env'
import { openReader, type Reader, type TextRow } from '#lib/db/reader'
import type { EventText } from './chain.ts'

/** An event with what was written down about it; `event` is undefined where it is gone. */
export interface SealedText {
  seq: bigint
  mac: Buffer
  eventId: string
  origin: Buffer | null
  event: EventText | undefined
}

export interface UnsealedText {
  /** The place it pretends to have. */
  place: bigint
  origin: Buffer | null
  event: EventText
}

/** Millions of events are compared: they are read as text, past the ORM. */
export const openTrail = (): Promise<Reader> => openReader(env().DATABASE_URL)

const columns = `e.id, e.workspace_id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), e.event,
  e.outcome, e.actor_kind, e.actor_id, e.actor_name, e.ip, e.user_agent, e.target_type, e.target_id, e.target_name,
  e.request_id, e.details, e.origin`

export const sealedAfter = async (
  reader: Reader,
  chain: string,
  { from, to }: { from: bigint; to: bigint },
  limit: number,
): Promise<SealedText[]> => {
  const text = `select s.seq, s.mac, s.event_id, ${columns}
    from audit_seals s left join audit_events e on e.id = s.event_id
    where s.chain = $1 and s.seq > $2 and s.seq <= $3 order by s.seq limit $4`
  return (await reader.rows(text, [chain, from, to, limit])).map(sealedOf)
}

/** Events that have no seal and do not wait for one. */
export const unsealedOf = async (reader: Reader, chain: string, limit: number): Promise<UnsealedText[]> => {
  const text = `select coalesce((select b.seq from audit_seals b where b.chain = $1 and b.event_id < e.id
      order by b.event_id desc limit 1), 0) + 1, ${columns}
    from audit_events e
    where ${chain === 'system' ? 'e.workspace_id is null and $1 is not null' : 'e.workspace_id = $1'}
      and not exists (select from audit_seals s where s.event_id = e.id)
      and not exists (select from audit_pending p where p.event_id = e.id)
    order by e.id limit $2`
  const rows = await reader.rows(text, [chain, limit])
  return rows.map(([place, ...row]) => ({ place: BigInt(place ?? 0), origin: bytesOf(row[15]), event: eventOf(row) }))
}

const sealedOf = ([seq, mac, eventId, ...row]: TextRow): SealedText => ({
  seq: BigInt(seq ?? 0),
  mac: bytesOf(mac) ?? Buffer.alloc(0),
  eventId: eventId ?? '',
  origin: bytesOf(row[15]),
  event: row[0] === null ? undefined : eventOf(row),
})

const eventOf = (row: TextRow): EventText => ({
  id: row[0] ?? '',
  workspaceId: row[1] ?? null,
  at: row[2] ?? '',
  event: row[3] ?? '',
  outcome: row[4] ?? '',
  actorKind: row[5] ?? '',
  actorId: row[6] ?? '',
  actorName: row[7] ?? '',
  ip: row[8] ?? null,
  userAgent: row[9] ?? null,
  targetType: row[10] ?? null,
  targetId: row[11] ?? null,
  targetName: row[12] ?? null,
  requestId: row[13] ?? null,
  details: typeof row[14] === 'string' ? JSON.parse(row[14]) : null,
})

// PostgreSQL writes bytes as \x and their hexadecimal digits.
const bytesOf = (text: string | null | undefined): Buffer | null => (text ? Buffer.from(text.slice(2), 'hex') : null)
