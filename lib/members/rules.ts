import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import { isAllowed, permissionNames, type Role, roles } from '#lib/auth/permissions'
import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import { countOtherOwners, lockStored, type StoredMember } from './store.ts'

/** Whether one role can do nothing that the other cannot. */
export const isWithin = (role: Role, other: Role): boolean =>
  permissionNames.every((permission) => !isAllowed(role, permission) || isAllowed(other, permission))

/** Nobody gives more than they have, nor takes it from somebody who has more; the scopes of a key count. */
export const requireCovers = (actor: Actor, role: Role, pointer?: string): void => {
  if (permissionNames.every((permission) => !isAllowed(role, permission) || mayDo(actor, permission))) return
  const message = `The role “${role}” may do more than you; ask somebody who has it.`
  throw new AppError('forbidden', message, pointer === undefined ? {} : { errors: [{ pointer, message }] })
}

export const roleOf = (member: Pick<StoredMember, 'role'>): Role =>
  roles.find((name) => name === member.role) ?? 'viewer'

/** Locks somebody whom this actor may change. */
export const requireMember = async (tx: Tx, actor: Actor, id: string): Promise<StoredMember> => {
  const member = await lockStored(tx, actor.workspaceId, id)
  if (!member) throw noSuchMember()
  requireCovers(actor, roleOf(member))
  return member
}

/** A workspace always has an owner who can sign in. */
export const requireOtherOwner = async (tx: Tx, workspaceId: string, member: StoredMember): Promise<void> => {
  if (member.role !== 'owner' || (await countOtherOwners(tx, workspaceId, member.id)) > 0) return
  throw new AppError('conflict', 'This is the last owner of the workspace. Make somebody else an owner first.')
}

export const noSuchMember = () => new AppError('not_found', 'There is no such member in this workspace.')
