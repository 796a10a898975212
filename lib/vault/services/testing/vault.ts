import { randomBytes } from 'node:crypto'
import { serviceKey, startStandIn, textOf } from './stand-in.ts'

export const vaultRole = { id: 'role-jackfield', secret: 'b7c1e0f4-secret-id' }
export const vaultToken = 'hvs.standInRootToken000'

/** Vault's transit engine and AppRole sign-in, as its HTTP API describes them. */
export const startVault = () => {
  const keys = new Map(['jackfield', 'other'].map((name) => [name, serviceKey()]))
  const tokens = new Set([vaultToken])
  return startStandIn({
    forbidden: { errors: ['1 error occurred:\n\t* permission denied\n\n'] },
    otherKey: { auth: { client_token: vaultToken }, data: { plaintext: Buffer.alloc(32, 7).toString('base64') } },
    answer({ url, headers, body }) {
      const input = JSON.parse(body)
      if (url.pathname === '/v1/auth/approle/login') {
        if (input.role_id !== vaultRole.id || input.secret_id !== vaultRole.secret)
          return refusal(400, 'invalid role or secret ID')
        const client_token = `hvs.${randomBytes(18).toString('base64url')}`
        tokens.add(client_token)
        return { status: 200, body: { auth: { client_token, lease_duration: 3600 } } }
      }
      if (!tokens.has(textOf(headers['x-vault-token']))) return refusal(403, 'permission denied')
      const [, verb, name = ''] = /^\/v1\/team\/transit\/(encrypt|decrypt)\/(\w+)$/.exec(url.pathname) ?? []
      const key = keys.get(name)
      if (!key) return refusal(400, 'encryption key not found')
      const context = textOf(input.associated_data)
      if (verb === 'encrypt') {
        const sealed = key.encrypt(Buffer.from(textOf(input.plaintext), 'base64'), context)
        return { status: 200, body: { data: { ciphertext: `vault:v1:${sealed.toString('base64')}`, key_version: 1 } } }
      }
      const [, sealed] = /^vault:v1:(.+)$/.exec(textOf(input.ciphertext)) ?? []
      const opened = sealed === undefined ? undefined : key.decrypt(Buffer.from(sealed, 'base64'), context)
      if (!opened) return refusal(400, 'cipher: message authentication failed')
      return { status: 200, body: { data: { plaintext: opened.toString('base64') } } }
    },
  })
}

const refusal = (status: number, error: string) => ({ status, body: { errors: [error] } })
