import * as z from 'zod'
import { type AuditEntry, record } from '#lib/audit/record'
import { openTo } from '#lib/auth/grants'
import type { TestOutcome, TestStage } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import type { Destination } from '#lib/credentials/destination'
import { destinationShape } from '#lib/credentials/destination'
import { db, Prisma, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import type { FingerprintReach } from '#lib/vault/fingerprint'
import type { Ticket } from './protocol.ts'
import { Tampered } from './tampered.ts'

const json = z.record(z.string(), z.unknown())

const usedRow = z.object({
  credential_id: z.string(),
  credential_name: z.string(),
  kind: z.string(),
  meta: json,
  destination: destinationShape.nullable(),
  version: z.int(),
  /** What the envelope is bound to: the workspace, or the organization for a credential of all its workspaces. */
  scope: z.string(),
  envelope: z.instanceof(Uint8Array).nullable(),
  key_id: z.string().nullable(),
})
/** A version with what its credential says of it: that is what it has to be sealed to. */
export type UsedVersion = z.output<typeof usedRow>

const credentialRow = usedRow.extend({ status: z.string(), deleted: z.boolean(), expires_at: z.date().nullable() })
export type StoredCredential = z.output<typeof credentialRow>

const connectionRow = z.object({
  id: z.string(),
  conn_id: z.string(),
  name: z.string(),
  type: z.string(),
  config: json,
  settings_revision: z.int(),
  attached_id: z.string().nullable(),
})
export interface StoredConnection extends z.output<typeof connectionRow> {
  /** Undefined: none is attached, or it is none this workspace may use. */
  credential: StoredCredential | undefined
}

/** The public part is the current one, or for another version the one that was typed with it. */
const usedColumns = Prisma.sql`
  cr.id as credential_id, cr.name as credential_name, cr.kind,
  case when v.version = cr.version then cr.config else coalesce(v.config, cr.config) end as meta,
  nullif(cr.destination, 'null'::jsonb) as destination, coalesce(v.version, cr.version) as version,
  coalesce(cr.workspace_id, cr.organization_id) as scope, v.envelope, v.key_id`

const credentialColumns = Prisma.sql`${usedColumns}, cr.status, cr.deleted_at is not null as deleted, cr.expires_at`

type Whose = Pick<Ticket['actor'], 'workspace_id' | 'organization_id' | 'id' | 'sees_restricted'>
const asking = ({ id, sees_restricted = false }: Whose) => ({ id, seesRestricted: sees_restricted })
const usableBy = (whose: Whose) => Prisma.sql`(
  (cr.workspace_id = ${whose.workspace_id} or (cr.workspace_id is null and cr.organization_id = ${whose.organization_id}))
  and ${openTo(asking(whose), { kind: 'credential', least: 'attach', alias: Prisma.sql`cr` })})`

/** A version that is not the current one, in place of it. Only the engine's own work says so; no request can. */
export interface VersionOverride {
  credentialId: string
  version: number
}

const versionJoin = (override: VersionOverride | undefined) =>
  override
    ? Prisma.sql`case when cr.id = ${override.credentialId} then ${override.version} else cr.version end`
    : Prisma.sql`cr.version`

/** Connection, credential and one version of it in one statement: what is tested is one state, never a mixture. */
export const readConnection = async (
  tx: Tx,
  whose: Whose,
  id: string,
  override?: VersionOverride,
): Promise<StoredConnection | undefined> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select c.id, c.conn_id, c.name, c.type, c.config, c.settings_revision, c.credential_id as attached_id, ${credentialColumns}
    from connections c
    left join credentials cr on cr.id = c.credential_id and ${usableBy(whose)}
    left join credential_versions v on v.credential_id = cr.id and v.version = ${versionJoin(override)}
    where c.id = ${id} and c.workspace_id = ${whose.workspace_id} and c.deleted_at is null
      and ${openTo(asking(whose), { kind: 'connection', least: 'use', alias: Prisma.sql`c` })}`)
  const [row] = rows
  if (row === undefined) return undefined
  const credential = credentialRow.safeParse(row)
  return { ...connectionRow.parse(row), credential: credential.success ? credential.data : undefined }
}

export const readCredential = async (tx: Tx, whose: Whose, id: string): Promise<StoredCredential | undefined> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select ${credentialColumns}
    from credentials cr
    left join credential_versions v on v.credential_id = cr.id and v.version = cr.version
    where cr.id = ${id} and ${usableBy(whose)}`)
  return rows[0] === undefined ? undefined : credentialRow.parse(rows[0])
}

