import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'

export interface StoredMember {
  id: string
  name: string
  nameKey: string
  email: string
  role: string
  status: string
  revision: number
  joinedAt: Date
  lastSignInAt: Date | null
}

const columns = Prisma.sql`
  select u.id, u.name, lower(u.name) as "nameKey", u.email, m.role, u.status, m.revision, m.created_at as "joinedAt",
         coalesce(u.last_sign_in_at, (
           select max(s.created_at) from sessions s where s.user_id = u.id and s.workspace_id = m.workspace_id
         )) as "lastSignInAt"
  from memberships m join users u on u.id = m.user_id`

export const listStored = (
  tx: Tx,
  workspaceId: string,
  { after, limit }: { after?: Cursor | undefined; limit: number },
): Promise<StoredMember[]> => tx.$queryRaw<StoredMember[]>`${columns}
  where m.workspace_id = ${workspaceId}
    ${after === undefined ? Prisma.empty : Prisma.sql`and (lower(u.name), u.id) > (${after.value}, ${after.id})`}
  order by lower(u.name), u.id limit ${limit + 1}`

export const findStored = async (tx: Tx, workspaceId: string, id: string): Promise<StoredMember | undefined> => {
  const rows = await tx.$queryRaw<StoredMember[]>`${columns} where m.workspace_id = ${workspaceId} and u.id = ${id}`
  return rows[0]
}

/**
 * Finds a member while nobody else changes any member of the workspace: two owners who demote each other at the same
 * moment must not leave it without one.
 */
export const lockStored = async (tx: Tx, workspaceId: string, id: string): Promise<StoredMember | undefined> => {
  await tx.$queryRaw`select id from workspaces where id = ${workspaceId} for no key update`
  return findStored(tx, workspaceId, id)
}

/** Owners who could still sign in without this one. */
export const countOtherOwners = (tx: Tx, workspaceId: string, id: string): Promise<number> =>
  tx.membership.count({ where: { workspaceId, role: 'owner', userId: { not: id }, user: { status: 'active' } } })

export const countOtherWorkspaces = (tx: Tx, workspaceId: string, id: string): Promise<number> =>
  tx.membership.count({ where: { userId: id, workspaceId: { not: workspaceId } } })

export const setRole = async (tx: Tx, workspaceId: string, userId: string, role: string): Promise<void> => {
  await tx.membership.updateMany({ where: { workspaceId, userId }, data: { role, revision: { increment: 1 } } })
}

export const setStatus = async (
  tx: Tx,
  workspaceId: string,
  userId: string,
  status: 'active' | 'disabled',
): Promise<void> => {
  const disabledAt = status === 'disabled' ? new Date() : null
  await tx.user.updateMany({ where: { id: userId }, data: { status, disabledAt } })
  await tx.membership.updateMany({ where: { workspaceId, userId }, data: { revision: { increment: 1 } } })
}

export const removeStored = async (tx: Tx, workspaceId: string, userId: string): Promise<void> => {
  await tx.membership.deleteMany({ where: { workspaceId, userId } })
  await tx.grant.deleteMany({ where: { workspaceId, subjectId: userId } })
}

export const countSessions = (tx: Tx, workspaceId: string, userId: string): Promise<number> =>
  tx.session.count({ where: { workspaceId, userId, revokedAt: null, expiresAt: { gt: new Date() } } })

export const endSessions = async (tx: Tx, workspaceId: string, userId: string): Promise<number> => {
  const alive = await countSessions(tx, workspaceId, userId)
  await tx.session.updateMany({ where: { workspaceId, userId, revokedAt: null }, data: { revokedAt: new Date() } })
  return alive
}

export interface StoredKey {
  id: string
  name: string
  role: string
  scopes: string[]
}

// A key can make keys: what hangs from a person is all of them, also below one that is revoked already.
const keysBelow = (workspaceId: string, userId: string) => Prisma.sql`
  with recursive below (id) as (
    select id from api_keys where workspace_id = ${workspaceId} and created_by = ${userId}
    union select k.id from api_keys k join below b on k.created_by = b.id where k.workspace_id = ${workspaceId})`

/** Keys that a person made and that still work. */
export const listKeysOf = (tx: Tx, workspaceId: string, userId: string): Promise<StoredKey[]> =>
  tx.$queryRaw<StoredKey[]>`${keysBelow(workspaceId, userId)}
    select k.id, k.name, k.role, k.scopes from api_keys k join below b on b.id = k.id
    where k.revoked_at is null and (k.expires_at is null or k.expires_at > now()) order by k.name, k.id`

export const revokeKeys = async (tx: Tx, workspaceId: string, ids: string[]): Promise<void> => {
  const data = { revokedAt: new Date() }
  await tx.apiKey.updateMany({ where: { workspaceId, id: { in: ids }, revokedAt: null }, data })
}

export const setKeyRole = async (tx: Tx, workspaceId: string, ids: string[], role: string): Promise<void> => {
  await tx.apiKey.updateMany({ where: { workspaceId, id: { in: ids } }, data: { role } })
}

export interface KnownCredential {
  id: string
  name: string
  usedBy: number
}

/**
 * Credentials whose present or staged secret a person typed, themselves or through a key they made. A later version by
 * somebody else takes it back only where it is one field: of several fields some may have been kept.
 */
export const listKnownCredentials = (
  tx: Tx,
  { workspaceId, organizationId }: { workspaceId: string; organizationId: string },
  userId: string,
): Promise<KnownCredential[]> => tx.$queryRaw<KnownCredential[]>`${keysBelow(workspaceId, userId)}
  select c.id, c.name,
         (select count(*)::int from connections n where n.credential_id = c.id and n.deleted_at is null) as "usedBy"
  from credentials c join credential_versions p on p.credential_id = c.id and p.version = c.version
  where (c.workspace_id = ${workspaceId} or (c.workspace_id is null and c.organization_id = ${organizationId}))
    and exists (
      select from credential_versions v
      where v.credential_id = c.id and (v.version >= c.version or cardinality(p.fields) > 1)
        and (v.created_by = ${userId} or v.created_by in (select id from below)))
  order by c.name_key, c.id`

/** Says why these should be replaced; what said so already keeps its reason. Answers those that are newly marked. */
export const flagCredentials = (tx: Tx, ids: string[], reason: string): Promise<{ id: string; name: string }[]> =>
  tx.$queryRaw<{ id: string; name: string }[]>`
    update credentials set rotate_reason = ${reason}, revision = revision + 1, updated_at = now()
    where id = any (${ids}) and rotate_reason is null returning id, name`

export const countOpenInvitations = (tx: Tx, workspaceId: string, createdBy: string): Promise<number> =>
  tx.invitation.count({
    where: { workspaceId, createdBy, acceptedAt: null, revokedAt: null, expiresAt: { gt: new Date() } },
  })

export const revokeInvitationsOf = async (tx: Tx, workspaceId: string, createdBy: string): Promise<number> => {
  const alive = await countOpenInvitations(tx, workspaceId, createdBy)
  const where = { workspaceId, createdBy, acceptedAt: null, revokedAt: null }
  await tx.invitation.updateMany({ where, data: { revokedAt: new Date() } })
  return alive
}
