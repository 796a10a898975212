import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { sealSecret } from '#lib/engine/client'
import { storeTestCredential } from '#lib/engine/testing/harness'

const api = useApi()
const engine = useEngine()
const full = process.env.ASSURE === '1'
let workspace: TestWorkspace
let scope: { workspaceId: string; organizationId: string }

beforeAll(async () => {
  workspace = await makeWorkspace()
  scope = { workspaceId: workspace.id, organizationId: workspace.organizationId }
})
beforeEach(() => db().credential.deleteMany())

const call = (method: string, url: string) => api.call(method, url, { as: workspace.people.owner })
const keysNow = async () => (await call('GET', '/api/keys')).body.data
const primaryNow = async (): Promise<string> => (await keysNow()).keys[0].id
const add = async (): Promise<string> => {
  const answer = await call('POST', '/api/keys')
  expect(answer.status).toBe(201)
  return answer.body.data.id
}
const rewrapped = async () => {
  for (;;) {
    const { rewrap } = await keysNow()
    if (rewrap.state !== 'running') return rewrap
    await sleep(50)
  }
}
const doctor = async () => (await call('GET', '/api/keys/doctor')).body.data
const keyFile = () => path.join(engine.home, 'keys/encryption.json')
const idsInFile = () => JSON.parse(readFileSync(keyFile(), 'utf8')).keys.map(({ id }: { id: string }) => id)

/** Opens a stored secret in the engine, by copying it into a next version that nobody stores. */
const openStored = (id: string) =>
  sealSecret({
    ...{
      workspace_id: workspace.id,
      credential_id: id,
      version: 99,
      kind: 'database.password',
      sealed_to: '',
      fields: {},
    },
    keep: { version: 1, fields: ['password'] },
  })

test('a rotation: the new key opens only, then seals; the old one opens until nothing needs it', async () => {
  const credential = await storeTestCredential(scope, { password: 'one' })
  const old = await primaryNow()
  const fresh = await add()
  expect((await keysNow()).keys).toMatchObject([
    { id: old, state: 'primary', needed_by: 1 },
    { id: fresh, state: 'open_only', needed_by: 0 },
  ])
  expect((await openStored(credential)).key_id).toBe(old)
  expect((await call('POST', `/api/keys/${fresh}/promote`)).status).toBe(200)
  expect((await openStored(credential)).key_id).toBe(fresh)
  const refused = await call('POST', `/api/keys/${old}/retire`)
  expect([refused.status, refused.body.code]).toEqual([409, 'in_use'])
  expect(refused.body.detail).toContain('One stored secret needs this key')
  expect(idsInFile()).toEqual([fresh, old])

  const before = await db().credentialVersion.findFirstOrThrow()
  expect((await call('POST', '/api/keys/rewrap')).status).toBe(202)
  expect(await rewrapped()).toMatchObject({ state: 'finished', done: 1, total: 1, error: null })
  const after = await db().credentialVersion.findFirstOrThrow()
  expect([before.keyId, after.keyId]).toEqual([old, fresh])
  const content = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).subarray(-100)
  expect(content(after.envelope)).toEqual(content(before.envelope))
  expect(after.fingerprint).toBe((await openStored(credential)).fingerprint)

  expect((await call('POST', `/api/keys/${old}/retire`)).status).toBe(200)
  expect(idsInFile()).toEqual([fresh])
  expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
  const aside = path.join(engine.home, `keys/retired-${old}.json`)
  expect(JSON.parse(readFileSync(aside, 'utf8')).keys).toMatchObject([{ id: old }])
  expect(statSync(aside).mode & 0o777).toBe(0o600)
  expect((await openStored(credential)).key_id).toBe(fresh)
  expect(await doctor()).toMatchObject({ healthy: true, opened: 1, problem_count: 0 })
  const events = await db().auditEvent.findMany({ where: { event: { startsWith: 'key.' } }, orderBy: { id: 'asc' } })
  expect(events.filter(({ outcome }) => outcome === 'success').map(({ event }) => event)).toEqual(
    ['added', 'promoted', 'rewrap_started', 'rewrapped', 'retired'].map((name) => `key.${name}`),
  )
})

test('what still needs a key is counted with earlier versions and deleted credentials', async () => {
  const deleted = await storeTestCredential(scope, { password: 'one' })
  await db().credential.update({ where: { id: deleted }, data: { deletedAt: new Date() } })
  const replaced = await storeTestCredential(scope, { password: 'two' })
  const version = await db().credentialVersion.findFirstOrThrow({ where: { credentialId: replaced } })
  const destroyed = await storeTestCredential(scope, { password: 'three' })
  await db().credentialVersion.updateMany({ where: { credentialId: destroyed }, data: { envelope: null } })
  await db().credentialVersion.create({ data: { ...version, config: {}, version: 2 } })
  await db().credential.update({ where: { id: replaced }, data: { version: 2 } })
  const old = await primaryNow()
  await call('POST', `/api/keys/${await add()}/promote`)
  expect((await keysNow()).keys).toContainEqual(expect.objectContaining({ id: old, needed_by: 3 }))
  const refused = await call('POST', `/api/keys/${old}/retire`)
  expect(refused.body).toMatchObject({ code: 'in_use', key_id: old, needed_by: 3 })
})

