import { decode, encode } from 'next-auth/jwt'
import { cookieName, cookieOf, cookieOptions, sessionSecret } from '../cookie.ts'
import { type Purpose, purposes } from '../schema.ts'

export interface Flow {
  purpose: Purpose
  /** Of whoever confirms or links: the way back counts in that session only. */
  sessionId?: string
  startedAt: Date
}

/** Where a flow ends that did not begin with an address of its own. */
export const landings: Record<Purpose, string> = {
  sign_in: '/login',
  confirm: '/confirmed',
  link: '/workspace/account',
}

const life_s = 15 * 60

/**
 * A cookie that says what one trip to the provider is for. It is tied to the trip's state: a trip that was begun to sign
 * in cannot come back as one that confirms or links.
 */
export const flowCookie = async ({ purpose, sessionId }: Omit<Flow, 'startedAt'>, state: string): Promise<string> => {
  const token = { purpose, state, startedAt: Date.now(), ...(sessionId !== undefined && { sessionId }) }
  return cookie(
    await encode({ token, secret: sessionSecret() ?? '', salt: cookieName('flow'), maxAge: life_s }),
    life_s,
  )
}

export const noFlowCookie = (): string => cookie('', 0)

/** The trip that comes back with this state; undefined if this browser is on no such trip. */
export const readFlow = async (headers: Headers, state: string | undefined): Promise<Flow | undefined> => {
  const token = cookieOf(headers, cookieName('flow'))
  const secret = sessionSecret()
  if (!token || !secret || state === undefined) return undefined
  const claims = await decode({ token, secret, salt: cookieName('flow') }).catch(() => null)
  const purpose = purposes.find((name) => name === claims?.purpose)
  if (!claims || !purpose || claims.state !== state || typeof claims.startedAt !== 'number') return undefined
  const { sessionId } = claims
  return { purpose, startedAt: new Date(claims.startedAt), ...(typeof sessionId === 'string' && { sessionId }) }
}

const cookie = (value: string, maxAge: number): string =>
  `${cookieName('flow')}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${cookieOptions().secure ? '; Secure' : ''}`
