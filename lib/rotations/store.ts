import type { Actor } from '#lib/auth/actor'
import { asking, openTo } from '#lib/auth/grants'
import type { TestCause } from '#lib/connectors/contract'
import { Prisma, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import type { RotationState } from './schema.ts'

/** For the engine, whose work has no operation around it. */
export const inTransaction = transaction

/** States in which a rotation holds on to its credential. */
export const openStates: readonly RotationState[] = ['testing', 'ready', 'failed', 'soaking']

export interface RotatedCredential {
  id: string
  name: string
  kind: string
  status: string
  config: Record<string, unknown>
  destination: unknown
  workspaceId: string | null
  organizationId: string
  version: number
  rotateReason: string | null
  deletedAt: Date | null
  fields: string[]
  fingerprint: string
}

type Whose = Pick<Actor, 'workspaceId' | 'organizationId' | 'id' | 'role'>

const credentialColumns = Prisma.sql`
  select c.id, c.name, c.kind, c.status, c.config, nullif(c.destination, 'null'::jsonb) as destination,
         c.workspace_id as "workspaceId", c.organization_id as "organizationId", c.version,
         c.rotate_reason as "rotateReason", c.deleted_at as "deletedAt", v.fields, v.fingerprint
  from credentials c join credential_versions v on v.credential_id = c.id and v.version = c.version`

/** Tenancy, and for a restricted credential the grant that the step needs. */
const ofWhom = (whose: Whose, least: 'view' | 'replace') => Prisma.sql`(
  (c.workspace_id = ${whose.workspaceId} or (c.workspace_id is null and c.organization_id = ${whose.organizationId}))
  and ${openTo(asking(whose), { kind: 'credential', least, alias: Prisma.sql`c` })})`

export const findCredential = async (
  tx: Tx,
  whose: Whose,
  id: string,
  least: 'view' | 'replace' = 'view',
): Promise<RotatedCredential | undefined> => {
  const rows = await tx.$queryRaw<RotatedCredential[]>`
    ${credentialColumns} where c.id = ${id} and ${ofWhom(whose, least)} and c.deleted_at is null`
  return rows[0]
}

/**
 * Locks the credential, which every step of a rotation does first: two steps never run at the same time. The connections
 * that use it come before it, as everywhere, or a promotion and a run would wait for each other. Read only after the lock
 * is there: a join that waited for it would miss the version somebody switched to meanwhile.
 */
export const lockCredential = async (tx: Tx, id: string): Promise<RotatedCredential | undefined> => {
  await tx.$queryRaw`
    select id from connections where credential_id = ${id} and deleted_at is null order by id for no key update`
  await tx.$queryRaw`select id from credentials where id = ${id} for update`
  const rows = await tx.$queryRaw<RotatedCredential[]>`${credentialColumns} where c.id = ${id}`
  return rows[0]
}

export const findRotation = (tx: Tx, credentialId: string, id: string) =>
  tx.rotation.findFirst({ where: { id, credentialId }, include: { tests: true } })
export type StoredRotation = NonNullable<Awaited<ReturnType<typeof findRotation>>>

export const findById = (tx: Tx, id: string) => tx.rotation.findFirst({ where: { id }, include: { tests: true } })

export const findOpen = (tx: Tx, credentialId: string) =>
  tx.rotation.findFirst({ where: { credentialId, state: { in: [...openStates] } }, select: { id: true, state: true } })

export const listRotations = (tx: Tx, credentialId: string, { limit, before }: { limit: number; before?: string }) =>
  tx.rotation.findMany({
    where: { credentialId, ...(before !== undefined && { id: { lt: before } }) },
    include: { tests: true },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })

/** Which of these connections somebody may see. */
export const visibleConnections = async (tx: Tx, whose: Whose, ids: string[]): Promise<Set<string>> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select c.id from connections c where c.workspace_id = ${whose.workspaceId} and c.id = any (${ids})
      and ${openTo(asking(whose), { kind: 'connection', least: 'view', alias: Prisma.sql`c` })}`
  return new Set(rows.map(({ id }) => id))
}

/** One more than any version there ever was: a number is bound to one envelope for ever. */
export const nextVersion = async (tx: Tx, credentialId: string): Promise<number> => {
  const { _max } = await tx.credentialVersion.aggregate({ where: { credentialId }, _max: { version: true } })
  return (_max.version ?? 0) + 1
}

type NewVersion = Omit<Prisma.CredentialVersionUncheckedCreateInput, 'state'>

export const insertStaged = async (tx: Tx, version: NewVersion): Promise<void> => {
  await tx.credentialVersion.create({ data: { ...version, state: 'staged' } })
}

export const insertRotation = async (tx: Tx, rotation: Prisma.RotationUncheckedCreateInput): Promise<void> => {
  await tx.rotation.create({ data: rotation })
}

/** Adds a row for every live connection that has the credential and none yet; answers how many. */
export const addDependents = (tx: Tx, rotationId: string, credentialId: string): Promise<number> =>
  tx.$executeRaw`
    insert into rotation_tests (rotation_id, connection_id, name)
    select ${rotationId}, c.id, c.name from connections c
    where c.credential_id = ${credentialId} and c.deleted_at is null
    on conflict do nothing`

/** Live connections that the new version was not tested with as they are now. */
export const listUntested = async (tx: Tx, credentialId: string, version: number): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select c.id from connections c
    where c.credential_id = ${credentialId} and c.deleted_at is null and not exists (
      select from connection_tests t
      where t.connection_id = c.id and t.credential_id = ${credentialId} and t.credential_version = ${version}
        and t.settings_revision = c.settings_revision)`
  return rows.map(({ id }) => id)
}

