import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { keyIdFor } from '../key-check.ts'
import { KeyProblem } from '../key-problem.ts'
import { unwrapKey, type WrappedEntry, wrapKey } from './find.ts'
import type { ServiceKind } from './service.ts'
import type { KeySettings } from './settings.ts'
import { awsAccount, awsArn, isSignedBy, startAws } from './testing/aws.ts'
import { azureClient, startAzure } from './testing/azure.ts'
import { gcpKey, startGcp } from './testing/gcp.ts'
import type { StandIn } from './testing/stand-in.ts'
import { startVault, vaultRole, vaultToken } from './testing/vault.ts'

// What every key service must do for us, asked of all of them in the same words.
interface Service {
  standIn: StandIn
  source: string
  /** Another key of the same service that we may use, too. */
  otherSource: string
  settings: KeySettings
  /** Somebody else's way to sign in, and the variable a refusal of it must name. */
  foreign: [KeySettings, string]
  /** What no error may hold. */
  secrets: string[]
}

const place = mkdtempSync(path.join(tmpdir(), 'jackfield-services-'))
const starts: Record<ServiceKind, () => Promise<Service>> = {
  async 'aws-kms'() {
    const standIn = await startAws()
    const settings = {
      JACKFIELD_KEYS_AWS_ACCESS_KEY_ID: awsAccount.id,
      JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY: awsAccount.secret,
      JACKFIELD_KEYS_AWS_ENDPOINT: `${standIn.origin}/`,
    }
    const foreign = { ...settings, JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY: 'of somebody else' }
    return {
      ...{ standIn, settings, source: `aws-kms:${awsArn}`, otherSource: `aws-kms:${awsArn}0` },
      foreign: [foreign, 'JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY'],
      secrets: [awsAccount.secret],
    }
  },
  async 'gcp-kms'() {
    const file = path.join(mkdtempSync(path.join(place, 'gcp-')), 'account.json')
    const { privateKey, ...standIn } = await startGcp(file)
    const settings = {
      JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE: file,
      JACKFIELD_KEYS_GCP_ENDPOINT: standIn.origin,
    }
    const foreign = { ...settings, JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE: `${file}.foreign` }
    return {
      ...{ standIn, settings, source: `gcp-kms:${gcpKey}`, otherSource: `gcp-kms:${gcpKey}2` },
      foreign: [foreign, 'JACKFIELD_KEYS_GCP_SERVICE_ACCOUNT_FILE'],
      secrets: [privateKey.split('\n')[2] ?? ''],
    }
  },
  async 'azure-key-vault'() {
    const { authority, rotate: _, ...standIn } = await startAzure()
    const settings = {
      JACKFIELD_KEYS_AZURE_AUTHORITY: authority,
      JACKFIELD_KEYS_AZURE_TENANT_ID: azureClient.tenant,
      JACKFIELD_KEYS_AZURE_CLIENT_ID: azureClient.id,
      JACKFIELD_KEYS_AZURE_CLIENT_SECRET: azureClient.secret,
    }
    const foreign = { ...settings, JACKFIELD_KEYS_AZURE_CLIENT_SECRET: 'of somebody else' }
    return {
      ...{ standIn, settings, source: `azure-key-vault:${standIn.origin}/keys/kek` },
      otherSource: `azure-key-vault:${standIn.origin}/keys/kek/v2`,
      foreign: [foreign, 'JACKFIELD_KEYS_AZURE_CLIENT_SECRET'],
      secrets: [azureClient.secret],
    }
  },
  async 'vault-transit'() {
    const standIn = await startVault()
    const settings = {
      JACKFIELD_KEYS_VAULT_ROLE_ID: vaultRole.id,
      JACKFIELD_KEYS_VAULT_SECRET_ID: vaultRole.secret,
    }
    const foreign = { ...settings, JACKFIELD_KEYS_VAULT_SECRET_ID: 'of somebody else' }
    return {
      ...{ standIn, settings, source: `vault-transit:${standIn.origin}/team/transit/jackfield` },
      otherSource: `vault-transit:${standIn.origin}/team/transit/other`,
      foreign: [foreign, 'JACKFIELD_KEYS_VAULT_SECRET_ID'],
      secrets: [vaultRole.secret, vaultToken],
    }
  },
}

