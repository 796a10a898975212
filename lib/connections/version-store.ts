import { asking, openTo } from '#lib/auth/grants'
import { Prisma, type Tx } from '#lib/db/client'
import type { Viewer } from './store.ts'

/** A connection as one of its changes left it. */
export interface StoredVersion {
  revision: number
  settingsRevision: number
  name: string
  connId: string
  role: string
  environment: string | null
  tags: string[]
  description: string | null
  config: unknown
  credentialId: string | null
  /** Null for a credential that is gone, or that whoever looks may not see. */
  credentialName: string | null
  changed: string[]
  restoredFrom: number | null
  createdBy: string
  createdByName: string | null
  createdAt: Date
  testSuccess: boolean | null
  testAt: Date | null
}

/** Keeps a connection as it stands now, in the transaction of the change that made it so. */
export const writeVersion = async (
  tx: Tx,
  workspaceId: string,
  id: string,
  { changed, restoredFrom = null, by }: { changed: readonly string[]; restoredFrom?: number | null; by: string },
): Promise<void> => {
  await tx.$executeRaw`
    insert into connection_versions (connection_id, revision, settings_revision, name, conn_id, role, environment, tags,
      description, config, credential_id, credential_version, changed, restored_from, created_by)
    select c.id, c.revision, c.settings_revision, c.name, c.conn_id, c.role, c.environment, c.tags, c.description, c.config,
      c.credential_id, k.version, ${[...changed]}::text[], ${restoredFrom}::int, ${by}
    from connections c left join credentials k on k.id = c.credential_id
    where c.workspace_id = ${workspaceId} and c.id = ${id}`
}

/** A test of these settings, with a secret that the connection had from this version on and until the next one changed it. */
const testedBy = Prisma.sql`t.connection_id = v.connection_id and t.settings_revision = v.settings_revision
  and coalesce(t.credential_version, 0) >= coalesce(v.credential_version, 0)
  and not exists (
    select from connection_versions n
    where n.connection_id = v.connection_id and n.settings_revision = v.settings_revision and n.revision > v.revision
      and n.credential_version > coalesce(v.credential_version, 0) and n.credential_version <= t.credential_version)`

const columns = (viewer: Viewer): Prisma.Sql => Prisma.sql`
  select v.revision, v.settings_revision as "settingsRevision", v.name, v.conn_id as "connId", v.role, v.environment, v.tags,
         v.description, v.config, v.credential_id as "credentialId", s.name as "credentialName", v.changed,
         v.restored_from as "restoredFrom", v.created_by as "createdBy", coalesce(u.name, a.name) as "createdByName",
         v.created_at as "createdAt", t.success as "testSuccess", t.created_at as "testAt"
  from connection_versions v
  join connections c on c.id = v.connection_id and c.workspace_id = ${viewer.workspaceId}
  left join credentials s on s.id = v.credential_id
    and ${openTo(asking(viewer), { kind: 'credential', least: 'view', alias: Prisma.sql`s` })}
  left join users u on u.id = v.created_by
  left join api_keys a on a.id = v.created_by
  left join lateral (
    select t.success, t.created_at from connection_tests t
    where ${testedBy} order by t.created_at desc limit 1) t on true`

export const listStoredVersions = (
  tx: Tx,
  viewer: Viewer,
  connectionId: string,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<StoredVersion[]> => tx.$queryRaw<StoredVersion[]>`${columns(viewer)}
  where v.connection_id = ${connectionId} ${before === undefined ? Prisma.empty : Prisma.sql`and v.revision < ${before}`}
  order by v.revision desc limit ${limit + 1}`

export const findVersion = async (
  tx: Tx,
  viewer: Viewer,
  connectionId: string,
  revision: number,
): Promise<StoredVersion | undefined> => {
  const rows = await tx.$queryRaw<StoredVersion[]>`${columns(viewer)}
    where v.connection_id = ${connectionId} and v.revision = ${revision}`
  return rows[0]
}

/** The newest version whose settings passed a test, and whether that was with the secret of today. */
export const findLastGreen = async (
  tx: Tx,
  connectionId: string,
): Promise<{ version: number; same_secret: boolean } | undefined> => {
  const rows = await tx.$queryRaw<{ version: number; same_secret: boolean }[]>`
    select v.revision as version, bool_or(t.credential_id is not distinct from c.credential_id
      and t.credential_version is not distinct from k.version) as same_secret
    from connection_versions v
    join connections c on c.id = v.connection_id
    left join credentials k on k.id = c.credential_id
    join connection_tests t on ${testedBy} and t.success
    where v.connection_id = ${connectionId} group by v.revision order by v.revision desc limit 1`
  return rows[0]
}
