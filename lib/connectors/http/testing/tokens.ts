import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type ClientMetadata } from 'oidc-provider'

export const clientSecret = 'oauth-canary /+%&=:'

const machine: Partial<ClientMetadata> = {
  client_secret: clientSecret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}

/** A real OAuth provider that gives tokens to clients of their own, and says whether a token is one of its. */
export const startTokens = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, {
    clients: [
      { ...machine, client_id: 'svc', scope: 'read write', token_endpoint_auth_method: 'client_secret_basic' },
      { ...machine, client_id: 'svc-post', scope: 'read', token_endpoint_auth_method: 'client_secret_post' },
      {
        ...machine,
        client_id: 'people-only',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['https://app.example.com/back'],
      },
    ],
    scopes: ['read', 'write'],
    ttl: { ClientCredentials: 600 },
    cookies: { keys: ['only for tests'] },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  })
  server.on('request', provider.callback())
  return {
    tokenUrl: `${issuer}/token`,
    /** The scopes of a token it gave. */
    async scopeOf(token: string): Promise<string | undefined> {
      const found = await provider.ClientCredentials.find(token)
      return found ? (found.scope ?? '') : undefined
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
