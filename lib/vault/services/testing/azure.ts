import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { startStandIn, textOf } from './stand-in.ts'

export const azureClient = {
  tenant: '11111111-2222-3333-4444-555555555555',
  id: 'jackfield',
  secret: 'q~azure-secret-8',
}
const scope = 'https://vault.azure.net/.default'
const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }

/** Key Vault with two versions of one RSA key, behind a real OAuth server with client credentials. */
export const startAzure = async () => {
  const versions = new Map(['v1', 'v2'].map((name) => [name, generateKeyPairSync('rsa', { modulusLength: 2048 })]))
  const authority = await startAuthority()
  let current = 'v1'
  const service = await startStandIn({
    forbidden: { error: { code: 'Forbidden', message: 'Caller is not authorized to perform action on resource.' } },
    otherKey: { kid: 'https://elsewhere/keys/x', value: Buffer.alloc(32, 7).toString('base64url') },
    async answer({ url, headers, body }) {
      if (!(await authority.isGood(headers.authorization))) return refusal(401, 'Unauthorized')
      const [, name, asked, verb] = /^\/keys\/(\w+)(?:\/(\w+))?\/(wrapkey|unwrapkey)$/.exec(url.pathname) ?? []
      const version = asked ?? current
      const pair = name === 'kek' ? versions.get(version) : undefined
      if (!pair || !url.searchParams.has('api-version')) return refusal(404, 'KeyNotFound')
      const input = JSON.parse(body)
      if (input.alg !== 'RSA-OAEP-256') return refusal(400, 'BadParameter')
      const value = Buffer.from(textOf(input.value), 'base64url')
      try {
        const done =
          verb === 'wrapkey'
            ? publicEncrypt({ key: pair.publicKey, ...padding }, value)
            : privateDecrypt({ key: pair.privateKey, ...padding }, value)
        const kid = `${service.origin}/keys/kek/${version}`
        return { status: 200, body: { kid, value: done.toString('base64url') } }
      } catch {
        return refusal(400, 'BadParameter')
      }
    },
  })
  const rotate = () => {
    current = 'v2'
  }
  const stop = async () => void (await Promise.all([service.stop(), authority.stop()]))
  return { ...service, authority: authority.origin, rotate, stop }
}

const refusal = (status: number, code: string) => ({ status, body: { error: { code, message: '' } } })

const startAuthority = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(origin, {
    clients: [
      {
        client_id: azureClient.id,
        client_secret: azureClient.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_post',
        scope,
      },
    ],
    scopes: [scope],
    routes: { token: `/${azureClient.tenant}/oauth2/v2.0/token` },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  })
  server.on('request', provider.callback())
  return {
    origin,
    async isGood(header: string | undefined): Promise<boolean> {
      const token = await provider.ClientCredentials.find(header?.replace(/^Bearer /, '') ?? '')
      return token?.isValid === true && token.scope === scope
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
