import type { GrantedKind } from '#lib/auth/grant-levels'
import { isId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'

export interface GuardedObject {
  id: string
  name: string
  restricted: boolean
  revision: number
}

interface Place {
  workspaceId: string
  organizationId: string
}

/** Reads a connection or credential of the workspace and keeps its access from changing under the reader. */
export const lockObject = async (
  tx: Tx,
  { workspaceId, organizationId }: Place,
  kind: GrantedKind,
  ref: string,
): Promise<GuardedObject | undefined> => {
  const rows =
    kind === 'credential'
      ? await tx.$queryRaw<GuardedObject[]>`
          select id, name, restricted, revision from credentials
          where id = ${ref} and deleted_at is null
            and (workspace_id = ${workspaceId} or (workspace_id is null and organization_id = ${organizationId}))
          for no key update`
      : await tx.$queryRaw<GuardedObject[]>`
          select id, name, restricted, revision from connections
          where workspace_id = ${workspaceId} and deleted_at is null
            and ${isId('connection', ref) ? Prisma.sql`id = ${ref}` : Prisma.sql`conn_id = ${ref}`}
          for no key update`
  return rows[0]
}

export interface StoredGrant {
  subjectId: string
  subjectName: string
  subjectKind: string
  level: string
  createdBy: string
  createdAt: Date
}

export const listGrants = (tx: Tx, workspaceId: string, objectId: string): Promise<StoredGrant[]> =>
  tx.$queryRaw<StoredGrant[]>`
    select g.subject_id as "subjectId", coalesce(u.name, k.name, g.subject_id) as "subjectName",
           case when k.id is null then 'user' else 'api_key' end as "subjectKind", g.level,
           g.created_by as "createdBy", g.created_at as "createdAt"
    from grants g left join users u on u.id = g.subject_id left join api_keys k on k.id = g.subject_id
    where g.workspace_id = ${workspaceId} and g.object_id = ${objectId} order by "subjectName", g.subject_id`

/** Which of these ids are members, or keys that work, of the workspace. */
export const knownSubjects = async (tx: Tx, workspaceId: string, ids: readonly string[]): Promise<string[]> => {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select user_id as id from memberships where workspace_id = ${workspaceId} and user_id = any (${[...ids]})
    union select id from api_keys
    where workspace_id = ${workspaceId} and id = any (${[...ids]}) and revoked_at is null`
  return rows.map(({ id }) => id)
}

/** Counts as a change of the object, so that of two admins the later one is told. */
export const setRestricted = async (tx: Tx, kind: GrantedKind, id: string, restricted: boolean): Promise<void> => {
  const data = { restricted, revision: { increment: 1 } }
  if (kind === 'credential') await tx.credential.updateMany({ where: { id }, data })
  else await tx.connection.updateMany({ where: { id }, data })
}

export const putGrant = async (
  tx: Tx,
  key: { workspaceId: string; objectId: string; subjectId: string },
  { level, createdBy }: { level: string; createdBy: string },
): Promise<void> => {
  const { objectId, subjectId } = key
  await tx.grant.upsert({
    where: { objectId_subjectId: { objectId, subjectId } },
    create: { ...key, level, createdBy },
    update: { level, createdBy, createdAt: new Date() },
  })
}

export const removeGrants = async (
  tx: Tx,
  workspaceId: string,
  objectId: string,
  subjects: string[],
): Promise<void> => {
  await tx.grant.deleteMany({ where: { workspaceId, objectId, subjectId: { in: subjects } } })
}
