import type { GrantLevel } from '#lib/auth/grant-levels'
import { asking, grantedTo, openTo } from '#lib/auth/grants'
import { isAllowed } from '#lib/auth/permissions'
import type { Time } from '#lib/core/time'
import { Prisma, type Tx } from '#lib/db/client'
import type { ResealAnswer } from '#lib/engine/protocol'
import type { Destination } from './destination.ts'
import type { Whose } from './doing.ts'

export interface StoredCredential {
  id: string
  organizationId: string
  /** Null for a credential of the whole organization. */
  workspaceId: string | null
  name: string
  nameKey: string
  type: string
  kind: string
  status: string
  environment: string | null
  system: string | null
  ownerTeam: string | null
  description: string | null
  expiresAt: Time | null
  rotateEveryDays: number | null
  rotateReason: string | null
  restricted: boolean
  /** The level of a grant to whoever looks. */
  granted: string | null
  inline: boolean
  config: unknown
  destination: Destination | null
  version: number
  revision: number
  keyId: string
  fields: string[]
  fingerprint: string
  /** `credential`, `workspace` or `off`, as the workspace that looks at it has set it. */
  fingerprints: string | null
  secretAt: Time
  usedBy: number
  lastUsedAt: Time | null
  createdBy: string
  createdAt: Time
  updatedAt: Time
  deletedAt: Time | null
}

/** Tenancy of every statement here: the workspace's own credentials and those its organization shares. */
export const visibleTo = (whose: Whose, least: GrantLevel = 'view'): Prisma.Sql => Prisma.sql`(
  (c.workspace_id = ${whose.workspaceId} or (c.workspace_id is null and c.organization_id = ${whose.organizationId}))
  and ${openFor(whose, least)})`

/** A restricted credential is there only for those with a grant. */
const openFor = (whose: Whose, least: GrantLevel = 'view'): Prisma.Sql =>
  openTo(asking(whose), { kind: 'credential', least, alias })

/** What a list holds: whoever may not read credentials by their role sees those they were granted, and no other. */
export const listedFor = (whose: Whose): Prisma.Sql =>
  isAllowed(whose.role, 'credentials:read')
    ? openFor(whose)
    : grantedTo(whose.id, { kind: 'credential', least: 'view', alias })

const alias = Prisma.sql`c`

/** Whether a connection `n` that uses a credential is there to whoever asks. */
export const connectionOpenTo = (whose: Whose): Prisma.Sql =>
  openTo(asking(whose), { kind: 'connection', least: 'view', alias: Prisma.sql`n` })

const where = ({ workspaceId, organizationId }: Whose) => ({
  OR: [{ workspaceId }, { workspaceId: null, organizationId }],
})

/** `from`: credentials chosen before, as a table. */
export const columnsFor = (
  { workspaceId, id }: Whose,
  from: Prisma.Sql = Prisma.sql`credentials`,
): Prisma.Sql => Prisma.sql`
  select c.id, c.organization_id as "organizationId", c.workspace_id as "workspaceId", c.name, c.name_key as "nameKey",
         c.type, c.kind, c.status, c.environment, c.system, c.owner_team as "ownerTeam", c.description,
         c.expires_at as "expiresAt", c.rotate_every_days as "rotateEveryDays", c.rotate_reason as "rotateReason",
         c.restricted, (select g.level from grants g where g.object_id = c.id and g.subject_id = ${id}) as granted, c.inline, c.config,
         nullif(c.destination, 'null'::jsonb) as destination, c.version, c.revision,
         v.key_id as "keyId", v.fields, v.fingerprint, v.created_at as "secretAt",
         (select w.fingerprints from workspaces w where w.id = ${workspaceId}) as "fingerprints",
         (select count(*)::int from connections n where n.credential_id = c.id and n.deleted_at is null) as "usedBy",
         c.last_used_at as "lastUsedAt", c.created_by as "createdBy", c.created_at as "createdAt",
         c.updated_at as "updatedAt", c.deleted_at as "deletedAt"
  from ${from} c join credential_versions v on v.credential_id = c.id and v.version = c.version`

export const findStored = async (
  tx: Tx,
  whose: Whose,
  id: string,
  least: GrantLevel = 'view',
): Promise<StoredCredential | undefined> => {
  const rows = await tx.$queryRaw<
    StoredCredential[]
  >`${columnsFor(whose)} where ${visibleTo(whose, least)} and c.id = ${id}`
  return rows[0]
}

/** Finds a credential and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (
  tx: Tx,
  whose: Whose,
  id: string,
  least: 'attach' | 'replace',
): Promise<StoredCredential | undefined> => {
  await tx.$queryRaw`select c.id from credentials c where ${visibleTo(whose, least)} and c.id = ${id} for update`
  return findStored(tx, whose, id, least)
}

/**
 * Whether a credential that is there to this workspace has the name. Whoever asks holds the name until the transaction
 * ends: no index spans the workspace's names and the organization's.
 */