afterAll(() => rmSync(place, { recursive: true, force: true }))

const kinds: ServiceKind[] = ['aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit']

describe.each(kinds)('%s', (kind) => {
  const key = randomBytes(32)
  const id = keyIdFor(key)
  let service: Service
  let entry: WrappedEntry
  beforeAll(async () => {
    service = await starts[kind]()
    entry = await wrapKey(Buffer.from(key), service.source, service.settings)
  })
  afterAll(() => service.standIn.stop())
  afterEach(() => service.standIn.setFault('none'))

  /** The refusal, after a look that it gives nothing away. */
  const refusalOf = async (work: () => Promise<unknown>): Promise<KeyProblem> => {
    const error = await work().catch((caught: unknown) => caught)
    if (!(error instanceof KeyProblem)) throw new Error(`expected a refusal, got ${String(error)}`)
    const everything = `${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
    const forms = (['base64', 'base64url', 'hex'] as const).map((form) => key.toString(form))
    for (const secret of [...forms, ...service.secrets]) expect(everything).not.toContain(secret)
    return error
  }
  const unwrap = (change: Partial<WrappedEntry> = {}, settings = service.settings) =>
    unwrapKey(id, { ...entry, ...change }, settings)

  it('gives a key back, and what lies on the disk is not the key', async () => {
    expect(await unwrap()).toEqual(key)
    expect(entry.source.startsWith(service.source)).toBe(true)
    for (const form of ['base64', 'base64url', 'hex'] as const) expect(entry.wrapped).not.toContain(key.toString(form))
  })

  it('opens nothing with another key of the service', async () => {
    expect((await refusalOf(() => unwrap({ source: service.otherSource }))).kind).toBe('unavailable')
  })

  it('opens nothing under another id: a wrapped key moved to another entry is refused', async () => {
    const other = keyIdFor(randomBytes(32))
    await refusalOf(() => unwrapKey(other, entry, service.settings))
  })

  it('takes no other key from whoever answers', async () => {
    service.standIn.setFault('other-key')
    expect((await refusalOf(() => unwrap())).kind).toBe('damaged')
  })

  it('opens nothing that was changed', async () => {
    const prefix = entry.wrapped.startsWith('vault:v1:') ? 'vault:v1:' : ''
    const bytes = Buffer.from(entry.wrapped.slice(prefix.length), 'base64')
    const form = kind === 'azure-key-vault' ? 'base64url' : 'base64'
    for (const at of [0, 5, 13, 20, 40, bytes.length - 17, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      await refusalOf(() => unwrap({ wrapped: prefix + changed.toString(form) }))
    }
    for (const wrapped of ['', prefix, entry.wrapped.slice(0, -8)]) await refusalOf(() => unwrap({ wrapped }))
  })

  it('says what to do when it may not, and who is meant', async () => {
    service.standIn.setFault('forbidden')
    const { message, kind: found } = await refusalOf(() => unwrap())
    expect([found, message]).toEqual(['unavailable', expect.stringMatching(/answered 403 \(.+\): .*JACKFIELD_KEYS_/)])
    service.standIn.setFault('none')
    const [settings, variable] = service.foreign
    expect((await refusalOf(() => unwrap({}, settings))).message).toContain(variable)
  })

  it('names the variable that is missing', async () => {
    for (const name of Object.keys(service.settings)) {
      if (/ENDPOINT|AUTHORITY/.test(name)) continue
      const { message } = await refusalOf(() => unwrap({}, { ...service.settings, [name]: undefined }))
      expect(message).toMatch(name.includes('ROLE_ID') ? /VAULT_TOKEN is not set/ : new RegExp(`${name} is not set`))
    }
  })

  it('gives up on errors, on answers of any size, and repeats nothing of what was sent', async () => {
    for (const fault of ['broken', 'huge', 'echo', 'redirect'] as const) {
      service.standIn.setFault(fault)
      const asked = service.standIn.count()
      const refused = await refusalOf(() => unwrap())
      expect([refused.kind, service.standIn.count() - asked]).toEqual(['unavailable', 1])
      if (fault === 'huge') expect(refused.message).toContain('far more than a key')
      expect((await refusalOf(() => wrapKey(Buffer.from(key), service.source, service.settings))).kind).toBe(
        'unavailable',
      )
    }
    service.standIn.setFault('broken')
    expect((await refusalOf(() => unwrap())).message).toContain('answered 500: it is out of order')
  })

  it('says so when nobody is there', async () => {
    const source = kind === 'azure-key-vault' ? 'azure-key-vault:http://127.0.0.1:9/keys/kek' : service.source
    const nowhere = { JACKFIELD_KEYS_AWS_ENDPOINT: 'http://127.0.0.1:9', JACKFIELD_KEYS_GCP_ENDPOINT: 'http://[::1]:9' }
    const place = kind === 'vault-transit' ? 'vault-transit:http://127.0.0.1:9/transit/k' : source
    const refused = await refusalOf(() => unwrap({ source: place }, { ...service.settings, ...nowhere }))
    expect(refused.message).toMatch(/cannot be reached/)
  })
})

it('a service that is silent, or never done, is given up after a deadline', async () => {
  const key = randomBytes(32)
  const late = kinds.flatMap((kind) => (['silent', 'trickle'] as const).map((fault) => ({ kind, fault })))
  const refusals = late.map(async ({ kind, fault }) => {
    const { standIn, source, settings } = await starts[kind]()
    const entry = await wrapKey(Buffer.from(key), source, settings)
    standIn.setFault(fault)
    const refused = await unwrapKey(keyIdFor(key), entry, settings).catch((error: unknown) => error)
    await standIn.stop()
    return String(refused)
  })
  for (const refused of await Promise.all(refusals)) expect(refused).toContain('did not answer within 8 s')
}, 60_000)

it('a version of an Azure key that is not the current one any more still opens', async () => {
  const { authority, rotate, ...standIn } = await startAzure()
  const key = randomBytes(32)
  const settings = {
    JACKFIELD_KEYS_AZURE_AUTHORITY: authority,
    JACKFIELD_KEYS_AZURE_TENANT_ID: azureClient.tenant,
    JACKFIELD_KEYS_AZURE_CLIENT_ID: azureClient.id,
    JACKFIELD_KEYS_AZURE_CLIENT_SECRET: azureClient.secret,
  }
  const entry = await wrapKey(Buffer.from(key), `azure-key-vault:${standIn.origin}/keys/kek`, settings)
  rotate()
  expect(entry.source).toMatch(/\/keys\/kek\/v1$/)
  expect(await unwrapKey(keyIdFor(key), entry, settings)).toEqual(key)
  await standIn.stop()
})

it.each([
  ['aws-kms:alias/jackfield', 'ARN'],
  ['gcp-kms:projects/acme', 'keyRings'],
  ['azure-key-vault:http://vault.example.com/keys/kek', 'https'],
  ['azure-key-vault:https://user:pw@v.example.com/keys/kek', 'without a user'],
  ['vault-transit:http://vault.example.com/transit/k', 'https'],
  ['vault-transit:https://vault.example.com/', 'mount'],
  ['paper', 'A key is kept in'],
])('a source that is none is refused before anything is sent: %s', async (source, sentence) => {
  const refused = await wrapKey(randomBytes(32), source, {}).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(KeyProblem)
  expect(String(refused)).toContain(sentence)
})

it.each([
  ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
])('the stand-in of AWS judges signatures as AWS’s published vectors do: %s', (method, signature) => {
  const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
  const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request'
  const ask = (given: string) => ({
    ...{ method, url: new URL('https://example.amazonaws.com/'), body: '' },
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${given}`,
    },
  })
  expect(isSignedBy(ask(signature), secret)).toBe(true)
  expect(isSignedBy(ask(signature), `${secret}x`)).toBe(false)
  expect(isSignedBy(ask(`0${signature.slice(1)}`), secret)).toBe(false)
})
