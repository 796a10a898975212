import { decodeJwt } from 'jose'
import type { OAuthConfig, UserinfoEndpointHandler } from 'next-auth/providers/oauth'
import * as z from 'zod'
import { boundedAgent, bounds } from './bounded-agent.ts'
import { type Discovered, discover } from './discovery.ts'
import type { OidcSettings } from './settings.ts'

/** What we read of who signed in; everything else the provider says is dropped. */
export const claimsShape = z.object({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.string().max(320).optional().catch(undefined),
  // Exactly true: a provider that says "true", or nothing, has verified nothing (AUTHN-3).
  email_verified: z.literal(true).optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  auth_time: z.number().optional().catch(undefined),
})
export type Claims = z.output<typeof claimsShape>

/** The provider as next-auth wants it, with PKCE, state and nonce; throws while it cannot be reached. */
export const oidcProvider = async (settings: OidcSettings): Promise<OAuthConfig<Claims>> => {
  const found = await discover(settings.issuer)
  const { clientId, clientSecret, name, scopes: scope } = settings
  return {
    id: 'oidc',
    name,
    type: 'oauth',
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    clientId,
    clientSecret,
    client: {
      id_token_signed_response_alg: algorithmOf(found),
      token_endpoint_auth_method: methodOf(found),
    },
    issuer: found.issuer,
    jwks_endpoint: found.jwks_uri,
    authorization: { url: found.authorization_endpoint, params: { scope } },
    token: { url: found.token_endpoint },
    userinfo: { url: found.userinfo_endpoint ?? '', request: (given) => claimsOf(given, found) },
    httpOptions: { timeout: bounds.deadline_ms, agent: boundedAgent(found.issuer.startsWith('https:')) },
    profile: ({ sub }) => ({ id: sub }),
  }
}

type Given = Parameters<NonNullable<UserinfoEndpointHandler['request']>>[0]

/** The signed claims; what they leave out about the person is asked for, and must be about the same one. */
const claimsOf = async ({ client, tokens }: Given, { userinfo_endpoint }: Discovered): Promise<{ sub: string }> => {
  // openid-client has checked signature, issuer, audience, times and nonce before this runs.
  const signed = decodeJwt(tokens.id_token ?? '')
  if (signed.email !== undefined || userinfo_endpoint === undefined || tokens.access_token === undefined)
    return claimsShape.parse(signed)
  const asked = await client.userinfo(tokens.access_token)
  if (asked.sub !== signed.sub) throw new Error('The provider told about somebody else.')
  const { email, email_verified, name } = asked
  return claimsShape.parse({ email, email_verified, name, ...signed })
}

const asymmetric = ['RS256', 'ES256', 'PS256', 'RS384', 'ES384', 'PS384', 'RS512', 'ES512', 'PS512', 'EdDSA'] as const

/** Only what is signed with a key that we do not have counts as the provider's word. */
const algorithmOf = ({ id_token_signing_alg_values_supported: offered }: Discovered): string => {
  const algorithm = asymmetric.find((name) => offered.includes(name))
  if (algorithm === undefined) throw new Error('The provider signs with none of the algorithms we accept.')
  return algorithm
}

const methodOf = ({ token_endpoint_auth_methods_supported: offered }: Discovered) =>
  offered.includes('client_secret_basic') ? 'client_secret_basic' : 'client_secret_post'
