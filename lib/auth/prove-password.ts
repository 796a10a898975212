import { record } from '#lib/audit/record'
import { AppError } from '#lib/core/errors'
import { db } from '#lib/db/client'
import type { Actor } from './actor.ts'
import { isPassword } from './passwords.ts'
import { forgetTries, isOneTooMany } from './sign-in-limits.ts'
import { findUser } from './store.ts'

/**
 * Refuses unless `password` is the one of the signed-in person. Tries count together with those of the sign-in page, so
 * that a stolen cookie is no way to guess on (AUTHN-6). Called outside a transaction: a try stays counted when it fails.
 */
export const provePassword = async (
  actor: Actor,
  { password, pointer, requestId }: { password: string; pointer: string; requestId: string },
): Promise<void> => {
  const user = actor.kind === 'user' ? await findUser(db(), actor.id) : null
  if (!user) throw new AppError('conflict', 'An API key has no password; sign in as a person.')
  if (user.passwordHash === null) {
    throw new AppError('conflict', 'Your account has no password; sign in again.')
  }
  const tried = { emailKey: user.emailKey, ip: actor.ip }
  if (await isOneTooMany(tried))
    throw new AppError('rate_limited', 'Too many attempts. Wait a few minutes, then try again.')
  if (await isPassword(user.passwordHash, password)) return forgetTries(tried)
  const subject = { type: 'user', id: user.id, name: user.name }
  await record(db(), { actor, event: 'session.refused', outcome: 'failure', requestId, subject })
  const message = 'That is not your password.'
  throw new AppError('invalid_request', message, { errors: [{ pointer, message }] })
}
