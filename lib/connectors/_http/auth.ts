import type { CredentialOf } from '#lib/credentials/kinds'
import { Failure } from './failure.ts'
import { isHeaderValue, isOwnHeader } from './fields.ts'

/** Kinds that an API over HTTP may take. */
export const httpKinds = ['api_key.bearer', 'api_key.key', 'password.basic', 'oauth.client', 'api_key.parts'] as const
export type HttpCredential = CredentialOf<(typeof httpKinds)[number]>
export type OAuthClient = CredentialOf<'oauth.client'>

/** What a login adds to every request, and nothing else does. */
export interface Login {
  headers: Record<string, string>
  query: Record<string, string>
  /** Every value as it goes over the wire, to be kept out of what is shown. */
  secrets: string[]
}

export const noLogin: Login = { headers: {}, query: {}, secrets: [] }

/** The login of a credential that needs no token first. */
export const loginOf = (credential: Exclude<HttpCredential, OAuthClient> | undefined): Login => {
  if (!credential) return noLogin
  const { headers, query } = parts(credential)
  for (const [name, value] of Object.entries(headers)) {
    if (isOwnHeader(name)) throw new Failure('auth.bad_header', { detail: name })
    if (!isHeaderValue(value)) throw new Failure('auth.bad_characters')
  }
  return { headers, query, secrets: [...Object.values(headers), ...Object.values(query), ...bareSecrets(credential)] }
}

export const bearer = (token: string): Login => ({
  headers: { authorization: `Bearer ${token}` },
  query: {},
  secrets: [token],
})

type Parts = Pick<Login, 'headers' | 'query'>

const parts = (credential: Exclude<HttpCredential, OAuthClient>): Parts => {
  if (credential.kind === 'api_key.parts') return { headers: mapOf(credential.headers), query: mapOf(credential.query) }
  if (credential.kind === 'api_key.bearer') return bearer(given(credential.token))
  if (credential.kind === 'password.basic') return { headers: { authorization: basic(credential) }, query: {} }
  const { placement, name, prefix } = credential
  const value = `${prefix ? `${prefix} ` : ''}${given(credential.api_key)}`
  return placement === 'query' ? { headers: {}, query: { [name]: value } } : { headers: { [name]: value }, query: {} }
}

const basic = ({ username = '', password }: CredentialOf<'password.basic'>): string => {
  // A colon in the name would end it there and begin the password.
  if (username.includes(':')) throw new Failure('auth.bad_characters')
  return `Basic ${Buffer.from(`${username}:${given(password)}`).toString('base64')}`
}

const given = (secret: string | undefined): string => {
  if (secret === undefined || secret === '') throw new Failure('auth.incomplete')
  return secret
}

/** Several secrets are sealed as one JSON text, which was parsed when it was typed. */
const mapOf = (text: string | undefined): Record<string, string> => (text === undefined ? {} : JSON.parse(text))

const bareSecrets = (credential: Exclude<HttpCredential, OAuthClient>): string[] => {
  if (credential.kind === 'api_key.key') return [given(credential.api_key)]
  return credential.kind === 'password.basic' ? [given(credential.password)] : []
}