export const isNameTaken = async (tx: Tx, whose: Whose, nameKey: string, except?: string): Promise<boolean> => {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended(${`credential ${whose.organizationId} ${nameKey}`}, 0))::text`
  const row = await tx.credential.findFirst({
    where: { ...where(whose), nameKey, deletedAt: null, ...(except !== undefined && { id: { not: except } }) },
    select: { id: true },
  })
  return row !== null
}

/** Whether the organization has switched a credential type off. */
export const isTypeOff = async (tx: Tx, { organizationId }: Whose, type: string): Promise<boolean> => {
  const where = { id: organizationId, typesOff: { has: type } }
  return (await tx.organization.findFirst({ where, select: { id: true } })) !== null
}

interface UserFilter {
  /** A connection that does not count. */
  except?: string | undefined
  /** Deleted connections as well: they could be restored. */
  deleted?: boolean
}

/** Names of the connections that use a credential; restricted ones and those of other workspaces count, without theirs. */
export const listUsers = async (
  tx: Tx,
  whose: Whose,
  id: string,
  { except, deleted = false }: UserFilter = {},
): Promise<string[]> => {
  const { workspaceId, organizationId } = whose
  const isOpen = connectionOpenTo(whose)
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select case when n.workspace_id <> ${workspaceId} then 'a connection of another workspace'
                when ${isOpen} then n.name else 'a restricted connection' end as name
    from connections n join workspaces w on w.id = n.workspace_id
    where n.credential_id = ${id} and w.organization_id = ${organizationId}
      ${deleted ? Prisma.empty : Prisma.sql`and n.deleted_at is null`}
      ${except === undefined ? Prisma.empty : Prisma.sql`and n.id <> ${except}`}
    order by n.workspace_id <> ${workspaceId}, not ${isOpen}, n.name_key limit 20`
  return rows.map(({ name }) => name)
}

/** Whether any connection has it, one that could be restored included. */
export const isUsed = async (tx: Tx, id: string): Promise<boolean> =>
  (await tx.connection.findFirst({ where: { credentialId: id }, select: { id: true } })) !== null

/** Keeps the connections of a credential from changing, so that they can be detached; before the credential is locked. */
export const lockUsers = async (tx: Tx, { organizationId }: Whose, id: string): Promise<void> => {
  await tx.$queryRaw`
    select n.id from connections n join workspaces w on w.id = n.workspace_id
    where n.credential_id = ${id} and w.organization_id = ${organizationId} order by n.id for update of n`
}

/** Takes a credential off every connection; each of them has to be tested again. */
export const detachUsers = async (tx: Tx, { organizationId }: Whose, id: string): Promise<number> =>
  tx.$executeRaw`
    update connections n
    set credential_id = null, revision = n.revision + 1, settings_revision = n.settings_revision + 1, updated_at = now()
    from workspaces w
    where w.id = n.workspace_id and w.organization_id = ${organizationId} and n.credential_id = ${id}`

/** Deletes a credential with all versions of its secret: no key opens what is not there. */
export const purgeStored = async (tx: Tx, whose: Whose, id: string): Promise<void> => {
  await tx.credential.deleteMany({ where: { id, ...where(whose) } })
}

type NewCredential = Omit<Prisma.CredentialUncheckedCreateInput, 'versions' | 'connections' | 'rotations'>
type NewVersion = Omit<Prisma.CredentialVersionUncheckedCreateInput, 'credentialId' | 'version'>

export const insertStored = async (tx: Tx, credential: NewCredential, version: NewVersion): Promise<void> => {
  await tx.credential.create({ data: credential })
  await tx.credentialVersion.create({ data: { ...version, credentialId: credential.id, version: 1 } })
}

export const insertVersion = async (tx: Tx, credentialId: string, version: number, data: NewVersion): Promise<void> => {
  await tx.credentialVersion.create({ data: { ...data, credentialId, version } })
}

/** Puts a version that was sealed anew in its place; the caller has locked the credential. */
export const replaceVersion = async (
  tx: Tx,
  credentialId: string,
  { version, envelope, key_id: keyId, fingerprint, sealed_to: sealedTo }: ResealAnswer['versions'][number],
): Promise<void> => {
  const data = { envelope: new Uint8Array(Buffer.from(envelope, 'base64')), keyId, fingerprint, sealedTo }
  await tx.credentialVersion.updateMany({ where: { credentialId, version }, data })
}

/** The highest number a version has; not the current one where a rotation staged another or rolled back. */
export const lastVersion = async (tx: Tx, credentialId: string): Promise<number> => {
  const { _max } = await tx.credentialVersion.aggregate({ where: { credentialId }, _max: { version: true } })
  return _max.version ?? 0
}

/** Whether a new secret is on its way in, or the old one is kept for a roll-back. */
export const isRotating = async (tx: Tx, credentialId: string): Promise<boolean> =>
  (await tx.rotation.findFirst({
    where: { credentialId, state: { in: ['testing', 'ready', 'failed', 'soaking'] } },
    select: { id: true },
  })) !== null

export type CredentialChange = Omit<
  Prisma.CredentialUncheckedUpdateManyInput,
  'id' | 'workspaceId' | 'organizationId' | 'revision'
>

/** Writes a change of a credential that the caller has locked. */
export const updateStored = async (tx: Tx, whose: Whose, id: string, data: CredentialChange): Promise<void> => {
  await tx.credential.updateMany({ where: { id, ...where(whose) }, data: { ...data, revision: { increment: 1 } } })
}

/** Credentials whose current secret was sealed under a key that is not there. */
export const listSealedElsewhere = (tx: Tx, whose: Whose, keyIds: readonly string[]) =>
  tx.$queryRaw<{ id: string; name: string }[]>`
    select c.id, c.name from credentials c
    join credential_versions v on v.credential_id = c.id and v.version = c.version
    where ${visibleTo(whose)} and c.deleted_at is null and v.key_id <> all (${[...keyIds]})
    order by c.name_key limit 1000`

/** What a credential is sealed to that was never attached. */
export const noDestination = Prisma.DbNull
