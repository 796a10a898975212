import { encode } from 'next-auth/jwt'
import type { Handler } from '#lib/api/http'
import { cookieName, cookieOptions, readSessionCookie, sessionSecret } from './cookie.ts'
import { renewReference, sessionLife } from './sessions.ts'

/**
 * Whoever proves again who they are gets a new reference, and the old one ends: a stolen copy of the cookie must not
 * become a recent sign-in by the owner's own confirmation (AUTHN-7).
 */
export const withFreshCookie = (handler: Handler): Handler => {
  const fresh = async (...given: Parameters<Handler>): Promise<Response> => {
    const response = await handler(...given)
    const cookie = response.ok ? await exchange(await readSessionCookie(given[0].headers)) : undefined
    if (cookie !== undefined) response.headers.append('set-cookie', cookie)
    return response
  }
  const { operation, status, ndjson, files } = handler
  return Object.assign(fresh, { operation, status, ndjson, files })
}

const exchange = async (reference: string | undefined): Promise<string | undefined> => {
  const secret = sessionSecret()
  const next = secret ? await renewReference(reference) : undefined
  if (next === undefined || !secret) return undefined
  const maxAge = sessionLife.absolute_ms / 1_000
  const value = await encode({ token: { sid: next }, secret, maxAge })
  const { secure } = cookieOptions()
  return `${cookieName('session')}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`
}
