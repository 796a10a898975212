import { AppError } from '#lib/core/errors'
import type { Actor } from './actor.ts'
import { authorize } from './authorize.ts'
import type { Permission } from './permissions.ts'

/** What a call says that takes away something others use. */
export interface Force {
  force?: 'true' | 'false' | undefined
  reason?: string | undefined
}

/** In use is a refusal, unless somebody who may insist says why; answers what to record about it. */
export const requireForce = (
  actor: Actor,
  permission: Permission,
  { force, reason }: Force,
  inUse: AppError,
): { forced: true; reason: string } => {
  if (force !== 'true') throw inUse
  authorize(actor, permission)
  if (reason) return { forced: true, reason }
  const message = 'Say why those that use it should lose it; it is recorded.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/reason', message }] })
}
