import type { NextAuthOptions } from 'next-auth'
import CredentialsProvider from 'next-auth/providers/credentials'
import { clientOf } from './client.ts'
import { cookieName, cookieOptions, readSessionCookie, sessionSecret } from './cookie.ts'
import { endSessionOf, sessionLife } from './sessions.ts'
import { signIn } from './sign-in.ts'

// Of the way to an identity provider and back.
const tripLife_s = 15 * 60

/** next-auth as the front door only: its cookie carries nothing but the reference of a session in our database. */
export const authOptions = (): NextAuthOptions => {
  const secret = sessionSecret()
  // Without a secret next-auth would make one up; refuse instead (AUTHN-1).
  if (!secret) throw new Error('JACKFIELD_SESSION_SECRET is not set; start Jackfield with `npm start`.')
  return {
    secret,
    session: { strategy: 'jwt', maxAge: sessionLife.absolute_ms / 1_000 },
    pages: { signIn: '/login', error: '/login', signOut: '/login' },
    providers: [passwordProvider()],
    cookies: {
      sessionToken: { name: cookieName('session'), options: cookieOptions() },
      csrfToken: { name: cookieName('csrf'), options: cookieOptions() },
      callbackUrl: { name: cookieName('callback'), options: cookieOptions() },
      state: { name: cookieName('state'), options: { ...cookieOptions(), maxAge: tripLife_s } },
      nonce: { name: cookieName('nonce'), options: { ...cookieOptions(), maxAge: tripLife_s } },
      pkceCodeVerifier: { name: cookieName('pkce'), options: { ...cookieOptions(), maxAge: tripLife_s } },
    },
    callbacks: {
      jwt: ({ token, user }) => (isSignedIn(user) ? { sid: user.sid } : token.sid ? { sid: token.sid } : {}),
      // Who is signed in is asked of the database (pageActor, GET /api/workspace), never of the cookie.
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => localUrl(url, baseUrl),
    },
    events: { signOut: ({ token }) => endSessionOf(token?.sid) },
    logger: { error: (code) => void code, warn: () => undefined, debug: () => undefined },
  }
}

/** Checks what was typed and starts a session; null for everything that does not fit together. */
export const signInWithPassword = async (
  typed: Partial<Record<'email' | 'password', string>> | undefined,
  request: { headers?: Record<string, unknown> },
): Promise<SignedIn | null> => {
  const headers = headersOf(request.headers)
  const { email, password } = typed ?? {}
  if (typeof email !== 'string' || typeof password !== 'string') return null
  const result = await signIn({ email, password, ...clientOf(headers) })
  if (result.outcome === 'limited') throw new Error('TooManyAttempts')
  if (result.outcome === 'refused') return null
  // Rotation at login: what this browser was before ends here.
  await endSessionOf(await readSessionCookie(headers))
  return { id: result.userId, sid: result.reference }
}

const passwordProvider = () =>
  CredentialsProvider({
    id: 'credentials',
    name: 'Password',
    credentials: { email: { type: 'email' }, password: { type: 'password' } },
    authorize: (typed, request) => signInWithPassword(typed, request),
  })

const headersOf = (plain: Record<string, unknown> | undefined): Headers => {
  const headers = new Headers()
  for (const [key, value] of Object.entries(plain ?? {})) if (typeof value === 'string') headers.set(key, value)
  return headers
}

interface SignedIn {
  id: string
  sid: string
}

const isSignedIn = (user: unknown): user is SignedIn =>
  typeof user === 'object' && user !== null && 'sid' in user && typeof user.sid === 'string'

/** Only paths of our own; `//evil`, `/\evil` and other spellings of elsewhere become the start page. */
const localUrl = (url: string, baseUrl: string): string => {
  const target = URL.canParse(url, baseUrl) ? new URL(url, baseUrl) : undefined
  return target?.origin === new URL(baseUrl).origin ? target.href : baseUrl
}
