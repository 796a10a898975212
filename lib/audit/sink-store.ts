import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'
import { systemChain } from './chain.ts'

const columns = Prisma.sql`
  k.id, k.name, k.kind, k.config, k.envelope is not null as "hasSecret", k.enabled, k.installation,
  k.delivered_seq::float8 as "deliveredSeq",
  coalesce((select max(s.seq) from audit_seals s where s.chain = k.workspace_id), 0)::float8 as head,
  k.failures, k.last_error as "lastError", k.last_sent_at as "lastSentAt", k.retry_at as "retryAt",
  k.revision, k.changes, k.created_by as "createdBy", k.created_at as "createdAt", k.updated_at as "updatedAt"`

export interface StoredSink {
  id: string
  name: string
  kind: string
  config: Record<string, unknown>
  hasSecret: boolean
  enabled: boolean
  installation: boolean
  deliveredSeq: number
  head: number
  failures: number
  lastError: string | null
  lastSentAt: Date | null
  retryAt: Date | null
  revision: number
  /** Of a webhook. */
  changes: string | null
  createdBy: string
  createdAt: Date
  updatedAt: Date
}

/** Those of the trail; the webhooks of data sources belong to their sources. */
const ofTrail = (workspaceId: string) => Prisma.sql`k.workspace_id = ${workspaceId} and k.connection_id is null`

export const listStoredSinks = (tx: Tx, workspaceId: string) =>
  tx.$queryRaw<StoredSink[]>`select ${columns} from audit_sinks k where ${ofTrail(workspaceId)} order by k.id`

export const findStoredSink = async (tx: Tx, workspaceId: string, id: string): Promise<StoredSink | undefined> => {
  const rows = await tx.$queryRaw<StoredSink[]>`
    select ${columns} from audit_sinks k where ${ofTrail(workspaceId)} and k.id = ${id}`
  return rows[0]
}

/** The webhook of a data source; whoever changes it holds the connection. */
export const findStoredWebhook = async (tx: Tx, workspaceId: string, connectionId: string) => {
  const rows = await tx.$queryRaw<StoredSink[]>`
    select ${columns} from audit_sinks k where k.workspace_id = ${workspaceId} and k.connection_id = ${connectionId}`
  return rows[0]
}

export const lockStoredSink = async (tx: Tx, workspaceId: string, id: string): Promise<StoredSink | undefined> => {
  await tx.$queryRaw`select id from audit_sinks k where ${ofTrail(workspaceId)} and id = ${id} for update`
  return findStoredSink(tx, workspaceId, id)
}

export interface SealedSecret {
  envelope: Uint8Array<ArrayBuffer>
  keyId: string
}

export interface NewSink {
  id: string
  workspaceId: string
  name: string
  kind: string
  config: object
  secret: SealedSecret | undefined
  enabled: boolean
  installation: boolean
  history: boolean
  /** A webhook of a data source. */
  connectionId?: string
  changes?: string
  createdBy: string
}

export const newSinkId = (): string => newId('sink')

/** A new destination begins with what happens from now on, or with the first event there is. */
export const insertSink = async (tx: Tx, { secret, history, config, ...sink }: NewSink): Promise<void> => {
  const begin = (chain: string) => (history ? Promise.resolve(0n) : endOf(tx, chain))
  const cursors = { deliveredSeq: await begin(sink.workspaceId), deliveredSystemSeq: await begin(systemChain) }
  await tx.auditSink.create({ data: { ...sink, config: { ...config }, ...secret, ...cursors } })
}

const endOf = async (tx: Tx, chain: string): Promise<bigint> =>
  (await tx.auditSeal.aggregate({ where: { chain }, _max: { seq: true } }))._max.seq ?? 0n

export interface SinkChange {
  name?: string
  config?: object
  enabled?: boolean
  installation?: boolean
  changes?: string
  secret?: SealedSecret | undefined
}

/** What was changed is tried at once, whatever failed before. */
export const updateSink = async (tx: Tx, id: string, { secret, config, ...change }: SinkChange): Promise<void> => {
  const again = { failures: 0, lastError: null, retryAt: null, revision: { increment: 1 } }
  // From now on: what happened before is not asked for.
  const cursor = change.installation && { deliveredSystemSeq: await endOf(tx, systemChain) }
  const data = { ...change, ...cursor, ...secret, ...(config && { config: { ...config } }), ...again }
  await tx.auditSink.update({ where: { id }, data })
}

export const deleteSink = async (tx: Tx, id: string): Promise<void> => {
  await tx.auditSink.delete({ where: { id } })
}
