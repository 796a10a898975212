import { escapeLike } from '#lib/core/like'
import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'

export interface StoredCredential {
  id: string
  name: string
  type: string
  kind: string
  status: string
  workspaceId: string | null
  environment: string | null
  system: string | null
  ownerTeam: string | null
  description: string | null
  expiresAt: Date | null
  rotateEveryDays: number | null
  rotateReason: string | null
  restricted: boolean
  inline: boolean
  config: unknown
  destination: unknown
  version: number
  revision: number
  keyId: string
  fields: string[]
  fingerprint: string
  secretAt: Date
  usedBy: number
  lastUsedAt: Date | null
  createdBy: string
  createdAt: Date
  updatedAt: Date
  deletedAt: Date | null
}

export interface CredentialFilter {
  q?: string | undefined
  type?: string | undefined
}

export interface CredentialPage {
  by: 'name' | 'created_at'
  descending: boolean
  after?: Cursor | undefined
  limit: number
}

const columns = Prisma.sql`
  select c.id, c.name, c.type, c.kind, c.status, c.workspace_id as "workspaceId",
         c.environment, c.system, c.owner_team as "ownerTeam", c.description, c.expires_at as "expiresAt",
         c.rotate_every_days as "rotateEveryDays", c.rotate_reason as "rotateReason", c.restricted, c.inline,
         c.config, c.destination, c.version, c.revision,
         v.key_id as "keyId", v.fields, v.fingerprint, v.created_at as "secretAt",
         (select count(*)::int from connections n where n.credential_id = c.id and n.deleted_at is null) as "usedBy",
         c.last_used_at as "lastUsedAt",
         c.created_by as "createdBy", c.created_at as "createdAt", c.updated_at as "updatedAt", c.deleted_at as "deletedAt"
  from credentials c join credential_versions v on v.credential_id = c.id and v.version = c.version`

const sortColumns = { name: Prisma.sql`c.name_key`, created_at: Prisma.sql`c.created_at` } as const

export const listStored = (
  tx: Tx,
  workspaceId: string,
  { q, type }: CredentialFilter,
  { by, descending, after, limit }: CredentialPage,
): Promise<StoredCredential[]> => {
  const column = sortColumns[by]
  const order = descending ? Prisma.sql`desc` : Prisma.sql`asc`
  const comparison = descending ? Prisma.sql`<` : Prisma.sql`>`
  const value = by === 'created_at' ? Prisma.sql`${after?.value}::timestamptz` : Prisma.sql`${after?.value}`
  const pattern = q === undefined ? undefined : `%${escapeLike(q.normalize('NFKC').toLowerCase().trim())}%`
  return tx.$queryRaw<StoredCredential[]>`${columns}
    where c.workspace_id = ${workspaceId} and c.deleted_at is null
      ${type === undefined ? Prisma.empty : Prisma.sql`and c.type = ${type}`}
      ${pattern === undefined ? Prisma.empty : Prisma.sql`and (c.name_key like ${pattern} or lower(c.config::text) like ${pattern})`}
      ${after === undefined ? Prisma.empty : Prisma.sql`and (${column}, c.id) ${comparison} (${value}, ${after.id})`}
    order by ${column} ${order}, c.id ${order} limit ${limit + 1}`
}

export const findStored = async (tx: Tx, workspaceId: string, id: string): Promise<StoredCredential | undefined> => {
  const rows = await tx.$queryRaw<StoredCredential[]>`${columns} where c.workspace_id = ${workspaceId} and c.id = ${id}`
  return rows[0]
}

/** Finds a credential and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (tx: Tx, workspaceId: string, id: string): Promise<StoredCredential | undefined> => {
  await tx.$queryRaw`select id from credentials where workspace_id = ${workspaceId} and id = ${id} for update`
  return findStored(tx, workspaceId, id)
}

export const isNameTaken = async (tx: Tx, workspaceId: string, nameKey: string): Promise<boolean> => {
  const row = await tx.credential.findFirst({ where: { workspaceId, nameKey, deletedAt: null }, select: { id: true } })
  return row !== null
}

/** Names of the live connections that use a credential, apart from one. */
export const listUsers = async (tx: Tx, workspaceId: string, id: string, except?: string): Promise<string[]> => {
  const rows = await tx.connection.findMany({
    where: { workspaceId, credentialId: id, deletedAt: null, ...(except !== undefined && { id: { not: except } }) },
    select: { name: true },
    orderBy: { nameKey: 'asc' },
    take: 20,
  })
  return rows.map(({ name }) => name)
}

/** Whether any connection has it, one that could be restored included. */
export const isUsed = async (tx: Tx, workspaceId: string, id: string): Promise<boolean> =>
  (await tx.connection.findFirst({ where: { workspaceId, credentialId: id }, select: { id: true } })) !== null

/** Deletes a credential with all versions of its secret: no key opens what is not there. */
export const purgeStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.credential.deleteMany({ where: { workspaceId, id } })
}

type NewCredential = Omit<Prisma.CredentialUncheckedCreateInput, 'workspaceId' | 'versions' | 'connections'>
type NewVersion = Omit<Prisma.CredentialVersionUncheckedCreateInput, 'credentialId' | 'version'>

export const insertStored = async (
  tx: Tx,
  workspaceId: string,
  credential: NewCredential,
  version: NewVersion,
): Promise<void> => {
  await tx.credential.create({ data: { ...credential, workspaceId } })
  await tx.credentialVersion.create({ data: { ...version, credentialId: credential.id, version: 1 } })
}

export const insertVersion = async (tx: Tx, credentialId: string, version: number, data: NewVersion): Promise<void> => {
  await tx.credentialVersion.create({ data: { ...data, credentialId, version } })
}

export const updateStored = async (
  tx: Tx,
  workspaceId: string,
  id: string,
  data: Pick<Prisma.CredentialUncheckedUpdateInput, 'config' | 'destination' | 'version'>,
): Promise<void> => {
  await tx.credential.updateMany({ where: { workspaceId, id }, data: { ...data, revision: { increment: 1 } } })
}

/** Credentials whose current secret was sealed under a key that is not there. */
export const listSealedElsewhere = (tx: Tx, workspaceId: string, keyIds: readonly string[]) =>
  tx.$queryRaw<{ id: string; name: string }[]>`
    select c.id, c.name from credentials c
    join credential_versions v on v.credential_id = c.id and v.version = c.version
    where c.workspace_id = ${workspaceId} and c.deleted_at is null and v.key_id <> all (${[...keyIds]})
    order by c.name_key limit 1000`
