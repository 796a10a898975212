import { readFileSync } from 'node:fs'
import { importPKCS8, SignJWT } from 'jose'
import { KeyProblem } from '../key-problem.ts'
import { type Conversation, converse, serviceUrl, textIn } from './call.ts'
import type { KeyService } from './service.ts'
import { type KeySettings, needed } from './settings.ts'

const name = 'Google Cloud KMS'
const file = 'JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE'
const keyName = /^projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/
const scope = 'https://www.googleapis.com/auth/cloudkms'

const hints = {
  invalid_grant: `the service account of ${file} is gone, its key was revoked, or the clock of this machine is wrong.`,
  PERMISSION_DENIED: `the service account of ${file} needs roles/cloudkms.cryptoKeyEncrypterDecrypter on this key.`,
  UNAUTHENTICATED: `the service account of ${file} was not accepted.`,
  INVALID_ARGUMENT: 'the wrapped key was changed, or was wrapped by another key or for another key of Jackfield.',
  NOT_FOUND: 'there is no such key.',
  FAILED_PRECONDITION: 'the version of the key is disabled or destroyed. Enable or restore it.',
}

/** `gcp-kms:projects/…/cryptoKeys/…`; the id of our key is the additional authenticated data. */
export const gcpKms = (reference: string, settings: KeySettings): KeyService => {
  if (!keyName.test(reference)) throw new KeyProblem('refused', 'gcp-kms: needs projects/…/keyRings/…/cryptoKeys/…')
  const endpoint = settings.JACKFIELD_KEYS_GCP_ENDPOINT ?? 'https://cloudkms.googleapis.com/'
  const base = serviceUrl(endpoint, 'JACKFIELD_KEYS_GCP_ENDPOINT')
  const ask = async (talk: Conversation, verb: 'encrypt' | 'decrypt', input: object, id: string) => {
    const additionalAuthenticatedData = Buffer.from(`jackfield:${id}`).toString('base64')
    return talk.call({
      url: new URL(`/v1/${reference}:${verb}`, base),
      headers: { authorization: `Bearer ${await signIn(talk, settings)}` },
      body: JSON.stringify({ ...input, additionalAuthenticatedData }),
      hints,
    })
  }
  return {
    async wrap(key, id) {
      const talk = converse(name)
      const answer = await ask(talk, 'encrypt', { plaintext: key.toString('base64') }, id)
      return { reference, wrapped: textIn(talk, answer, 'ciphertext') }
    },
    async unwrap(wrapped, id) {
      const talk = converse(name)
      return Buffer.from(textIn(talk, await ask(talk, 'decrypt', { ciphertext: wrapped }, id), 'plaintext'), 'base64')
    },
  }
}

/** A token for the service account: a statement signed with its private key (RFC 7523). */
const signIn = async (talk: Conversation, settings: KeySettings): Promise<string> => {
  const { email, keyId, key, tokenUrl } = await accountOf(settings)
  const assertion = await new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(email)
    .setAudience(tokenUrl.href)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key)
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  const answer = await talk.call({
    url: tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams(grant)),
    hints,
  })
  return textIn(talk, answer, 'access_token')
}

const accountOf = async (settings: KeySettings) => {
  const place = needed(settings, file, name)
  try {
    const account: unknown = JSON.parse(readFileSync(place, 'utf8'))
    if (!isAccount(account)) throw new Error('not an account')
    const key = await importPKCS8(account.private_key, 'RS256')
    const tokenUrl = serviceUrl(account.token_uri, 'token_uri')
    return { email: account.client_email, keyId: account.private_key_id, key, tokenUrl }
  } catch {
    // What was wrong with it may quote the private key.
    throw new KeyProblem('unavailable', `${name} cannot be asked: ${file} names no key file of a service account.`)
  }
}

interface Account {
  client_email: string
  private_key: string
  private_key_id?: string
  token_uri: string
}

const isAccount = (value: unknown): value is Account =>
  typeof value === 'object' &&
  value !== null &&
  ['client_email', 'private_key', 'token_uri'].every(
    (key) => key in value && typeof Object.entries(value).find(([name]) => name === key)?.[1] === 'string',
  )
