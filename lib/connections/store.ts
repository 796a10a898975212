import type { Actor } from '#lib/auth/actor'
import { asking, openTo } from '#lib/auth/grants'
import { isId } from '#lib/core/id'
import type { Time } from '#lib/core/time'
import { Prisma, type Tx } from '#lib/db/client'
import type { TestState } from './columns.ts'
import { holdNames, takeName } from './naming-store.ts'
import { writeVersion } from './version-store.ts'

/** A connection with everything its view shows, read in one statement. */
export interface StoredConnection {
  id: string
  connId: string
  name: string
  nameKey: string
  type: string
  role: string
  config: unknown
  summary: string
  environment: string | null
  tags: string[]
  description: string | null
  credentialId: string | null
  revision: number
  settingsRevision: number
  everPassed: boolean
  createdBy: string
  createdAt: Time
  updatedAt: Time
  deletedAt: Time | null
  usedBy: number
  restricted: boolean
  /** The level of a grant to whoever looks. */
  granted: string | null
  credentialName: string | null
  credentialType: string | null
  credentialKind: string | null
  credentialConfig: unknown
  credentialVersion: number | null
  keyId: string | null
  secretFields: string[] | null
  fingerprint: string | null
  /** The workspace did not switch fingerprints off. */
  showsFingerprint: boolean
  secretAt: Time | null
  testId: string | null
  testSuccess: boolean | null
  testAt: Time | null
  testLatencyMs: number | null
  testMessage: string | null
  testCause: unknown
  testStale: boolean | null
}

const stale = Prisma.sql`(t.settings_revision <> c.settings_revision or t.credential_version is distinct from k.version)`

/** What is shown of the credential, to those to whom it is there. */
const shownTo = (viewer: Viewer): Prisma.Sql => Prisma.sql`
  left join credentials s on s.id = k.id and ${openTo(asking(viewer), { kind: 'credential', least: 'view', alias: Prisma.sql`s` })}
  ${versions(Prisma.sql`s`)}`

const versions = (shown: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`left join credential_versions v on v.credential_id = ${shown}.id and v.version = ${shown}.version`

/** `from`: connections chosen before, as a table; `more`: further columns. */
export const columnsFor = (
  viewer: Viewer,
  from: Prisma.Sql = Prisma.sql`connections`,
  more: Prisma.Sql = Prisma.empty,
): Prisma.Sql => {
  // Who sees every credential is spared looking it up twice.
  const seesAll = asking(viewer).seesRestricted && viewer.reach === undefined
  const k = seesAll ? Prisma.sql`k` : Prisma.sql`s`
  return Prisma.sql`
  select c.id, c.conn_id as "connId", c.name, c.name_key as "nameKey", c.type, c.role, c.config, c.summary, c.environment,
         c.tags, c.description, c.credential_id as "credentialId", c.revision, c.settings_revision as "settingsRevision",
         c.ever_passed as "everPassed", c.created_by as "createdBy", c.created_at as "createdAt",
         c.updated_at as "updatedAt", c.deleted_at as "deletedAt",
         (select count(distinct r.pipeline_id)::int from pipeline_references r where r.connection_id = c.id) as "usedBy",
         c.restricted, (select g.level from grants g where g.object_id = c.id and g.subject_id = ${viewer.id}) as granted,
         ${k}.name as "credentialName", ${k}.type as "credentialType", ${k}.kind as "credentialKind",
         ${k}.config as "credentialConfig", ${k}.version as "credentialVersion", v.key_id as "keyId",
         v.fields as "secretFields", 
         (select w.fingerprints <> 'off' from workspaces w where w.id = ${viewer.workspaceId}) as "showsFingerprint", v.fingerprint, v.created_at as "secretAt", t.id as "testId",
         t.success as "testSuccess", t.created_at as "testAt", t.latency_ms as "testLatencyMs",
         t.message as "testMessage", t.cause as "testCause", ${stale} as "testStale" ${more}
  from ${from} c
  left join credentials k on k.id = c.credential_id
  left join connection_tests t on t.id = c.last_test_id
  ${seesAll ? versions(k) : shownTo(viewer)}`
}

/** Of a connection `c`, its last test `t` and its credential `k`. */
export const states: Record<TestState, Prisma.Sql> = {
  never_tested: Prisma.sql`(t.id is null or (${stale} and not c.ever_passed))`,
  stale: Prisma.sql`(t.id is not null and ${stale} and c.ever_passed)`,
  passed: Prisma.sql`(t.success and not ${stale})`,
  failed: Prisma.sql`(not t.success and not ${stale})`,
}

/** Who looks: a restricted connection is there only for those with a grant. */
export type Viewer = Pick<Actor, 'workspaceId' | 'id' | 'role' | 'reach'>

export const openFor = (viewer: Viewer, least: 'view' | 'use' | 'edit'): Prisma.Sql =>
  openTo(asking(viewer), { kind: 'connection', least, alias: Prisma.sql`c` })

/** By id also when deleted; by slug the one that has it or had it before a rename, or the one deleted last when asked for. */
export const findStored = async (
  tx: Tx,
  viewer: Viewer,
  ref: string,
  { deleted, least = 'view' }: { deleted?: boolean; least?: 'view' | 'use' | 'edit' } = {},
): Promise<StoredConnection | undefined> => {
  const alive = deleted ? Prisma.sql`c.deleted_at is not null` : Prisma.sql`c.deleted_at is null`
  const called = Prisma.sql`(c.conn_id = ${ref} or c.id = (
    select a.connection_id from connection_aliases a where a.workspace_id = ${viewer.workspaceId} and a.conn_id = ${ref}))`
  const named = isId('connection', ref) ? Prisma.sql`c.id = ${ref}` : Prisma.sql`${called} and ${alive}`
  const rows = await tx.$queryRaw<StoredConnection[]>`${columnsFor(viewer)}
    where c.workspace_id = ${viewer.workspaceId} and ${named} and ${openFor(viewer, least)} order by c.deleted_at desc nulls first limit 1`
  return rows[0]
}

/** Finds one and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (
  tx: Tx,
  viewer: Viewer,
  ref: string,
  options: { deleted?: boolean } = {},
): Promise<StoredConnection | undefined> => {
  const found = await findStored(tx, viewer, ref, { ...options, least: 'edit' })
  if (!found) return undefined
  await tx.$queryRaw`select id from connections where workspace_id = ${viewer.workspaceId} and id = ${found.id} for update`
  return findStored(tx, viewer, found.id, { least: 'edit' })
}

export const findTaken = async (
  tx: Tx,
  workspaceId: string,
  { connId, nameKey, except }: { connId?: string; nameKey?: string; except?: string },
): Promise<{ connId: boolean; name: boolean }> => {
  const other = { workspaceId, deletedAt: null, ...(except !== undefined && { id: { not: except } }) }
  const byId = connId === undefined ? null : await tx.connection.findFirst({ where: { ...other, connId } })
  const byName = nameKey === undefined ? null : await tx.connection.findFirst({ where: { ...other, nameKey } })
  return { connId: byId !== null, name: byName !== null }
}

export const insertStored = async (
  tx: Tx,
  workspaceId: string,
  data: Omit<Prisma.ConnectionUncheckedCreateInput, 'workspaceId'>,
): Promise<void> => {
  // Before the row: a rename holds the name first and then meets the row in the index.
  await holdNames(tx, workspaceId, [data.connId], 'change')
  await tx.connection.create({ data: { ...data, workspaceId } })
  await takeName(tx, workspaceId, data.connId)
  await writeVersion(tx, workspaceId, data.id, { changed: [], by: data.createdBy })
}

/** Writes only onto the revision that was read; false if somebody was faster. */
export const updateStored = async (
  tx: Tx,
  workspaceId: string,
  { id, revision }: { id: string; revision: number },
  data: Omit<Prisma.ConnectionUncheckedUpdateManyInput, 'id' | 'workspaceId' | 'revision'>,
): Promise<boolean> => {
  const { count } = await tx.connection.updateMany({
    where: { workspaceId, id, revision },
    data: { ...data, revision: { increment: 1 } },
  })
  return count === 1
}

export const purgeStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.connection.deleteMany({ where: { workspaceId, id, deletedAt: { not: null } } })
}