test('a secret sealed with a key that was retired meanwhile is not stored', async () => {
  const sealed = await sealSecret({
    ...{
      workspace_id: workspace.id,
      credential_id: 'cred_late',
      version: 1,
      kind: 'x',
      sealed_to: '',
      fields: { password: 'late' },
    },
  })
  const fresh = await add()
  await call('POST', `/api/keys/${fresh}/promote`)
  expect((await call('POST', `/api/keys/${sealed.key_id}/retire`)).status).toBe(200)
  const other = await storeTestCredential(scope, { password: 'x' })
  const late = db().credentialVersion.create({
    data: {
      ...{ credentialId: other, version: 2, keyId: sealed.key_id, fields: [], fingerprint: '', createdBy: 'usr_1' },
      envelope: new Uint8Array(Buffer.from(sealed.envelope, 'base64')),
    },
  })
  await expect(late).rejects.toThrow('retired')
})

test('the doctor names what does not open, and why', async () => {
  const [good, bad, lost] = [
    await storeTestCredential(scope, { password: 'a' }),
    await storeTestCredential(scope, { password: 'b' }),
    await storeTestCredential(scope, { password: 'c' }),
  ]
  const { envelope } = await db().credentialVersion.findFirstOrThrow({ where: { credentialId: good } })
  await db().credentialVersion.updateMany({ where: { credentialId: bad }, data: { envelope } })
  const foreign = Buffer.concat([
    Buffer.from([0x4a, 0x46, 1, 1, 20]),
    Buffer.from('kek_0000000000000000'),
    Buffer.alloc(300),
  ])
  await db().credentialVersion.updateMany({
    where: { credentialId: lost },
    data: { envelope: foreign, keyId: 'kek_0000000000000000' },
  })
  const report = await doctor()
  expect(report).toMatchObject({ healthy: false, opened: 1, problem_count: 2 })
  expect(report.problems).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ credential_id: bad, problem: expect.stringContaining('changed outside Jackfield') }),
      expect.objectContaining({ credential_id: lost, problem: expect.stringContaining('key is not here') }),
    ]),
  )
  expect(report.advice).toContainEqual(expect.stringContaining('Put kek_0000000000000000 back'))
  // What does not open is left as it is, and said.
  await call('POST', `/api/keys/${await add()}/promote`)
  await call('POST', '/api/keys/rewrap')
  expect(await rewrapped()).toMatchObject({ state: 'finished', done: 1, error: expect.stringContaining('2 secrets') })
  expect(await db().credentialVersion.findFirstOrThrow({ where: { credentialId: bad } })).toMatchObject({ envelope })
})

test('an admin sees the keys, only an owner changes them', async () => {
  const admin = await api.call('POST', '/api/keys', { as: workspace.people.admin })
  expect(admin.status).toBe(403)
  expect((await api.call('GET', '/api/keys', { as: workspace.people.admin })).status).toBe(200)
})

test(
  'a rotation under constant load fails no request and loses no secret',
  async () => {
    const [count, perSecond] = full ? [10_000, 50] : [250, 40]
    const ids: string[] = []
    while (ids.length < count) {
      ids.push(...(await Promise.all(Array.from({ length: 10 }, () => storeTestCredential(scope, { password: 'p' })))))
    }
    const old = await primaryNow()
    const failures: unknown[] = []
    let asked = 0
    let isOver = false
    const pick = () => ids[Math.floor(Math.random() * ids.length)] ?? ''
    const create = async () => {
      const body = {
        name: newId('request'),
        type: 'database',
        config: { engine: 'postgresql', username: 'etl', password: 'new' },
      }
      const answer = await api.call('POST', '/api/credentials', { as: workspace.people.owner, body })
      if (answer.status !== 201) throw new Error(answer.text)
    }
    const read = async () => {
      const answer = await api.call('GET', `/api/credentials/${pick()}`, { as: workspace.people.owner })
      if (answer.status !== 200) throw new Error(answer.text)
    }
    const kinds = [() => openStored(pick()), create, read, () => openStored(pick())]
    const load = (async () => {
      const pending: Promise<unknown>[] = []
      while (!isOver) {
        const ask = kinds[asked++ % kinds.length] ?? read
        pending.push(ask().catch((error: unknown) => failures.push(error)))
        await sleep(1000 / perSecond)
      }
      await Promise.all(pending)
    })()
    await sleep(300)
    const fresh = await add()
    await sleep(300)
    await call('POST', `/api/keys/${fresh}/promote`)
    await sleep(300)
    await call('POST', '/api/keys/rewrap')
    await rewrapped()
    await sleep(300)
    const retired = await call('POST', `/api/keys/${old}/retire`)
    await sleep(300)
    isOver = true
    await load
    expect(failures).toEqual([])
    expect(asked).toBeGreaterThan(40)
    expect(retired.status).toBe(200)
    const stored = await db().credentialVersion.count({ where: { envelope: { not: null } } })
    expect(await doctor()).toMatchObject({ healthy: true, opened: stored })
    expect(await db().credentialVersion.count({ where: { keyId: { not: fresh } } })).toBe(0)
  },
  full ? 1_200_000 : 60_000,
)
