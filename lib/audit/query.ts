import * as z from 'zod'
import { escapeLike } from '#lib/core/like'
import { Prisma, type Tx } from '#lib/db/client'
import { auditEvents } from './events.ts'
import { type AuditEventView, type AuditFilter, outcomes } from './schema.ts'

const row = z.object({
  id: z.string(),
  at: z.date(),
  event: z.string(),
  outcome: z.enum(outcomes),
  actorKind: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  targetType: z.string().nullable(),
  targetId: z.string().nullable(),
  targetName: z.string().nullable(),
  requestId: z.string().nullable(),
  details: z.record(z.string(), z.unknown()).nullable(),
  seq: z.bigint().nullable(),
})
export type StoredEvent = z.output<typeof row>

/** The columns of a `StoredEvent`, of an event `e` and its seal `s`. */
export const eventColumns = Prisma.sql`
  e.id, e.at, e.event, e.outcome, e.actor_kind as "actorKind", e.actor_id as "actorId", e.actor_name as "actorName",
  e.ip, e.user_agent as "userAgent", e.target_type as "targetType", e.target_id as "targetId",
  e.target_name as "targetName", e.request_id as "requestId", nullif(e.details, 'null'::jsonb) as details, s.seq`

export const parseEvents = (rows: unknown[]): StoredEvent[] => rows.map((one) => row.parse(one))

/** Newest first; ids sort by time, so the id alone is the place in the list. */
export const pageOfEvents = async (
  tx: Tx,
  workspaceId: string,
  filter: AuditFilter,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<StoredEvent[]> =>
  parseEvents(
    await tx.$queryRaw<unknown[]>`
      select ${eventColumns} from audit_events e left join audit_seals s on s.event_id = e.id
      where ${conditionOf(workspaceId, filter)} ${after === undefined ? Prisma.empty : Prisma.sql`and e.id < ${after}`}
      order by e.id desc limit ${limit}`,
  )

/** How many events an export will hold. */
export const countEvents = async (tx: Tx, workspaceId: string, filter: AuditFilter): Promise<number> => {
  const [found] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from audit_events e where ${conditionOf(workspaceId, filter)}`
  return found?.count ?? 0
}

const conditionOf = (workspaceId: string, filter: AuditFilter): Prisma.Sql =>
  Prisma.join([Prisma.sql`e.workspace_id = ${workspaceId}`, ...conditions(filter)], ' and ')

const conditions = (filter: AuditFilter): Prisma.Sql[] => {
  const { actor, event, outcome, object, since, until, q } = filter
  return [
    actor === undefined ? [] : Prisma.sql`(e.actor_id = ${actor} or e.actor_name ilike ${part(actor)})`,
    event === undefined ? [] : eventIs(event),
    outcome === undefined ? [] : Prisma.sql`e.outcome = ${outcome}`,
    object === undefined ? [] : isAbout(object),
    since === undefined ? [] : Prisma.sql`e.at >= ${since}::timestamptz`,
    until === undefined ? [] : Prisma.sql`e.at < ${until}::timestamptz`,
    q === undefined ? [] : mentions(q),
  ].flat()
}

const eventIs = (event: string): Prisma.Sql =>
  event.includes('.') ? Prisma.sql`e.event = ${event}` : Prisma.sql`e.event like ${`${escapeLike(event)}.%`}`

/** The target itself, or the credential that was sent while something was done to a connection. */
const isAbout = (object: string): Prisma.Sql =>
  Prisma.sql`(e.target_id = ${object} or e.target_name ilike ${part(object)} or e.details->>'credential_id' = ${object})`

const mentions = (q: string): Prisma.Sql => {
  const said = Object.entries(auditEvents).filter(([, sentence]) => sentence.toLowerCase().includes(q.toLowerCase()))
  const pattern = part(q)
  return Prisma.sql`(e.event ilike ${pattern} or e.actor_name ilike ${pattern} or e.target_name ilike ${pattern}
    or e.ip = ${q} or e.request_id = ${q} or e.target_id = ${q} or e.event = any(${said.map(([name]) => name)}))`
}

const part = (text: string): string => `%${escapeLike(text.normalize('NFC'))}%`

/** What leaves: named fields only. */
export const eventView = (event: StoredEvent): AuditEventView => ({
  id: event.id,
  at: event.at.toISOString(),
  event: event.event,
  sentence: sentenceOf(event.event),
  outcome: event.outcome,
  actor: { kind: event.actorKind, id: event.actorId, name: event.actorName },
  ip: event.ip,
  user_agent: event.userAgent,
  target: event.targetType === null ? null : { type: event.targetType, id: event.targetId, name: event.targetName },
  request_id: event.requestId,
  details: event.details,
  seq: event.seq === null ? null : Number(event.seq),
})

const sentences: Readonly<Record<string, string>> = auditEvents

const sentenceOf = (event: string): string => (Object.hasOwn(sentences, event) ? (sentences[event] ?? event) : event)
