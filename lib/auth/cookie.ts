import { decode } from 'next-auth/jwt'
import { env } from '#lib/config/env'

const isHttps = (): boolean => env().JACKFIELD_URL?.startsWith('https:') ?? false

/** Over https the browser itself ties the cookie to this host, to TLS and to no subdomain. */
export const cookieName = (name: 'session' | 'csrf' | 'callback' | 'state' | 'nonce' | 'pkce' | 'flow'): string =>
  isHttps() ? `__Host-jackfield.${name}` : `jackfield.${name}`

export const cookieOptions = () => ({ httpOnly: true, sameSite: 'lax' as const, path: '/', secure: isHttps() })

/** The key of the session cookie. Without one nobody is signed in. */
export const sessionSecret = (): string | undefined => env().JACKFIELD_SESSION_SECRET

/** The session reference inside the cookie, or undefined for a missing, forged or expired one. */
export const readSessionCookie = async (headers: Headers): Promise<string | undefined> => {
  const secret = sessionSecret()
  const token = cookieOf(headers, cookieName('session'))
  if (!secret || !token || token.length > 4_096) return undefined
  const claims = await decode({ token, secret }).catch(() => null)
  return typeof claims?.sid === 'string' ? claims.sid : undefined
}

export const cookieOf = (headers: Headers, name: string): string | undefined => {
  const pair = headers
    .get('cookie')
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
  return pair?.slice(name.length + 1)
}
