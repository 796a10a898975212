import { KeyProblem } from '../key-problem.ts'
import { type Conversation, converse, serviceUrl, textIn } from './call.ts'
import type { KeyService } from './service.ts'
import { type KeySettings, needed } from './settings.ts'

const name = 'Azure Key Vault'
const version = '7.4'
const alg = 'RSA-OAEP-256'
const scope = 'https://vault.azure.net/.default'
const keyPath = /^\/keys\/[\w-]+(\/\w+)?$/

const hints = {
  invalid_client:
    'JACKFIELD_KEYS_AZURE_CLIENT_ID or JACKFIELD_KEYS_AZURE_CLIENT_SECRET is wrong, or the secret expired.',
  unauthorized_client: 'JACKFIELD_KEYS_AZURE_CLIENT_ID does not exist in this tenant.',
  KeyNotFound: 'there is no such key or version.',
  KeyDisabled: 'the key is disabled. Enable it.',
  Forbidden:
    'the client of JACKFIELD_KEYS_AZURE_CLIENT_ID needs “Key Vault Crypto Service Encryption User” on this key.',
  BadParameter: 'the wrapped key was changed, or another key wrapped it.',
}

/**
 * `azure-key-vault:https://<vault>.vault.azure.net/keys/<name>[/<version>]`. RSA wraps no context: that what comes back is
 * the key we asked for is seen by its id, which is a hash of it.
 */
export const azureKeyVault = (reference: string, settings: KeySettings): KeyService => {
  const key = serviceUrl(reference, 'azure-key-vault:')
  if (!keyPath.test(key.pathname)) {
    throw new KeyProblem('refused', 'azure-key-vault: needs https://<vault>.vault.azure.net/keys/<name>')
  }
  const ask = async (talk: Conversation, verb: 'wrapkey' | 'unwrapkey', value: string) =>
    talk.call({
      url: new URL(`${key.pathname}/${verb}?api-version=${version}`, key),
      headers: { authorization: `Bearer ${await signIn(talk, settings)}` },
      body: JSON.stringify({ alg, value }),
      hints,
    })
  return {
    async wrap(secret) {
      const talk = converse(name)
      const answer = await ask(talk, 'wrapkey', secret.toString('base64url'))
      const kid = serviceUrl(textIn(talk, answer, 'kid'), 'The key that Azure Key Vault used')
      // Another version may be current at the next start; another vault never is.
      if (kid.origin !== key.origin || !kid.pathname.startsWith(key.pathname)) {
        throw new KeyProblem('unavailable', `${name} wrapped with another key than it was asked to.`)
      }
      return { reference: kid.href, wrapped: textIn(talk, answer, 'value') }
    },
    async unwrap(wrapped) {
      const talk = converse(name)
      return Buffer.from(textIn(talk, await ask(talk, 'unwrapkey', wrapped), 'value'), 'base64url')
    },
  }
}

const signIn = async (talk: Conversation, settings: KeySettings): Promise<string> => {
  const authority = settings.JACKFIELD_KEYS_AZURE_AUTHORITY ?? 'https://login.microsoftonline.com/'
  const tenant = needed(settings, 'JACKFIELD_KEYS_AZURE_TENANT_ID', name)
  const grant = {
    grant_type: 'client_credentials',
    client_id: needed(settings, 'JACKFIELD_KEYS_AZURE_CLIENT_ID', name),
    client_secret: needed(settings, 'JACKFIELD_KEYS_AZURE_CLIENT_SECRET', name),
    scope,
  }
  const answer = await talk.call({
    url: new URL(
      `/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
      serviceUrl(authority, 'JACKFIELD_KEYS_AZURE_AUTHORITY'),
    ),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(grant)),
    hints,
  })
  return textIn(talk, answer, 'access_token')
}
