import * as z from 'zod'
import { connect, Prisma, type Tx } from '#lib/db/client'
import { systemChain } from './chain.ts'
import { eventColumns, eventView, parseEvents } from './query.ts'
import type { AuditEventView } from './schema.ts'

const sinkRow = z.object({
  id: z.string(),
  workspaceId: z.string(),
  kind: z.string(),
  config: z.record(z.string(), z.unknown()),
  envelope: z.instanceof(Uint8Array).nullable(),
  keyId: z.string().nullable(),
  deliveredSeq: z.bigint(),
  installation: z.boolean(),
  /** A webhook: only what is different in the schema of this data source goes there. */
  connectionId: z.string().nullable(),
  deliveredSystemSeq: z.bigint(),
  failures: z.int(),
})
/** A destination as its sender sees it. */
export type OutboxSink = z.output<typeof sinkRow>

export type SendBatch = (sink: OutboxSink, events: AuditEventView[]) => Promise<void>

export interface Outbox {
  /** Destinations for which something waits and which are not waiting for a later try. */
  due(): Promise<string[]>
  /** Sends the next batch; answers whether another one follows. Nothing happens where another instance is sending. */
  deliver(id: string, send: SendBatch, sentenceOf: (error: unknown) => string): Promise<boolean>
  find(workspaceId: string, id: string): Promise<OutboxSink | undefined>
  close(): Promise<void>
}

export const sendersMax = 4
const batchEvents = 200
const batchBytes = 512 * 1024
/** Longer than any sender's own deadline. */
const turnMs = 30_000

/** The queue of every destination is the chain itself, from a cursor on. Connections of its own: a slow receiver takes none that requests need. */
export const createOutbox = (databaseUrl: string | undefined): Outbox => {
  const db = connect(databaseUrl, sendersMax + 1)
  return {
    due: () => dueSinks(db),
    find: (workspaceId, id) => findSink(db, Prisma.sql`id = ${id} and workspace_id = ${workspaceId}`),
    deliver: (id, send, sentenceOf) =>
      db.$transaction((tx) => deliverBatch(tx, id, send, sentenceOf), { maxWait: 5_000, timeout: turnMs }),
    close: () => db.$disconnect(),
  }
}

/** What a webhook `k` waits for; its cursor passes over everything else when the next of these has arrived. */
const isForWebhook = Prisma.sql`e.event = 'data_source.schema_changed' and e.target_id = k.connection_id
  and (k.changes = 'all' or e.details->>'class' = 'breaking')`

const dueSinks = async (tx: Tx): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select id from audit_sinks k where enabled and (retry_at is null or retry_at <= now())
      and case when k.connection_id is not null then exists (
        select from audit_events e join audit_seals s on s.event_id = e.id
        where s.chain = k.workspace_id and s.seq > k.delivered_seq and ${isForWebhook})
      else exists (select from audit_seals s where s.chain = k.workspace_id and s.seq > k.delivered_seq)
        or k.installation and exists (
          select from audit_seals s where s.chain = ${systemChain} and s.seq > k.delivered_system_seq) end
    order by last_sent_at nulls first`
  return rows.map(({ id }) => id)
}

const deliverBatch = async (
  tx: Tx,
  id: string,
  send: SendBatch,
  sentenceOf: (error: unknown) => string,
): Promise<boolean> => {
  if (!(await takeLock(tx, id))) return false
  const sink = await findSink(tx, Prisma.sql`id = ${id} and enabled and (retry_at is null or retry_at <= now())`)
  if (!sink) return false
  const next = await nextBatch(tx, sink)
  if (!next) return false
  const { batch, last, cursor, after } = next
  try {
    await send(
      sink,
      batch.map(({ view }) => view),
    )
  } catch (error) {
    await postpone(tx, sink, sentenceOf(error))
    return false
  }
  // Only now, and in the transaction that holds the lock: what was not acknowledged is sent again.
  await tx.$executeRaw`
    update audit_sinks set ${cursor} = ${last}, failures = 0, last_error = null, retry_at = null, last_sent_at = now()
    where id = ${id} and ${cursor} = ${after}`
  return true
}

/** One sender per destination, over all instances, until the transaction ends however it ends. */
const takeLock = async (tx: Tx, id: string): Promise<boolean> => {
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${`audit-sink:${id}`}, 0)) as taken`
  return row?.taken === true
}

const findSink = async (tx: Tx, where: Prisma.Sql): Promise<OutboxSink | undefined> => {
  const rows = await tx.$queryRaw<unknown[]>`
    select id, workspace_id as "workspaceId", kind, config, envelope, key_id as "keyId",
           delivered_seq as "deliveredSeq", installation, connection_id as "connectionId",
           delivered_system_seq as "deliveredSystemSeq", failures
    from audit_sinks where ${where}`
  return rows[0] === undefined ? undefined : sinkRow.parse(rows[0])
}

interface Sendable {
  seq: bigint
  view: AuditEventView
}

/** What waits of the workspace's own chain, then, where it was asked for, of the installation's; each in its order. */
const nextBatch = async (tx: Tx, sink: OutboxSink) => {
  const { id, workspaceId, deliveredSeq, installation, deliveredSystemSeq, connectionId } = sink
  const webhook = connectionId === null ? undefined : id
  const own = { chain: workspaceId, after: deliveredSeq, cursor: Prisma.sql`delivered_seq`, webhook }
  const system = { chain: systemChain, after: deliveredSystemSeq, cursor: Prisma.sql`delivered_system_seq` }
  for (const queue of installation ? [own, system] : [own]) {
    const batch = await batchOf(tx, queue)
    const last = batch.at(-1)?.seq
    if (last !== undefined) return { ...queue, batch, last }
  }
  return undefined
}

interface Queue {
  chain: string
  after: bigint
  webhook?: string | undefined
}

/** In the order of the chain, up to a number and a size. The sealer commits places in order: none appears later in between. */
const batchOf = async (tx: Tx, { chain, after, webhook }: Queue): Promise<Sendable[]> => {
  const only = webhook ? Prisma.sql`join audit_sinks k on k.id = ${webhook} and ${isForWebhook}` : Prisma.empty
  const rows = await tx.$queryRaw<unknown[]>`
    select ${eventColumns} from audit_seals s join audit_events e on e.id = s.event_id ${only}
    where s.chain = ${chain} and s.seq > ${after} order by s.seq limit ${batchEvents}`
  const batch: Sendable[] = []
  let bytes = 0
  for (const event of parseEvents(rows)) {
    const view = eventView(event)
    bytes += JSON.stringify(view).length
    if (batch.length > 0 && bytes > batchBytes) break
    batch.push({ seq: event.seq ?? 0n, view })
  }
  return batch
}

const retryMaxSeconds = 300

/** 1, 2, 4 … 300 seconds, a little apart so that many do not come back in one moment. */
const postpone = async (tx: Tx, { id, failures }: OutboxSink, sentence: string): Promise<void> => {
  const seconds = Math.min(retryMaxSeconds, 2 ** Math.min(failures, 9)) * (0.8 + Math.random() * 0.4)
  await tx.$executeRaw`
    update audit_sinks set failures = failures + 1, last_error = ${sentence.slice(0, 300)},
      retry_at = now() + make_interval(secs => ${seconds})
    where id = ${id}`
}