export const setPending = async (tx: Tx, rotationId: string, connectionIds?: readonly string[]): Promise<number> => {
  const { count } = await tx.rotationTest.updateMany({
    where: { rotationId, ...(connectionIds ? { connectionId: { in: [...connectionIds] } } : { state: 'failed' }) },
    data: {
      ...{ state: 'pending', message: null, cause: Prisma.DbNull, latencyMs: null },
      ...{ startedAt: null, finishedAt: null, leaseBy: null, leaseUntil: null },
    },
  })
  return count
}

type Change = Pick<
  Prisma.RotationUncheckedUpdateInput,
  'state' | 'promotedAt' | 'soakUntil' | 'finishedAt' | 'rotateReason' | 'reason'
>

export const updateRotation = async (tx: Tx, id: string, change: Change): Promise<void> => {
  await tx.rotation.updateMany({ where: { id }, data: change })
}

/** Makes a version the current one, with the public part that belongs to it, and keeps the other's beside it. */
export const switchVersion = async (
  tx: Tx,
  credential: RotatedCredential,
  to: number,
  rotateReason: string | null,
): Promise<boolean> => {
  const target = await tx.credentialVersion.findFirst({ where: { credentialId: credential.id, version: to } })
  if (!target?.envelope) return false
  const config = target.config ?? JSON.parse(JSON.stringify(credential.config))
  await tx.credentialVersion.updateMany({
    where: { credentialId: credential.id, version: credential.version },
    data: { config: JSON.parse(JSON.stringify(credential.config)) },
  })
  await tx.credentialVersion.updateMany({
    where: { credentialId: credential.id, version: to },
    data: { state: 'stored' },
  })
  await tx.credential.updateMany({
    where: { id: credential.id },
    data: { version: to, config, rotateReason, revision: { increment: 1 } },
  })
  return true
}

/** The tests of the new version become the last ones of their connections. */
export const adoptTests = async (tx: Tx, credentialId: string, version: number): Promise<void> => {
  await tx.$executeRaw`
    update connections c set last_test_id = t.id, ever_passed = c.ever_passed or t.success
    from (select distinct on (connection_id) * from connection_tests
          where credential_id = ${credentialId} and credential_version = ${version}
          order by connection_id, created_at desc, id desc) t
    where t.connection_id = c.id and c.credential_id = ${credentialId} and c.deleted_at is null
      and c.settings_revision = t.settings_revision`
}

/** No key opens what is not there. */
export const destroyVersion = async (tx: Tx, credentialId: string, version: number): Promise<boolean> => {
  const { count } = await tx.credentialVersion.updateMany({
    where: { credentialId, version, destroyedAt: null, credential: { version: { not: version } } },
    data: { envelope: null, destroyedAt: new Date(), state: 'stored' },
  })
  return count > 0
}

export interface ClaimedTest {
  rotationId: string
  connectionId: string
  credentialId: string
  workspaceId: string | null
  version: number
  ticket: unknown
}

/** Takes one test that waits, or whose worker is not heard of any more; nobody else gets it while the lease lasts. */
export const claimTest = async (tx: Tx, leaseBy: string, lease_s: number): Promise<ClaimedTest | undefined> => {
  const rows = await tx.$queryRaw<ClaimedTest[]>`
    update rotation_tests t
    set state = 'running', started_at = now(), finished_at = null, lease_by = ${leaseBy},
        lease_until = now() + make_interval(secs => ${lease_s})
    from rotations r, (
      select t.rotation_id, t.connection_id
      from rotation_tests t join rotations r on r.id = t.rotation_id
      where r.state = 'testing'
        and (t.state = 'pending' or (t.state = 'running' and (t.lease_until is null or t.lease_until < now())))
      order by r.created_at, t.connection_id limit 1 for update of t skip locked) n
    where t.rotation_id = n.rotation_id and t.connection_id = n.connection_id and r.id = t.rotation_id
    returning t.rotation_id as "rotationId", t.connection_id as "connectionId", r.credential_id as "credentialId",
              r.to_version as version, r.ticket,
              (select c.workspace_id from connections c
               where c.id = t.connection_id and c.deleted_at is null and c.credential_id = r.credential_id) as "workspaceId"`
  return rows[0]
}

export const renewLease = (tx: Tx, leaseBy: string, lease_s: number): Promise<number> =>
  tx.$executeRaw`
    update rotation_tests set lease_until = now() + make_interval(secs => ${lease_s})
    where lease_by = ${leaseBy} and state = 'running'`

export interface TestEnd {
  state: 'passed' | 'failed' | 'skipped' | 'pending'
  message: string | null
  cause?: TestCause | null
  latencyMs?: number | null
}

/** Stores a result, unless the lease was lost meanwhile: then somebody else's counts. */
export const endTest = async (tx: Tx, leaseBy: string, { state, message, cause, latencyMs }: TestEnd) =>
  tx.rotationTest.updateMany({
    where: { leaseBy, state: 'running' },
    data: {
      ...{ state, message, cause: cause ?? Prisma.DbNull, latencyMs: latencyMs ?? null },
      ...{ finishedAt: state === 'pending' ? null : new Date(), leaseBy: null, leaseUntil: null },
    },
  })

/** Rotations that may have a step to take by themselves. */
export const listDue = async (tx: Tx): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select r.id from rotations r join credentials c on c.id = r.credential_id
    where (r.state = 'testing' and not exists (
            select from rotation_tests t where t.rotation_id = r.id and t.state in ('pending', 'running')))
       or (r.state = 'soaking' and r.soak_until <= now())
       or (r.state in ('testing', 'ready', 'failed') and (c.version <> r.from_version or c.deleted_at is not null))
       or (r.state = 'soaking' and c.version <> r.to_version)
    order by r.created_at limit 50`
  return rows.map(({ id }) => id)
}
