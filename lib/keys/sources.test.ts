import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { sealSecret } from '#lib/engine/client'
import { storeTestCredential } from '#lib/engine/testing/harness'
import { loadOrCreateKeyring } from '#lib/vault/keyring'
import { awsAccount, awsArn, startAws } from '#lib/vault/services/testing/aws'
import type { StandIn } from '#lib/vault/services/testing/stand-in'
import { startVault, vaultToken } from '#lib/vault/services/testing/vault'

// Keys that move from the key file into a key service, between services, and what an outage of one means.
let vault: StandIn
let aws: StandIn
const variables = () => ({
  JACKFIELD_KEYS_VAULT_TOKEN: vaultToken,
  JACKFIELD_KEYS_AWS_ACCESS_KEY_ID: awsAccount.id,
  JACKFIELD_KEYS_AWS_SECRET_ACCESS_KEY: awsAccount.secret,
  JACKFIELD_KEYS_AWS_ENDPOINT: aws.origin,
})
beforeAll(async () => {
  vault = await startVault()
  aws = await startAws()
})
const api = useApi()
const engine = useEngine(variables)
let workspace: TestWorkspace

const keyFile = () => path.join(engine.home, 'keys/encryption.json')
const entries = (): Record<string, string>[] => JSON.parse(readFileSync(keyFile(), 'utf8')).keys
const call = (method: string, url: string) => api.call(method, url, { as: workspace.people.owner })
const keysNow = async () => (await call('GET', '/api/keys')).body.data
// Not synchronous: the stand-ins live in this process.
const keys = async (...given: string[]) => {
  const { PATH = '', DATABASE_URL = '' } = process.env
  const env = { NODE_ENV: 'test' as const, PATH, DATABASE_URL, JACKFIELD_HOME: engine.home, ...variables() }
  const cwd = path.join(import.meta.dirname, '../..')
  const child = spawn(process.execPath, ['scripts/admin.ts', 'keys', ...given], { cwd, env })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status: child.exitCode, stdout: stdout.trim(), stderr }
}
const move = async (source: string): Promise<string> => {
  const added = await keys('add', '--source', source)
  expect([added.status, added.stderr]).toEqual([0, expect.stringContaining('Back the keys up')])
  const [before] = (await keysNow()).keys
  expect((await keys('promote', added.stdout)).status).toBe(0)
  expect((await keys('rewrap')).status).toBe(0)
  expect((await keys('retire', before.id)).status).toBe(0)
  return added.stdout
}
const healthy = { healthy: true, opened: 1, problem_count: 0 }
const doctor = async () => (await call('GET', '/api/keys/doctor')).body.data

beforeAll(async () => {
  workspace = await makeWorkspace()
  await storeTestCredential({ workspaceId: workspace.id, organizationId: workspace.organizationId }, { password: 'p' })
})
afterAll(() => Promise.all([vault.stop(), aws.stop()]))

test('from the key file to Vault and on to AWS while everything runs; no key is left open on the disk', async () => {
  const source = `vault-transit:${vault.origin}/team/transit/jackfield`
  const inVault = await move(source)
  expect(entries()).toEqual([
    { id: inVault, source, wrapped: expect.stringContaining('vault:v1:'), created_at: expect.any(String) },
  ])
  const now = await keysNow()
  expect([now.source, now.keys[0]]).toEqual([
    'vault-transit',
    expect.objectContaining({ id: inVault, source, needed_by: 1 }),
  ])
  expect(await doctor()).toMatchObject(healthy)
  const inAws = await move(`aws-kms:${awsArn}`)
  expect(entries()).toMatchObject([{ id: inAws, source: `aws-kms:${awsArn}` }])
  expect(await doctor()).toMatchObject(healthy)
  const { stdout } = await keys('status')
  expect(stdout).toMatch(new RegExp(`^${inAws} +primary +needed by 1 .+aws-kms:${awsArn} +answers$`, 'm'))
  const added = await db().auditEvent.findMany({ where: { event: 'key.added' } })
  expect(added.map(({ details }) => details)).toContainEqual(expect.objectContaining({ source }))
}, 300_000)

test('the service is asked at the start; when it is away later, secrets are opened and sealed as before', async () => {
  const asked = aws.count()
  aws.setFault('silent')
  const sealed = {
    sealed_to: '',
    workspace_id: workspace.id,
    credential_id: 'cred_x',
    version: 1,
    kind: 'x',
    fields: { password: 'x' },
  }
  const started = performance.now()
  for (let n = 0; n < 20; n++) await sealSecret(sealed)
  expect(performance.now() - started).toBeLessThan(6_000)
  expect(aws.count()).toBe(asked)
  aws.setFault('none')
})

test('an outage at the start locks the secrets and nothing else, and ends by itself', async () => {
  aws.setFault('broken')
  await engine.kill()
  await engine.start()
  expect(await keysNow()).toMatchObject({
    source: 'missing',
    problem: expect.stringMatching(/AWS KMS answered 500.+locked.+asks again/),
  })
  expect((await call('GET', '/api/credentials')).status).toBe(200)
  expect(entries()).toHaveLength(1)
  const asked = aws.count()
  for (let n = 0; n < 10; n++) await call('GET', '/api/keys')
  expect(aws.count() - asked).toBeLessThan(5)
  const report = await doctor()
  expect(report).toMatchObject({ healthy: false, problem_count: 1, keys: [expect.stringContaining('AWS KMS')] })
  aws.setFault('none')
  await expect.poll(async () => (await keysNow()).source, { timeout: 30_000, interval: 500 }).toBe('aws-kms')
  expect(await doctor()).toMatchObject(healthy)
}, 150_000)

test('a service that refuses to wrap adds no key; one that is gone does not take the other keys with it', async () => {
  vault.setFault('forbidden')
  const refused = await keys('add', '--source', `vault-transit:${vault.origin}/team/transit/jackfield`)
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('JACKFIELD_KEYS_VAULT_TOKEN')])
  expect(entries()).toHaveLength(1)
  vault.setFault('none')
  const { stdout: second } = await keys('add', '--source', `vault-transit:${vault.origin}/team/transit/jackfield`)
  vault.setFault('forbidden')
  await engine.kill()
  await engine.start()
  const now = await keysNow()
  expect(now.source).toBe('aws-kms')
  expect(await doctor()).toMatchObject({ opened: 1, keys: [expect.stringMatching(new RegExp(`^${second}: Vault`))] })
  expect((await keys('promote', second)).status).toBe(1)
  expect((await keys('retire', second)).status).toBe(0)
  vault.setFault('none')
}, 150_000)

test('a fresh installation never has an open key: the first one is wrapped, or none is made', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-fresh-'))
  const folder = path.join(home, 'keys')
  const settings = { ...variables(), JACKFIELD_KEY_SOURCE: `aws-kms:${awsArn}` }
  aws.setFault('broken')
  await expect(loadOrCreateKeyring(folder, undefined, { settings })).rejects.toThrow('AWS KMS answered 500')
  aws.setFault('none')
  const ring = await loadOrCreateKeyring(folder, undefined, { settings })
  expect(ring).toMatchObject({ created: true, source: 'aws-kms' })
  const file = readFileSync(path.join(folder, 'encryption.json'), 'utf8')
  expect(file).not.toContain(ring?.primary.secret.export().toString('base64'))
  expect((await loadOrCreateKeyring(folder, undefined, { settings }))?.primary.id).toBe(ring?.primary.id)
  rmSync(home, { recursive: true, force: true })
})
