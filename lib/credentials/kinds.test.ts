import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { makeCertificates } from '#lib/connectors/_tls/testing/certificates'
import { db } from '#lib/db/client'
import { fitsHints } from './destination.ts'
import { credentialKindNames, credentialKinds, secretFieldsOf } from './kinds.ts'

const api = useApi()
useEngine()

let people: TestWorkspace['people']
beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const keyFile = (extra: object = {}) =>
  JSON.stringify({
    type: 'service_account',
    private_key: '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n',
    project_id: 'analytics-prod',
    client_email: 'etl@analytics-prod.iam.gserviceaccount.com',
    ...extra,
  })
const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
const tenant = { tenant_id: 'contoso', client_id: 'app' }

/** A full configuration of every kind; whatever is secret holds the word canary. */
const configs: Record<string, Record<string, unknown>> = {
  'database.password': {
    username: 'etl',
    host: 'db.example.com',
    port: 5432,
    password: 'canary',
    extra: '{"a":"canary"}',
  },
  'aws.access_key': { access_key_id: 'AKIA1', region: 'eu-central-1', secret_access_key: 'canary' },
  'aws.session': { access_key_id: 'ASIA1', secret_access_key: 'canary', session_token: 'canary-2' },
  'aws.assume_role': {
    role_arn: 'arn:aws:iam::123456789012:role/Ingest',
    chain_role_arns: ['arn:aws:iam::123456789012:role/First'],
    external_id: 'canary',
  },
  'azure.client_secret': { ...tenant, client_secret: 'canary' },
  'azure.certificate': { ...tenant, certificate: pem, private_key: 'canary' },
  'azure.managed_identity': { client_id: 'app' },
  'gcp.service_account': { service_account_json: keyFile() },
  'gcp.workload_federation': {
    audience: '//iam.googleapis.com/projects/1',
    configuration_json: '{"type":"external_account","canary":1}',
  },
  'api_key.key': { base_url: 'https://api.example.com', prefix: 'Bearer', api_key: 'canary' },
  'api_key.bearer': { base_url: 'https://api.example.com', token: 'canary' },
  'api_key.parts': { headers: { 'X-Api-Key': 'canary', 'X-App': 'canary-2' }, query: { app_id: 'canary-3' } },
  'api_key.webhook': { algorithm: 'sha512', header: 'X-Signature', signing_secret: 'canary' },
  'oauth.client': {
    client_id: 'app',
    token_url: 'https://auth.example.com/token',
    scopes: ['read', 'write'],
    client_secret: 'canary',
    refresh_token: 'canary-2',
  },
  'password.basic': { username: 'svc', host: 'ftp.example.com', port: 21, password: 'canary' },
  'password.ssh_key': { username: 'svc', host: 'sftp.example.com', private_key: 'canary', passphrase: 'canary-2' },
  'password.ssh_tunnel': { ssh_private_key: 'canary', ssh_passphrase: 'canary-2' },
}

const create = (name: string, kind: keyof typeof credentialKinds, config: object) =>
  api.call('POST', '/api/credentials', {
    as: people.owner,
    body: { name, type: credentialKinds[kind].type, kind, config },
  })
const put = (id: string, config: object) =>
  api.call('PUT', `/api/credentials/${id}`, { as: people.owner, body: { config } })

test('every kind stores its secret sealed and shows its public part alone', async () => {
  expect(Object.keys(configs).sort()).toEqual([...credentialKindNames].sort())
  for (const kind of credentialKindNames) {
    const config = configs[kind] ?? {}
    const answer = await create(`every ${kind}`, kind, config)
    expect([kind, answer.status, answer.body.errors]).toEqual([kind, 201, undefined])
    const secrets = Object.keys(config).filter((name) => secretFieldsOf(kind).includes(name))
    expect([kind, answer.body.data.secret.fields]).toEqual([kind, secrets.sort()])
    const shown = Object.fromEntries(Object.entries(config).filter(([name]) => !secrets.includes(name)))
    expect(answer.body.data.config).toMatchObject(shown)
    expect([kind, answer.text.includes('canary')]).toEqual([kind, false])
  }
  expect(JSON.stringify(await db().credential.findMany())).not.toContain('canary')
})

test('a kind refuses what belongs to another kind, field by field', async () => {
  for (const kind of credentialKindNames) {
    const answer = await create('foreign', kind, { ...configs[kind], not_a_field: 'canary' })
    expect([kind, answer.status, answer.body.errors[0].pointer]).toEqual([kind, 400, '/config/not_a_field'])
    expect(answer.text).not.toContain('canary')
  }
})

