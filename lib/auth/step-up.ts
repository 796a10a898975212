import { AppError } from '#lib/core/errors'
import type { Actor } from './actor.ts'

/** How old a sign-in may be for what cannot be taken back: ten minutes (AUTHN-8). */
export const recentSignIn_ms = 10 * 60_000

/**
 * Refuses somebody whose browser was signed in longer ago: a stolen cookie alone moves no secret. Keys and the command
 * line have no sign-in to repeat; what they may do is decided by their scopes.
 */
export const requireRecentSignIn = (actor: Actor, now = new Date()): void => {
  if (hasRecentSignIn(actor, now)) return
  throw new AppError('reauth_required', 'Confirm that it is you: sign in again, then repeat this.')
}

export const hasRecentSignIn = (actor: Actor, now = new Date()): boolean =>
  actor.kind !== 'user' || isRecent(actor.authenticatedAt, now)

const isRecent = (at: Date | undefined, now: Date): boolean =>
  at !== undefined && now.getTime() - at.getTime() <= recentSignIn_ms
