import { KeyProblem } from '../key-problem.ts'
import { type Conversation, converse, serviceUrl, textIn } from './call.ts'
import type { KeyService } from './service.ts'
import { type KeySettings, needed } from './settings.ts'

const name = 'Vault'
const keyPath = /^\/((?:[\w.-]+\/)+)([\w.-]+)$/

const hints = {
  'permission denied':
    'the policy of JACKFIELD_KEYS_VAULT_TOKEN or of the AppRole needs update on encrypt and decrypt of this key.',
  'invalid role or secret ID': 'JACKFIELD_KEYS_VAULT_ROLE_ID or JACKFIELD_KEYS_VAULT_SECRET_ID is wrong or used up.',
  'encryption key not found': 'there is no such key.',
  'no handler for route': 'there is no transit engine at this path.',
  'message authentication failed': 'the wrapped key was changed, or was wrapped for another key of Jackfield.',
  'Vault is sealed': 'unseal it.',
}

/** `vault-transit:https://<vault>/<mount>/<key>`; the id of our key is the associated data. */
export const vaultTransit = (reference: string, settings: KeySettings): KeyService => {
  const address = serviceUrl(reference, 'vault-transit:')
  const [, mount, key] = keyPath.exec(address.pathname) ?? []
  if (mount === undefined || key === undefined) {
    throw new KeyProblem('refused', 'vault-transit: needs https://<vault>/<mount>/<key>, e.g. …/transit/jackfield')
  }
  const ask = async (talk: Conversation, verb: 'encrypt' | 'decrypt', input: object, id: string) => {
    const associated_data = Buffer.from(`jackfield:${id}`).toString('base64')
    return talk.call({
      url: new URL(`/v1/${mount}${verb}/${key}`, address),
      headers: { ...space(settings), 'x-vault-token': await tokenOf(talk, address, settings) },
      body: JSON.stringify({ ...input, associated_data }),
      hints,
    })
  }
  return {
    async wrap(secret, id) {
      const talk = converse(name)
      const answer = await ask(talk, 'encrypt', { plaintext: secret.toString('base64') }, id)
      return { reference, wrapped: textIn(talk, answer, 'data', 'ciphertext') }
    },
    async unwrap(wrapped, id) {
      const talk = converse(name)
      const answer = await ask(talk, 'decrypt', { ciphertext: wrapped }, id)
      return Buffer.from(textIn(talk, answer, 'data', 'plaintext'), 'base64')
    },
  }
}

/** The token that was given, or one for the role. */
const tokenOf = async (talk: Conversation, address: URL, settings: KeySettings): Promise<string> => {
  if (!settings.JACKFIELD_KEYS_VAULT_ROLE_ID) return needed(settings, 'JACKFIELD_KEYS_VAULT_TOKEN', name)
  const answer = await talk.call({
    url: new URL('/v1/auth/approle/login', address),
    headers: space(settings),
    body: JSON.stringify({
      role_id: settings.JACKFIELD_KEYS_VAULT_ROLE_ID,
      secret_id: needed(settings, 'JACKFIELD_KEYS_VAULT_SECRET_ID', name),
    }),
    hints,
  })
  return textIn(talk, answer, 'auth', 'client_token')
}

const space = ({ JACKFIELD_KEYS_VAULT_NAMESPACE: namespace }: KeySettings): Record<string, string> =>
  namespace ? { 'x-vault-namespace': namespace } : {}
