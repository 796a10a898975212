import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { importSPKI, jwtVerify } from 'jose'
import { type Ask, serviceKey, startStandIn, textOf } from './stand-in.ts'

export const gcpKey = 'projects/acme/locations/europe-west3/keyRings/jackfield/cryptoKeys/kek'
const email = 'jackfield@acme.iam.gserviceaccount.com'

/** Cloud KMS and Google's token endpoint; writes the key file of a service account. */
export const startGcp = async (accountFile: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const keys = new Map([gcpKey, `${gcpKey}2`].map((name) => [name, serviceKey()]))
  const token = `ya29.${randomBytes(24).toString('base64url')}`
  const service = await startStandIn({
    forbidden: { error: { code: 403, status: 'PERMISSION_DENIED', message: 'Permission denied on resource' } },
    otherKey: { access_token: token, name: gcpKey, plaintext: Buffer.alloc(32, 7).toString('base64') },
    async answer(ask) {
      if (ask.url.pathname === '/token') return signIn(ask)
      if (ask.headers.authorization !== `Bearer ${token}`) return refusal(401, 'UNAUTHENTICATED')
      const [, name = '', verb] = /^\/v1\/(.+):(encrypt|decrypt)$/.exec(ask.url.pathname) ?? []
      const key = keys.get(name)
      if (!key) return refusal(404, 'NOT_FOUND')
      const input = JSON.parse(ask.body)
      const context = textOf(input.additionalAuthenticatedData)
      if (verb === 'encrypt') {
        const ciphertext = key.encrypt(Buffer.from(textOf(input.plaintext), 'base64'), context).toString('base64')
        return { status: 200, body: { name: `${name}/cryptoKeyVersions/1`, ciphertext } }
      }
      const opened = key.decrypt(Buffer.from(textOf(input.ciphertext), 'base64'), context)
      if (!opened) return refusal(400, 'INVALID_ARGUMENT')
      return { status: 200, body: { plaintext: opened.toString('base64') } }
    },
  })
  const tokenUri = `${service.origin}/token`
  const signIn = async ({ body }: Ask) => {
    const assertion = new URLSearchParams(body).get('assertion') ?? ''
    const options = { issuer: email, audience: tokenUri, algorithms: ['RS256'], maxTokenAge: '1h' }
    const verified = await jwtVerify(assertion, await importSPKI(publicKey, 'RS256'), options).catch(() => undefined)
    const isRight = verified?.payload.scope === 'https://www.googleapis.com/auth/cloudkms'
    if (!isRight) return { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } }
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } }
  }
  const writeAccount = (file: string, private_key: string) =>
    writeFileSync(
      file,
      JSON.stringify({
        ...{ type: 'service_account', private_key_id: 'k1', private_key, client_email: email, token_uri: tokenUri },
      }),
      { mode: 0o600 },
    )
  writeAccount(accountFile, privateKey)
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  writeAccount(`${accountFile}.foreign`, foreign.export({ type: 'pkcs8', format: 'pem' }).toString())
  return { ...service, privateKey }
}

const refusal = (code: number, status: string) => ({ status: code, body: { error: { code, status, message: '' } } })
