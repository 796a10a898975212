import * as z from 'zod'
import { bounds } from './bounded-agent.ts'
import { bareIssuer } from './settings.ts'

const endpoint = z.url({ protocol: /^https?$/ })
const list = z.array(z.string())
const document = z.object({
  issuer: endpoint,
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  jwks_uri: endpoint,
  userinfo_endpoint: endpoint.optional(),
  id_token_signing_alg_values_supported: list.default(['RS256']),
  token_endpoint_auth_methods_supported: list.default(['client_secret_basic']),
})
export type Discovered = z.output<typeof document>

const fresh_ms = 10 * 60_000
let known: { issuer: string; until: number; found: Promise<Discovered> } | undefined

/** What the provider says about itself, asked once in ten minutes; a failure is not kept. */
export const discover = (issuer: string, now = Date.now()): Promise<Discovered> => {
  if (known?.issuer === issuer && known.until > now) return known.found
  const found = read(issuer)
  const entry = { issuer, until: now + fresh_ms, found }
  known = entry
  found.catch(() => {
    if (known === entry) known = undefined
  })
  return found
}

/** Only tests change providers. */
export const forgetDiscovered = (): void => {
  known = undefined
}

const read = async (issuer: string): Promise<Discovered> => {
  const url = `${bareIssuer(issuer)}/.well-known/openid-configuration`
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(bounds.deadline_ms) })
  if (!response.ok || !response.body) throw new Error(`The provider answered ${response.status}.`)
  const found = document.parse(JSON.parse(await textOf(response.body)))
  // Whose word counts is what the operator wrote down, not what an answer says.
  if (bareIssuer(found.issuer) !== bareIssuer(issuer)) throw new Error('The provider names another issuer.')
  checkSchemes(found)
  return found
}

/** A provider behind TLS does not send people, codes or our secret anywhere without. */
const checkSchemes = ({ issuer, authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint }: Discovered) => {
  const { protocol } = new URL(issuer)
  for (const url of [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint ?? issuer])
    if (new URL(url).protocol !== protocol) throw new Error('The provider mixes http and https.')
}

const textOf = async (body: ReadableStream<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > bounds.max_bytes) throw new Error('The provider sent too much.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
