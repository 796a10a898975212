import { Prisma, type Tx } from '#lib/db/client'
import type { Actor, Reach } from './actor.ts'
import { authorize, mayDo } from './authorize.ts'
import { type GrantedKind, type GrantLevel, grantFor, levelsFrom } from './grant-levels.ts'
import type { Permission } from './permissions.ts'

/** Who asks for an object; `seesRestricted` are those who could give themselves access anyway. */
export interface Asking {
  id: string
  seesRestricted: boolean
  /** Of an API key that does not reach everything. */
  reach?: Reach
}

export const seesRestricted = ({ role }: Pick<Actor, 'role'>): boolean => role === 'owner' || role === 'admin'

export const asking = (actor: Pick<Actor, 'id' | 'role' | 'reach'>): Asking => ({
  id: actor.id,
  seesRestricted: seesRestricted(actor),
  ...(actor.reach && { reach: actor.reach }),
})

interface Opened {
  kind: GrantedKind
  least: string
  alias: Prisma.Sql
}

/**
 * The one condition by which an object is there at all: a restricted one for admins, and for members and keys with a
 * grant of this level or more; to a key with a reach only what is within it. It stands in the statement that reads the
 * object, so that nothing can be read without it.
 */
export const openTo = ({ id, seesRestricted: isAdmin, reach }: Asking, object: Opened): Prisma.Sql => {
  const { alias } = object
  const open = isAdmin ? Prisma.sql`true` : Prisma.sql`(not ${alias}.restricted or ${grantedTo(id, object)})`
  return reach ? Prisma.sql`(${open} and ${withinReach(reach, object)})` : open
}

/** A credential labelled for another environment is as far away as the connections there. */
const withinReach = ({ connections, environments }: Reach, { kind, alias }: Opened): Prisma.Sql => {
  const label = Prisma.sql`coalesce(${alias}.environment, 'none')`
  const conditions = [
    ...(kind === 'connection' && connections.length > 0 ? [Prisma.sql`${alias}.id = any (${[...connections]})`] : []),
    ...(environments.length > 0 ? [Prisma.sql`${label} = any (${labelsWithin(kind, environments)})`] : []),
  ]
  return conditions.length > 0 ? Prisma.join(conditions, ' and ') : Prisma.sql`true`
}

// A credential without a label belongs to whatever it is attached to.
const labelsWithin = (kind: GrantedKind, environments: readonly string[]): string[] =>
  kind === 'credential' ? [...environments, 'none'] : [...environments]

/** Whether somebody has a grant of this level or more on the object, restricted or not. */
export const grantedTo = (
  id: string,
  { kind, least, alias }: { kind: GrantedKind; least: string; alias: Prisma.Sql },
): Prisma.Sql => Prisma.sql`exists (
    select from grants g where g.object_id = ${alias}.id and g.subject_id = ${id}
      and g.level = any (${levelsFrom({ kind, least })}))`

/** The one object a call names, or with no `ref` any object of the kind: a list, which then holds nothing else. */
export interface NamedObject {
  kind: GrantedKind
  ref?: string | undefined
  /** More than the permission asks for. */
  least?: GrantLevel
}

/** `authorize`, where a grant on the object that is named stands in for what the role lacks. */
export const authorizeOn = async (
  tx: Tx,
  actor: Actor,
  permission: Permission,
  object?: NamedObject,
): Promise<void> => {
  if (!(await mayDoOn(tx, actor, permission, object))) authorize(actor, permission)
}

/** The only place where a grant lifts a role. It never lifts an API key: a key does what its scopes and role say. */
export const mayDoOn = async (
  tx: Tx,
  actor: Pick<Actor, 'kind' | 'id' | 'workspaceId' | 'role' | 'scopes'>,
  permission: Permission,
  object?: NamedObject,
  hold: Prisma.Sql = Prisma.empty,
): Promise<boolean> => {
  if (mayDo(actor, permission)) return true
  const needed = grantFor(permission)
  if (actor.kind !== 'user' || object === undefined || needed?.kind !== object.kind) return false
  const levels = levelsFrom({ kind: needed.kind, least: object.least ?? needed.least })
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from grants g
    where g.workspace_id = ${actor.workspaceId} and g.subject_id = ${actor.id} and g.level = any (${levels})
      and ${isNamed(actor.workspaceId, object)} limit 1 ${hold}`
  return rows.length > 0
}

const isNamed = (workspaceId: string, { kind, ref }: NamedObject): Prisma.Sql => {
  if (ref === undefined) return Prisma.sql`exists (select from ${Prisma.raw(`${kind}s`)} o where o.id = g.object_id)`
  if (kind === 'credential') return Prisma.sql`g.object_id = ${ref}`
  return Prisma.sql`g.object_id in (
    select c.id from connections c where c.workspace_id = ${workspaceId} and ${isCalled(workspaceId, ref)})`
}

/** Whether a connection `c` is meant: by its id, or while it is not deleted by its slug or one that it had before a rename. */
export const isCalled = (workspaceId: string, ref: string | Prisma.Sql): Prisma.Sql => Prisma.sql`(
  c.id = ${ref} or (c.deleted_at is null and (c.conn_id = ${ref} or c.id = (
    select a.connection_id from connection_aliases a where a.workspace_id = ${workspaceId} and a.conn_id = ${ref}))))`