/** One version of a credential by itself, for copying fields into the next one. */
export const readVersion = async (
  scope: string,
  credentialId: string,
  version: number,
): Promise<UsedVersion | undefined> => {
  const rows = await db().$queryRaw<unknown[]>(Prisma.sql`
    select ${usedColumns}
    from credentials cr join credential_versions v on v.credential_id = cr.id and v.version = ${version}
    where cr.id = ${credentialId} and coalesce(cr.workspace_id, cr.organization_id) = ${scope}
      and cr.deleted_at is null`)
  return rows[0] === undefined ? undefined : usedRow.parse(rows[0])
}

/** What is stored of an API key, to compare one with that was sent. */
export const readKeyHash = async (tx: Tx, workspaceId: string, id: string): Promise<Uint8Array | undefined> =>
  (await tx.apiKey.findFirst({ where: { id, workspaceId }, select: { hash: true } }))?.hash

/** What fingerprints of a scope may be compared with; those of an organization's credentials only with themselves. */
export const readFingerprintReach = async (scope: string, tx: Tx = db()): Promise<FingerprintReach> => {
  const workspace = await tx.workspace.findUnique({ where: { id: scope }, select: { fingerprints: true } })
  return workspace?.fingerprints === 'workspace' ? 'workspace' : 'credential'
}

/** The versions that go where their credential goes: the current one, and in a rotation the one before or after it. */
export const readUsedVersions = async (
  scope: string,
  credentialId: string,
  tx: Tx = db(),
): Promise<PlacedVersion[]> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select ${usedColumns}, v.version = cr.version as is_current
    from credentials cr join credential_versions v on v.credential_id = cr.id and v.envelope is not null
    where cr.id = ${credentialId} and coalesce(cr.workspace_id, cr.organization_id) = ${scope}
      and (v.version = cr.version or exists (
        select from rotations r where r.credential_id = cr.id and v.version in (r.from_version, r.to_version)
          and r.state in ('testing', 'ready', 'failed', 'soaking')))
    order by v.version`)
  return rows.map((row) => placedRow.parse(row))
}

const placedRow = usedRow.extend({ is_current: z.boolean() })
export type PlacedVersion = z.output<typeof placedRow>

/**
 * Keeps everybody else from changing a credential until the transaction ends, and answers its destination. Before
 * anything holds it less strictly: two that both wait to hold it more would wait for each other.
 */
export const lockDestination = async (tx: Tx, credentialId: string): Promise<Destination | null> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select nullif(destination, 'null'::jsonb) as destination from credentials where id = ${credentialId} for update`)
  return z.object({ destination: destinationShape.nullable() }).parse(rows[0]).destination
}

export const storeDestination = async (tx: Tx, credentialId: string, destination: Destination): Promise<void> => {
  await tx.$executeRaw(
    Prisma.sql`update credentials set destination = ${JSON.stringify(destination)}::jsonb where id = ${credentialId}`,
  )
}

export interface ResealedVersion {
  version: number
  envelope: Buffer
  keyId: string
  fingerprint: string
  sealedTo: string
}

export const storeResealed = async (tx: Tx, credentialId: string, next: ResealedVersion): Promise<void> => {
  await tx.$executeRaw(Prisma.sql`
    update credential_versions set envelope = ${next.envelope}, key_id = ${next.keyId},
      fingerprint = ${next.fingerprint}, sealed_to = ${next.sealedTo}
    where credential_id = ${credentialId} and version = ${next.version}`)
}

