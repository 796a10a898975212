import { AppError } from '#lib/core/errors'
import type { Actor } from './actor.ts'
import { actorOfApiKey } from './api-keys.ts'
import { clientOf, pipelineOf } from './client.ts'
import { readSessionCookie } from './cookie.ts'
import { actorOfSession } from './sessions.ts'

/**
 * Who sent this request: the holder of an API key in the Authorization header, or of a session cookie. Everything that
 * is not exactly one of them is refused with one and the same answer (AUTHN-1, AUTHN-11).
 */
export const authenticate = async (headers: Headers): Promise<Actor> => {
  const authorization = headers.get('authorization')
  const actor =
    authorization === null ? await authenticateSession(headers) : await authenticateKey(headers, authorization)
  if (actor) return actor
  throw new AppError('unauthorized', 'Sign in, or send a valid API key as “Authorization: Bearer …”.')
}

/** The same for pages, where only a session counts; undefined when nobody is signed in. */
export const authenticateSession = async (headers: Headers): Promise<Actor | undefined> => {
  const reference = await readSessionCookie(headers)
  return reference === undefined ? undefined : actorOfSession(reference, clientOf(headers))
}

// A header that is there but wrong never falls back to the cookie.
const authenticateKey = async (headers: Headers, authorization: string): Promise<Actor | undefined> => {
  const [, key] = (authorization.length <= 256 && /^Bearer +(\S+)$/i.exec(authorization)) || []
  const actor = key === undefined ? undefined : await actorOfApiKey(key, clientOf(headers))
  return actor && { ...actor, ...pipelineOf(headers) }
}
