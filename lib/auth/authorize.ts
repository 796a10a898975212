import { AppError } from '#lib/core/errors'
import type { Actor } from './actor.ts'
import { isAllowed, type Permission } from './permissions.ts'

/** The only place that says yes or no. */
export const authorize = (actor: Actor, permission: Permission): void => {
  if (mayDo(actor, permission)) return
  throw new AppError('forbidden', `This needs the permission “${permission}”, which ${nameOf(actor)} does not have.`)
}

export const mayDo = (actor: Pick<Actor, 'role' | 'scopes'>, permission: Permission): boolean =>
  isAllowed(actor.role, permission) && (actor.scopes === undefined || actor.scopes.includes(permission))

const nameOf = (actor: Actor): string => (actor.kind === 'api_key' ? 'this API key' : `the role “${actor.role}”`)