/** Where a connection and its credential say they belong. */
export const findEnvironments = async (tx: Tx, viewer: Viewer, id: string) => {
  const rows = await tx.$queryRaw<{ own: string | null; environment: string | null; name: string | null }[]>`
    select c.environment as own, k.environment, s.name
    from connections c join credentials k on k.id = c.credential_id ${shownTo(viewer)}
    where c.workspace_id = ${viewer.workspaceId} and c.id = ${id}`
  return rows[0]
}

/** The active pipelines that use a connection, as many as a sentence about them needs. */
export const listActivePipelines = (tx: Tx, workspaceId: string, connectionId: string) =>
  tx.pipeline.findMany({
    where: { workspaceId, active: true, references: { some: { connectionId } } },
    select: { key: true, name: true },
    orderBy: { name: 'asc' },
    take: 20,
  })

export const listStoredTests = (
  tx: Tx,
  workspaceId: string,
  connectionId: string,
  { after, limit }: { after?: string; limit: number },
) =>
  tx.connectionTest.findMany({
    where: { workspaceId, connectionId, ...(after !== undefined && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })

/**
 * A live connection of this connector to the same place, with the same login: its id for people. A login that is hidden
 * from whoever looks may be any, so that nobody can guess it here.
 */
export const findSameEndpoint = async (
  tx: Tx,
  viewer: Viewer,
  { type, summary, login }: { type: string; summary: string; login: { field: string; value: string | null } },
): Promise<string | undefined> => {
  const rows = await tx.$queryRaw<{ connId: string }[]>`
    select c.conn_id as "connId" from connections c
    left join credentials k on k.id = c.credential_id and ${openTo(asking(viewer), { kind: 'credential', least: 'view', alias: Prisma.sql`k` })}
    where c.workspace_id = ${viewer.workspaceId} and c.deleted_at is null and c.type = ${type} and c.summary = ${summary}
      and (${login.value}::text is null or k.config->>${login.field} is null or k.config->>${login.field} = ${login.value})
      and ${openFor(viewer, 'view')}
    order by c.created_at limit 1`
  return rows[0]?.connId
}
