import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'
import type { Whose } from './doing.ts'
import type { Attachment, CredentialVersionView } from './schema.ts'
import { columnsFor, connectionOpenTo, type StoredCredential, visibleTo } from './store.ts'
import { isMismatch } from './view.ts'

interface AttachmentRow {
  id: string
  connId: string
  name: string
  nameKey: string
  type: string
  workspaceId: string
  workspaceName: string
  environment: string | null
  deletedAt: Date | null
  testSuccess: boolean | null
  testAt: Date | null
  testStale: boolean | null
  pipelines: number
}

interface AttachmentPage {
  after: Cursor | undefined
  limit: number
  /** Those of the organization's other workspaces as well. */
  everywhere: boolean
}

const isShown = (whose: Whose, everywhere: boolean): Prisma.Sql =>
  everywhere
    ? connectionOpenTo(whose)
    : Prisma.sql`n.workspace_id = ${whose.workspaceId} and ${connectionOpenTo(whose)}`

/** How many live connections use a credential without being shown. */
export const countHidden = async (tx: Tx, whose: Whose, id: string, everywhere: boolean): Promise<number> => {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from connections n join workspaces w on w.id = n.workspace_id
    where n.credential_id = ${id} and n.deleted_at is null and w.organization_id = ${whose.organizationId}
      and not (${isShown(whose, everywhere)})`
  return row?.count ?? 0
}

/** The connections that have a credential attached, deleted ones too: they could be restored. */
export const listAttachments = (
  tx: Tx,
  whose: Whose,
  credentialId: string,
  { after, limit, everywhere }: AttachmentPage,
): Promise<AttachmentRow[]> => tx.$queryRaw<AttachmentRow[]>`
  select n.id, n.conn_id as "connId", n.name, n.name_key as "nameKey", n.type, n.workspace_id as "workspaceId",
         w.name as "workspaceName", n.environment, n.deleted_at as "deletedAt", t.success as "testSuccess",
         t.created_at as "testAt",
         (t.settings_revision <> n.settings_revision or t.credential_version is distinct from c.version) as "testStale",
         (select count(distinct r.pipeline_id)::int from pipeline_references r where r.connection_id = n.id) as pipelines
  from connections n
  join credentials c on c.id = n.credential_id
  join workspaces w on w.id = n.workspace_id
  left join connection_tests t on t.id = n.last_test_id
  where n.credential_id = ${credentialId} and w.organization_id = ${whose.organizationId}
    and ${isShown(whose, everywhere)}
    ${after === undefined ? Prisma.empty : Prisma.sql`and (n.name_key, n.id) > (${after.value}, ${after.id})`}
  order by n.name_key, n.id limit ${limit + 1}`

export const attachmentView = (row: AttachmentRow, credential: StoredCredential): Attachment => ({
  connection: {
    id: row.id,
    conn_id: row.connId,
    name: row.name,
    type: row.type,
    workspace_id: row.workspaceId,
    workspace_name: row.workspaceName,
    environment: row.environment,
    deleted: row.deletedAt !== null,
  },
  environment_mismatch: isMismatch(row.environment, credential.environment),
  last_test: row.testAt && {
    status: row.testSuccess ? 'passed' : 'failed',
    at: row.testAt.toISOString(),
    stale: row.testStale ?? false,
  },
  pipelines: row.pipelines,
})

/** The versions of a secret, newest first. */
export const listVersions = (
  tx: Tx,
  credentialId: string,
  { before, limit }: { before: number | undefined; limit: number },
) =>
  tx.credentialVersion.findMany({
    where: { credentialId, ...(before !== undefined && { version: { lt: before } }) },
    select: {
      version: true,
      state: true,
      fields: true,
      fingerprint: true,
      keyId: true,
      createdAt: true,
      createdBy: true,
      destroyedAt: true,
    },
    orderBy: { version: 'desc' },
    take: limit + 1,
  })

type VersionRow = Awaited<ReturnType<typeof listVersions>>[number]

export const versionView = (row: VersionRow, credential: StoredCredential): CredentialVersionView => ({
  version: row.version,
  state: stateOf(row, credential.version),
  fields: row.fields,
  fingerprint: credential.fingerprints === 'off' || row.destroyedAt ? null : row.fingerprint,
  key_id: row.keyId,
  created_at: row.createdAt.toISOString(),
  created_by: row.createdBy,
  destroyed_at: row.destroyedAt?.toISOString() ?? null,
})

const stateOf = (row: VersionRow, current: number): CredentialVersionView['state'] => {
  if (row.destroyedAt) return 'destroyed'
  if (row.version === current) return 'current'
  return row.state === 'staged' ? 'staged' : 'previous'
}

export interface ReviewedRow extends StoredCredential {
  connectionId: string | null
  /** Null for a restricted one as well. */
  connectionName: string | null
  connectionWorkspace: string | null
  connectionEnvironment: string | null
}

/** Every credential with every live connection that uses it, by name; one line for a credential that nothing uses. */
export const listReviewed = (
  tx: Tx,
  whose: Whose,
  { after, limit, everywhere }: AttachmentPage,
): Promise<ReviewedRow[]> => tx.$queryRaw<ReviewedRow[]>`
  select c.*, n.id as "connectionId",
         case when ${connectionOpenTo(whose)} then n.name end as "connectionName", w.name as "connectionWorkspace",
         case when ${connectionOpenTo(whose)} then n.environment end as "connectionEnvironment"
  from (${columnsFor(whose)} where ${visibleTo(whose)} and c.deleted_at is null) c
  left join connections n on n.credential_id = c.id and n.deleted_at is null
    ${everywhere ? Prisma.empty : Prisma.sql`and n.workspace_id = ${whose.workspaceId}`}
  left join workspaces w on w.id = n.workspace_id
  where true ${
    after === undefined
      ? Prisma.empty
      : Prisma.sql`and (c."nameKey", c.id || ' ' || coalesce(n.id, '')) > (${after.value}, ${after.id})`
  }
  order by c."nameKey", c.id || ' ' || coalesce(n.id, '') limit ${limit + 1}`
