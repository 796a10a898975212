import type { NextAuthOptions } from 'next-auth'
import * as z from 'zod'
import { webLog } from '#lib/api/log'
import { record } from '#lib/audit/record'
import { AppError } from '#lib/core/errors'
import { db } from '#lib/db/client'
import { authenticateSession } from '../authenticate.ts'
import { callNextAuth, readForm } from '../call-next-auth.ts'
import { clientOf } from '../client.ts'
import { authOptions } from '../next-auth.ts'
import { type Purpose, purposes, type Refusal } from '../schema.ts'
import { forgetAddressTry, isAddressOneTooMany } from '../sign-in-limits.ts'
import { requireRecentSignIn } from '../step-up.ts'
import { arrive, type SignedIn } from './arrival.ts'
import { type Flow, flowCookie, landings, noFlowCookie, readFlow } from './flow.ts'
import { claimsShape, oidcProvider } from './provider.ts'
import { oidcSettings } from './settings.ts'

/** `POST /api/auth/signin/oidc?for=…`: answers the address at the provider to send the browser to. */
export const setOut = async (request: Request): Promise<Response> => {
  const wanted = new URL(request.url).searchParams.get('for') ?? 'sign_in'
  const purpose = purposes.find((name) => name === wanted)
  if (!purpose) throw new AppError('invalid_request', 'Say what this sign-in is for: sign_in, confirm or link.')
  const { csrfToken, callbackUrl } = await readForm(request)
  const sessionId = await sessionFor(purpose, request.headers)
  const options = await optionsWithProvider()
  if (!options) return Response.json({ url: landingOf(purpose, 'OidcDown') })
  const back = purpose === 'sign_in' ? callbackUrl : landings[purpose]
  const response = await callNextAuth(request, {
    segments: ['signin', 'oidc'],
    options,
    // Asks whoever sits there, and not the provider's own memory of the morning.
    query: purpose === 'confirm' ? { prompt: 'login', max_age: '0' } : {},
    body: { csrfToken, callbackUrl: back, json: 'true' },
  })
  const state = stateIn(await response.clone().text())
  if (state !== undefined) response.headers.append('set-cookie', await flowCookie({ purpose, ...sessionId }, state))
  return response
}

/** `GET /api/auth/callback/oidc`: the browser is back with the provider's answer. */
export const comeBack = async (request: Request): Promise<Response> => {
  const query = Object.fromEntries(new URL(request.url).searchParams)
  const flow = await readFlow(request.headers, query.state)
  // Not begun in this browser: somebody else's answer signs nobody in, and is nobody's failed sign-in either.
  if (!flow) return redirect(landingOf('sign_in', 'OidcFailed'))
  const { ip } = clientOf(request.headers)
  if (await isAddressOneTooMany(ip)) return redirect(landingOf(flow.purpose, 'TooManyAttempts'))
  const { response, result } = await receive(request, query, flow)
  if (typeof result !== 'string') {
    await forgetAddressTry(ip)
    response.headers.append('set-cookie', noFlowCookie())
    return response
  }
  await recordRefusal(request.headers, flow, result)
  return redirect(landingOf(flow.purpose, result), response.headers.getSetCookie())
}

interface Received {
  response: Response
  result: SignedIn | Refusal
}

/** Has next-auth check state, nonce, PKCE and the id token, then decides what the person it names may do. */
const receive = async (request: Request, query: Record<string, string>, flow: Flow): Promise<Received> => {
  const options = await optionsWithProvider()
  if (!options) return { response: new Response(), result: 'OidcDown' }
  let result: SignedIn | Refusal = query.error === 'access_denied' ? 'OidcCancelled' : 'OidcFailed'
  const signIn: NonNullable<NextAuthOptions['callbacks']>['signIn'] = async ({ user, profile }) => {
    result = await arrive(claimsShape.parse(profile), flow, request.headers)
    if (typeof result === 'string') return false
    // What next-auth puts into the cookie is the reference of the session, as after a password.
    Object.assign(user, result)
    return true
  }
  const callbacks = { ...options.callbacks, signIn }
  const response = await callNextAuth(request, {
    segments: ['callback', 'oidc'],
    options: { ...options, callbacks },
    query,
  })
  return { response, result }
}

const optionsWithProvider = async (): Promise<NextAuthOptions | undefined> => {
  const settings = oidcSettings()
  if (!settings) throw new AppError('not_found', 'Sign-in with OpenID Connect is not set up here.')
  const options = authOptions()
  try {
    return { ...options, providers: [await oidcProvider(settings)], logger: { ...options.logger, error: logFailure } }
  } catch (error) {
    webLog().warn({ reason: sayable(error) }, 'The identity provider cannot be used.')
    return undefined
  }
}

/** Confirming and linking happen in a session; linking adds a way in, so it needs a recent sign-in (AUTHN-8). */
const sessionFor = async (purpose: Purpose, headers: Headers): Promise<{ sessionId?: string }> => {
  if (purpose === 'sign_in') return {}
  const actor = await authenticateSession(headers)
  if (!actor?.sessionId) throw new AppError('unauthorized', 'Sign in first.')
  if (purpose === 'link') requireRecentSignIn(actor)
  return { sessionId: actor.sessionId }
}

const stateIn = (body: string): string | undefined => {
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(body))
  return URL.canParse(url) ? (new URL(url).searchParams.get('state') ?? undefined) : undefined
}

const landingOf = (purpose: Purpose, refusal: Refusal): string => `${landings[purpose]}?error=${refusal}`

const redirect = (location: string, cookies: string[] = []): Response => {
  const headers = new Headers({ location })
  for (const cookie of [...cookies, noFlowCookie()]) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
}

const recordRefusal = async (headers: Headers, { purpose }: Flow, reason: Refusal): Promise<void> => {
  const actor = purpose === 'sign_in' ? undefined : await authenticateSession(headers)
  const nobody = { kind: 'system' as const, id: 'anonymous', name: 'somebody', workspaceId: '', ...clientOf(headers) }
  const details = { issuer: oidcSettings()?.issuer, for: purpose, reason }
  await record(db(), { actor: actor ?? nobody, event: 'session.refused', outcome: 'failure', subject: { details } })
}

// next-auth hands over tokens and claims as well; only the reason is written down.
const logFailure = (code: string, metadata: unknown): void => {
  const error = metadata instanceof Error ? metadata : Object(metadata).error
  webLog().warn({ code, reason: sayable(error) }, 'A sign-in at the identity provider failed.')
}

/** The first words of a message: what comes behind them may be a code, a nonce or what the provider sent. */
const sayable = (error: unknown): string =>
  (error instanceof Error && /^[a-z_ ]{3,60}/i.exec(error.message)?.[0].trim()) || 'unknown'