test('a key file is read for what may be shown, and refused where it is none', async () => {
  const { data } = (await create('gcp', 'gcp.service_account', { service_account_json: keyFile() })).body
  expect(data.config).toEqual({
    project_id: 'analytics-prod',
    client_email: 'etl@analytics-prod.iam.gserviceaccount.com',
  })
  const next = await put(data.id, { service_account_json: keyFile({ project_id: 'other' }) })
  expect(next.body.meta.changed).toEqual(['config.project_id', 'service_account_json'])
  for (const text of ['canary', '[]', '{}', keyFile({ type: 'authorized_user' }), keyFile({ private_key: 'canary' })]) {
    const answer = await create('gcp-bad', 'gcp.service_account', { service_account_json: text })
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/config/service_account_json'])
    expect(answer.text).not.toContain('canary')
  }
})

test('several secrets of one map are kept or replaced as a whole', async () => {
  const { id } = (await create('parts', 'api_key.parts', configs['api_key.parts'] ?? {})).body.data
  const kept = await put(id, { headers: '********', query: { app_id: 'new-canary' } })
  expect(kept.body).toMatchObject({ meta: { changed: ['query'] }, data: { secret: { fields: ['headers', 'query'] } } })
  for (const headers of [
    { 'X-Api-Key': '********' },
    { 'X Api': 'canary' },
    { 'X-Api-Key': 'canary\r\nX-Evil: 1' },
    Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`X-${i}`, 'canary'])),
    {},
  ]) {
    const answer = await put(id, { headers })
    expect([answer.status, answer.body.errors[0].pointer.startsWith('/config/headers')]).toEqual([400, true])
    expect(answer.text).not.toContain('canary')
  }
  expect((await put(id, { headers: null })).body.data.secret.fields).toEqual(['query'])
})

test('an address of the public part decides where the secret may go: scheme, host and port', () => {
  const at = (address: string) => {
    const { protocol, hostname, port } = new URL(address)
    return { scheme: protocol.slice(0, -1), host: hostname, port: Number(port) || 443, tls: 'verify-full' }
  }
  const config = { base_url: 'https://API.example.com/v1' }
  expect(fitsHints(config, at('https://api.example.com'))).toBe(true)
  expect(fitsHints({ base_url: 'https://api.example.com./v1' }, at('https://api.example.com'))).toBe(true)
  for (const other of ['https://evil.example.com', 'https://api.example.com:8443', 'http://api.example.com:443'])
    expect([other, fitsHints(config, at(other))]).toEqual([other, false])
  expect(fitsHints({ base_url: 'not an address' }, at('https://api.example.com'))).toBe(false)
})

test('every address of a kept secret is guarded, not the host alone', async () => {
  const moves: [keyof typeof credentialKinds, object][] = [
    ['api_key.key', { base_url: 'https://evil.example.com' }],
    ['oauth.client', { token_url: 'https://evil.example.com/token' }],
    ['oauth.client', { token_ca: makeCertificates().authority }],
    ['azure.client_secret', { authority_host: 'https://evil.example.com' }],
    ['password.basic', { host: 'evil.example.com' }],
    ['password.basic', { port: 2121 }],
    ['database.password', { host: null }],
  ]
  for (const [i, [kind, config]] of moves.entries()) {
    const { id } = (await create(`moved ${i}`, kind, configs[kind] ?? {})).body.data
    const url = `/api/credentials/${id}`
    const answer = await api.call('PUT', url, { as: people.integrator, body: { config } })
    expect([kind, config, answer.status, answer.body.code]).toEqual([kind, config, 403, 'destination_changed'])
  }
})

test('a client certificate says whose it is and until when; its key stays sealed', async () => {
  const { client } = makeCertificates()
  const stored = { username: 'etl', client_certificate: client.certificate, client_key: client.key }
  const answer = await api.call('POST', '/api/credentials', {
    as: people.owner,
    body: { name: 'with a certificate', type: 'database', config: stored },
  })
  expect(answer.body.data.certificate).toEqual({
    subject: 'CN=etl.test',
    issuer: 'CN=Test authority',
    expires_at: expect.stringMatching(/^20\d\d-/),
  })
  expect(answer.body.data.secret.fields).toEqual(['client_key'])
  expect(answer.text).not.toContain('PRIVATE KEY')
})