/** Runs `work` in one transaction with the audit trail; whatever fails below it means that nothing may be opened. */
export const inAuditedTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  transaction(work).catch((error: unknown) => {
    if (error instanceof AppError || error instanceof Tampered) throw error
    const sentence = 'Nothing was opened: the database or its audit trail cannot be written right now. Try again soon.'
    throw new AppError('unavailable', sentence, { cause: error })
  })

/** One transaction for work that belongs to no request. */
export const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => transaction(work)

export const writeEvent = (tx: Tx, entry: AuditEntry): Promise<void> => record(tx, entry)

/** An event on its own, for what was refused. */
export const writeRefusal = (entry: AuditEntry): Promise<void> => record(db(), entry)

export interface TestResult {
  workspaceId: string
  connectionId: string
  settingsRevision: number
  credentialId: string | null
  credentialVersion: number | null
  createdBy: string
  outcome: TestOutcome
  stages: TestStage[]
  /** Of a secret nothing uses yet: it is kept, and is not the connection's last test. */
  staged?: boolean
}

/**
 * Keeps a result with the revisions it tested. The connection points at it unless newer settings were tested already;
 * one whose settings changed meanwhile shows as stale by its revision (CONN-14). Undefined: the connection is gone.
 */
export const saveTest = (result: TestResult): Promise<string | undefined> =>
  transaction(async (tx) => {
    const [found] = await tx.$queryRaw<unknown[]>(
      Prisma.sql`select id from connections where id = ${result.connectionId} and workspace_id = ${result.workspaceId} for update`,
    )
    if (found === undefined) return undefined
    const id = newId('test')
    await tx.connectionTest.create({ data: testData(id, result) })
    if (result.staged) return id
    // Not through the model: a test is no change of the connection and must not touch its `updated_at`.
    await tx.$executeRaw(Prisma.sql`
      update connections c set last_test_id = ${id}, ever_passed = c.ever_passed or ${result.outcome.success}
      where c.id = ${result.connectionId} and not exists (
        select from connection_tests t where t.id = c.last_test_id and t.settings_revision > ${result.settingsRevision})`)
    return id
  })

const testData = (id: string, result: TestResult): Prisma.ConnectionTestUncheckedCreateInput => {
  const { outcome, stages } = result
  return {
    id,
    workspaceId: result.workspaceId,
    connectionId: result.connectionId,
    settingsRevision: result.settingsRevision,
    credentialId: result.credentialId,
    credentialVersion: result.credentialVersion,
    createdBy: result.createdBy,
    success: outcome.success,
    message: outcome.message,
    driver: outcome.driver,
    latencyMs: outcome.latency_ms,
    server: outcome.server ?? Prisma.DbNull,
    cause: outcome.cause ?? Prisma.DbNull,
    stages,
  }
}

/** How many live credentials each key seals. */
export const countByKey = async (): Promise<{ keyId: string; credentials: number }[]> => {
  const rows = await db().$queryRaw<unknown[]>(Prisma.sql`
    select v.key_id, count(*)::int as credentials
    from credentials cr join credential_versions v on v.credential_id = cr.id and v.version = cr.version
    where cr.deleted_at is null group by v.key_id order by v.key_id`)
  const shape = z.object({ key_id: z.string(), credentials: z.int() })
  return rows.map((row) => shape.parse(row)).map(({ key_id, credentials }) => ({ keyId: key_id, credentials }))
}

export const holdsSealedSecrets = async (): Promise<boolean> =>
  (await db().credentialVersion.findFirst()) !== null ||
  (await db().auditSink.findFirst({ where: { envelope: { not: null } } })) !== null

const sealedRow = placedRow.extend({
  envelope: z.instanceof(Uint8Array),
  key_id: z.string(),
  /** Changed in the database, it is one of the things an envelope does not open with. */
  destination: z.unknown(),
  /** What it was sealed to, which for earlier versions is not where their credential goes now. */
  sealed_to: z.string(),
})
export type SealedVersion = z.output<typeof sealedRow>

