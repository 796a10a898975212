import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { sealSecret } from '#lib/engine/client'
import { sinkSealing } from '#lib/engine/protocol'
import { replaceSinkEnvelope } from '#lib/engine/sealed-sinks-store'
import { inTransaction, pageOfSealed, replaceEnvelope, takeRewrapLock } from '#lib/engine/store'
import { storeTestCredential } from '#lib/engine/testing/harness'

const api = useApi()
useEngine()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})
beforeEach(async () => {
  await db().credential.deleteMany()
  await db().auditSink.deleteMany()
})

const call = (method: string, url: string) => api.call(method, url, { as: workspace.people.owner })
const keysNow = async () => (await call('GET', '/api/keys')).body.data
const promoteNew = async (): Promise<{ old: string; fresh: string }> => {
  const old = (await keysNow()).keys[0].id
  const fresh = (await call('POST', '/api/keys')).body.data.id
  expect((await call('POST', `/api/keys/${fresh}/promote`)).status).toBe(200)
  return { old, fresh }
}
const ended = async () => {
  await expect.poll(async () => (await keysNow()).rewrap.state, { timeout: 60_000, interval: 200 }).not.toBe('running')
  return (await keysNow()).rewrap
}
const doctor = async () => (await call('GET', '/api/keys/doctor')).body.data
const store = (password = 'p') =>
  storeTestCredential({ workspaceId: workspace.id, organizationId: workspace.organizationId }, { password })

const storeSink = async (id: string) => {
  const url = 'https://siem.example.com/in'
  const sealing = sinkSealing({ id, workspaceId: workspace.id, origin: new URL(url).origin })
  const { envelope, key_id: keyId } = await sealSecret({
    ...sealing,
    fields: { signing_key: 'signing-key-of-sixteen' },
  })
  const config = { url }
  const sealed = { envelope: new Uint8Array(Buffer.from(envelope, 'base64')), keyId }
  const about = { id, workspaceId: workspace.id, name: id, kind: 'https', config, enabled: false, createdBy: 'usr_1' }
  await db().auditSink.create({ data: { ...about, ...sealed } })
}

test('destinations of the trail move to the new key as well; the old one can be retired', async () => {
  await store()
  await storeSink('sink_one')
  await storeSink('sink_two')
  const before = await db().auditSink.findUniqueOrThrow({ where: { id: 'sink_one' } })
  const { old, fresh } = await promoteNew()
  expect((await call('POST', `/api/keys/${old}/retire`)).status).toBe(409)
  expect((await call('POST', '/api/keys/rewrap')).status).toBe(202)
  expect(await ended()).toMatchObject({ state: 'finished', done: 3, total: 3, error: null })
  const after = await db().auditSink.findUniqueOrThrow({ where: { id: 'sink_one' } })
  expect(after).toEqual({ ...before, keyId: fresh, envelope: after.envelope })
  expect(await doctor()).toMatchObject({ healthy: true, opened: 3 })
  expect((await call('POST', `/api/keys/${old}/retire`)).status).toBe(200)
  const late = db().auditSink.update({ where: { id: 'sink_one' }, data: { keyId: old, envelope: before.envelope } })
  await expect(late).rejects.toThrow('retired')
}, 120_000)

test('a destination whose receiver was changed in the database stays, and the doctor names it', async () => {
  await storeSink('sink_moved')
  await db().auditSink.updateMany({ data: { config: { url: 'https://evil.example.com/' } } })
  await promoteNew()
  await call('POST', '/api/keys/rewrap')
  expect(await ended()).toMatchObject({ state: 'finished', done: 0, error: expect.stringContaining('1 secrets') })
  const { problems } = await doctor()
  expect(problems).toMatchObject([{ credential_id: 'sink_moved', problem: expect.stringContaining('changed outside') }])
}, 120_000)

test('one engine at a time: while another has the lock, nothing is moved; then the move goes on', async () => {
  for (let n = 0; n < 5; n++) await store()
  await promoteNew()
  await inTransaction(async (tx) => {
    expect(await takeRewrapLock(tx)).toBe(true)
    expect((await call('POST', '/api/keys/rewrap')).status).toBe(202)
    await sleep(3_000)
    expect((await keysNow()).rewrap).toMatchObject({ state: 'running', done: 0, total: 5 })
  })
  expect(await ended()).toMatchObject({ state: 'finished', done: 5 })
}, 120_000)

test('an envelope is replaced only where the one it was made from still is', async () => {
  await store('before')
  await storeSink('sink_cas')
  const [row] = await pageOfSealed({ credential_id: '', version: 0 }, 1)
  const sink = await db().auditSink.findUniqueOrThrow({ where: { id: 'sink_cas' } })
  if (!row || !sink.envelope) throw new Error('nothing is stored')
  const newer = new Uint8Array(Buffer.from('typed again meanwhile'))
  await db().credentialVersion.updateMany({ data: { envelope: newer } })
  await db().auditSink.updateMany({ data: { envelope: newer } })
  const next = { envelope: Buffer.from(row.envelope), keyId: row.key_id, fingerprint: 'x' }
  const old = { ...sink, url: '', envelope: sink.envelope, keyId: sink.keyId ?? '' }
  const replaced = await inTransaction(async (tx) => [
    await replaceEnvelope(tx, row, next),
    await replaceSinkEnvelope(tx, old, Buffer.from(old.envelope), old.keyId),
  ])
  expect(replaced).toEqual([false, false])
  expect((await db().credentialVersion.findFirstOrThrow()).envelope).toEqual(newer)
  expect((await db().auditSink.findFirstOrThrow()).envelope).toEqual(newer)
})

test('a key near the bound of its seals says so with the next secret: in the trail, once (ENC-11)', async () => {
  const [{ id }] = (await keysNow()).keys
  const seals = 2n ** 31n - 1n
  const about = { id, state: 'primary', source: 'file', seals }
  await db().encryptionKey.upsert({ where: { id }, create: about, update: { seals } })
  await store()
  const events = () => db().auditEvent.findMany({ where: { event: 'key.near_limit', targetId: id } })
  await expect.poll(async () => (await events()).length, { timeout: 30_000, interval: 250 }).toBe(1)
  const counted = (await keysNow()).keys[0].seals
  await store()
  await expect.poll(async () => (await keysNow()).keys[0].seals, { timeout: 30_000 }).toBeGreaterThan(counted)
  expect(await events()).toHaveLength(1)
}, 90_000)
