import * as z from 'zod'
import { type Failure as AnyFailure, causeOf } from '../_test/failure.ts'
import type { Limits, Net } from '../contract.ts'
import { placeAt } from './address.ts'
import { bearer, type Login, type OAuthClient } from './auth.ts'
import { causes, type HttpCode, type HttpFacts } from './causes.ts'
import { type Answer, exchange } from './exchange.ts'
import { Failure, failureOf } from './failure.ts'
import { lineTo, withPublicRoots } from './line.ts'

export interface Token extends Login {
  scope: string | undefined
  /** Seconds it is good for, as the provider says. */
  expiresIn: number | undefined
}

/** An answer of a token URL is a few lines. */
const bytesMax = 256 * 1024

export interface TokenContext {
  net: Net
  limits: Limits
  /** The API itself goes unencrypted, so whoever listens has the token anyway. */
  mayBePlain: boolean
}

/**
 * Exchanges the client's secret for a token (RFC 6749, client credentials). The secret goes to the token URL and nowhere
 * else: not on to where it redirects, and only over a certificate that checks out, whatever the API's own settings say.
 */
export const requestToken = async (client: OAuthClient, { net, limits, mayBePlain }: TokenContext): Promise<Token> => {
  const url = new URL(client.token_url)
  const place = placeAt(url)
  const issuer = url.host
  if (place.scheme === 'http' && !mayBePlain) throw new Failure('oauth.plain', { issuer })
  const ask = { method: 'POST' as const, url, ...credentialsOf(client) }
  const open = lineTo({ ...place, mode: 'verify-full', rootCert: withPublicRoots(client.token_ca) }, net, limits)
  const answer = await open()
    .then((stream) => exchange(stream, ask, { ms: limits.auth_ms, bytes: bytesMax }))
    .catch((error: unknown) => Promise.reject(unreachable(failureOf(error, 'request'), { ...place, issuer })))
  return tokenIn(answer, issuer)
}

const credentialsOf = (client: OAuthClient) => {
  const { client_id, client_secret, client_auth, scopes = [], audience } = client
  if (client_secret === undefined || client_secret === '') throw new Failure('auth.incomplete')
  const inBody = client_auth === 'post'
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(audience && { audience }),
    ...(inBody && { client_id, client_secret }),
  })
  const basic = `Basic ${Buffer.from(`${encoded(client_id)}:${encoded(client_secret)}`).toString('base64')}`
  return {
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(!inBody && { authorization: basic }),
    },
    body: body.toString(),
  }
}

// Both are form-encoded before they are joined (RFC 6749, 2.3.1).
const encoded = (text: string): string => new URLSearchParams([['', text]]).toString().slice(1)

const grant = z.object({
  access_token: z
    .string()
    .regex(/^[\x21-\x7e]+$/)
    .max(16_000),
  token_type: z.string().optional(),
  scope: z.string().optional(),
  expires_in: z.coerce.number().optional(),
})
const refusal = z.object({ error: z.string() })

const tokenIn = ({ status, body }: Answer, issuer: string): Token => {
  const given = parse(body)
  const refused = refusal.safeParse(given)
  if (status >= 400 || refused.success) throw refusalOf(status, refused.data?.error, issuer)
  const granted = grant.safeParse(given)
  if (status !== 200 || !granted.success || !/^(?:bearer|)$/i.test(granted.data.token_type ?? ''))
    throw new Failure('oauth.no_token', { issuer })
  const { access_token, scope, expires_in: expiresIn } = granted.data
  return { ...bearer(access_token), scope, expiresIn }
}

const refusalOf = (status: number, error: string | undefined, issuer: string): Failure => {
  const known = Object.entries(refusals).find(([name]) => name === error)?.[1]
  if (known) return new Failure(known, { issuer })
  if (error === undefined && status === 401) return new Failure('oauth.invalid_client', { issuer })
  // Of what it says only a word of the standard's kind is shown.
  const detail = error !== undefined && /^[a-z_]{1,40}$/.test(error) ? error : `status ${status}`
  return new Failure('oauth.refused', { issuer, status, detail })
}

const refusals = {
  invalid_client: 'oauth.invalid_client',
  invalid_scope: 'oauth.invalid_scope',
  unauthorized_client: 'oauth.unauthorized_client',
  unsupported_grant_type: 'oauth.unauthorized_client',
  invalid_target: 'oauth.invalid_target',
} as const satisfies Record<string, HttpCode>

/** The words of the usual causes speak of the API; here they are about the token URL. */
const unreachable = (failure: AnyFailure<HttpCode, HttpFacts>, facts: HttpFacts): Failure => {
  if (failure.code.startsWith('oauth.') || failure.code.startsWith('auth.')) return new Failure(failure.code, facts)
  const { sentence } = causeOf(causes, failure, facts)
  const detail = sentence.replace(/\.$/, '')
  return new Failure('oauth.unreachable', {
    issuer: facts.issuer ?? '',
    detail: detail.slice(0, 1).toLowerCase() + detail.slice(1),
  })
}

const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