/** A place in the list of all versions: its pages begin behind it. */
export interface VersionPlace {
  credential_id: string
  version: number
}

const sealedVersions = (where: Prisma.Sql, { credential_id, version }: VersionPlace, limit: number) => Prisma.sql`
  select ${usedColumns}, v.version = cr.version as is_current, v.sealed_to
  from credential_versions v join credentials cr on cr.id = v.credential_id
  where v.envelope is not null and ${where} and (v.credential_id, v.version) > (${credential_id}, ${version})
  order by v.credential_id, v.version limit ${limit}`

/** Every sealed secret, deleted credentials and earlier versions included, page by page. */
export const pageOfSealed = async (after: VersionPlace, limit: number): Promise<SealedVersion[]> =>
  (await db().$queryRaw<unknown[]>(sealedVersions(Prisma.sql`true`, after, limit))).map((row) => sealedRow.parse(row))

/** Some that another key than this one seals, held until the transaction ends; what somebody else holds is left out. */
export const lockSealedOtherwise = async (tx: Tx, keyId: string, after: VersionPlace, limit: number) => {
  const found = sealedVersions(Prisma.sql`v.key_id <> ${keyId}`, after, limit)
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`${found} for update of v skip locked`)
  return rows.map((row) => sealedRow.parse(row))
}

export const needsOtherKeys = async (tx: Tx, keyId: string): Promise<boolean> =>
  (await tx.credentialVersion.findFirst({ where: { keyId: { not: keyId }, envelope: { not: null } } })) !== null

/** Stores an envelope only where the one it was made from still is. */
export const replaceEnvelope = async (
  tx: Tx,
  old: SealedVersion,
  next: { envelope: Buffer; keyId: string; fingerprint: string },
): Promise<boolean> => {
  const changed = await tx.$executeRaw(Prisma.sql`
    update credential_versions set envelope = ${next.envelope}, key_id = ${next.keyId}, fingerprint = ${next.fingerprint}
    where credential_id = ${old.credential_id} and version = ${old.version}
      and key_id = ${old.key_id} and envelope = ${Buffer.from(old.envelope)}`)
  return changed === 1
}

/** Only one instance at a time moves secrets, for as long as this transaction. */
export const takeRewrapLock = async (tx: Tx): Promise<boolean> => {
  const rows = await tx.$queryRaw<{ taken: boolean }[]>(
    Prisma.sql`select pg_try_advisory_xact_lock(hashtextextended('jackfield rewrap', 0)) as taken`,
  )
  return rows[0]?.taken ?? false
}

export const findRunningRewrap = (tx: Tx) =>
  tx.rewrap.findFirst({ where: { state: 'running' }, orderBy: { startedAt: 'asc' } })

export const addToRewrap = (tx: Tx, id: string, moved: number) =>
  tx.rewrap.update({ where: { id }, data: { done: { increment: moved } } })

/** True for the one caller who ended it. */
export const endRewrap = async (
  tx: Tx,
  id: string,
  end: { state: 'finished' | 'stopped'; error: string | null },
): Promise<boolean> => {
  const where = { id, state: 'running' }
  const { count } = await tx.rewrap.updateMany({ where, data: { ...end, finishedAt: new Date() } })
  return count === 1
}

/** Who began it, as the trail has it. */
export const findRewrapStart = (tx: Tx, id: string) =>
  tx.auditEvent.findFirst({ where: { event: 'key.rewrap_started', targetId: id, outcome: 'success' } })

/** Adds what was counted to a key, known before or not; answers the sum. */
export const addSeals = async (id: string, seals: number, source: string): Promise<number> => {
  const rows = await db().$queryRaw<{ seals: bigint }[]>(Prisma.sql`
    insert into encryption_keys (id, state, source, seals) values (${id}, 'primary', ${source}, ${seals})
    on conflict (id) do update set seals = encryption_keys.seals + excluded.seals returning seals`)
  return Number(rows[0]?.seals ?? 0)
}
