import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'

/** An account at the provider; `at` is when it says that the person signed in there, in seconds. */
export interface Account {
  sub: string
  email?: string
  email_verified?: unknown
  name?: string
  at?: number
}

export const clientSecret = 'a-client-secret-that-only-tests-have'

export interface ServerOptions {
  /** Whoever comes by is signed in as this one. */
  person(): Account
  /** Asked when the first request comes. */
  redirectUri(): string
}

/** A real OpenID provider on this machine. */
export const startOidcServer = async ({ person, redirectUri }: ServerOptions) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let provider: Provider | undefined
  server.on('request', (request, response) => {
    provider ??= providerAt(issuer, redirectUri(), person)
    if (!request.url?.startsWith('/interaction/')) return void provider.callback()(request, response)
    const { sub: accountId, at } = person()
    const login = { accountId, ...(at !== undefined && { ts: at }) }
    void provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false })
  })
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { issuer, stop }
}

const providerAt = (issuer: string, redirectUri: string, person: () => Account): Provider => {
  const configuration: Configuration = {
    clients: [
      {
        client_id: 'jackfield',
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        require_auth_time: true,
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    cookies: { keys: ['only for tests'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => {
      const { at: _, ...claims } = person()
      return { accountId, claims: () => ({ ...claims, sub: accountId }) }
    },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  return new Provider(issuer, configuration)
}
