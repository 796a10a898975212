import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { storeTestCredential } from '#lib/engine/testing/harness'

const api = useApi()
const engine = useEngine()
const place = mkdtempSync(path.join(tmpdir(), 'jackfield-kit-'))
const root = path.join(import.meta.dirname, '../..')
const keyFile = () => path.join(engine.home, 'keys/encryption.json')
let workspace: TestWorkspace
let shares: string[] = []

const kit = (given: string[], input = '') =>
  spawnSync(process.execPath, ['scripts/admin.ts', 'keys', 'recovery-kit', ...given], {
    cwd: root,
    encoding: 'utf8',
    input,
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      DATABASE_URL: process.env.DATABASE_URL ?? '',
      JACKFIELD_HOME: engine.home,
    },
  })
const call = (method: string, url: string) => api.call(method, url, { as: workspace.people.owner })
const keysNow = async () => (await call('GET', '/api/keys')).body.data
const export_ = (name: string) => {
  const done = kit(['export', path.join(place, name)])
  expect([done.status, done.stderr]).toEqual([0, expect.stringContaining('kept nowhere')])
  return readdirSync(path.join(place, name))
    .sort()
    .map((file) => path.join(place, name, file))
}
/** Ends the engine, takes the key file away, starts again. */
const loseKeys = async () => {
  await engine.kill()
  rmSync(keyFile(), { force: true })
  await engine.start()
}

beforeAll(async () => {
  workspace = await makeWorkspace()
  await storeTestCredential({ workspaceId: workspace.id, organizationId: workspace.organizationId }, { password: 'p' })
  shares = export_('first')
}, 150_000)
afterAll(() => rmSync(place, { recursive: true, force: true }))

test('a kit is three private files with instructions, is recorded, and is kept nowhere', async () => {
  const [{ id, key }] = JSON.parse(readFileSync(keyFile(), 'utf8')).keys
  expect(shares).toHaveLength(3)
  const rows: object[] = [...(await db().auditEvent.findMany()), ...(await db().encryptionKey.findMany())]
  const everything = rows.map((row) => inspect(row, { depth: 9 })).join()
  for (const file of shares) {
    const text = readFileSync(file, 'utf8')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(text).toContain(`Brings back: ${id}`)
    expect(text).toContain('recovery-kit restore')
    expect(text).not.toContain(key)
    expect(everything).not.toContain(text.split('\n').at(-3))
  }
  expect(await db().auditEvent.count({ where: { event: 'key.kit_exported', outcome: 'success' } })).toBe(1)
  expect((await keysNow()).keys[0]).toMatchObject({ id, kit_exported_at: expect.any(String) })
})

test('a key leaves once; a new key may leave in a new kit', async () => {
  const again = kit(['export', path.join(place, 'again')])
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('a key leaves once')])
  expect(readdirSync(path.join(place, 'again'))).toEqual([])
  expect(kit(['export', path.join(engine.home, 'keys')]).stderr).toContain('apart from what they open')
  const printed = kit(['export'])
  expect([printed.status, printed.stdout]).toEqual([1, ''])
})

test('without the key file the product runs and the keys come back from every pair of shares', async () => {
  const before = readFileSync(keyFile(), 'utf8')
  const idsOf = (text: string) => JSON.parse(text).keys.map(({ id, key }: { id: string; key: string }) => [id, key])
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [2, 1],
  ] as const) {
    await loseKeys()
    expect(await keysNow()).toMatchObject({ source: 'missing', problem: expect.stringContaining('recovery-kit') })
    expect((await call('GET', '/api/credentials')).status).toBe(200)
    const restored = kit(['restore', shares[a] ?? '', shares[b] ?? ''])
    expect([restored.status, restored.stderr]).toEqual([0, expect.stringContaining('back in')])
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600)
    expect(idsOf(readFileSync(keyFile(), 'utf8'))).toEqual(idsOf(before))
    expect((await call('GET', '/api/keys/doctor')).body.data).toMatchObject({ healthy: true, opened: 1 })
  }
}, 240_000)

test('a single, altered or foreign share brings nothing back and writes nothing', async () => {
  const added = await call('POST', '/api/keys')
  expect(added.status).toBe(201)
  const [foreign = ''] = export_('second')
  await loseKeys()
  const altered = path.join(place, 'altered.txt')
  const text = readFileSync(shares[0] ?? '', 'utf8')
  writeFileSync(
    altered,
    text.replace(/(SHARE-----\n.{9})(.)/, (_, kept, letter) => kept + (letter === '7' ? '8' : '7')),
  )
  const tries: [string[], string][] = [
    [[shares[0] ?? ''], 'This is one share'],
    [[shares[0] ?? '', foreign], 'different kits'],
    [[altered, shares[1] ?? ''], 'was changed or mistyped'],
  ]
  for (const [files, sentence] of tries) {
    const refused = kit(['restore', ...files])
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining(sentence)])
  }
  expect(readdirSync(path.join(engine.home, 'keys'))).not.toContain('encryption.json')
}, 150_000)

test('typed shares do as well, and keys go behind those of a file that is there by now', async () => {
  const created = spawnSync(process.execPath, ['scripts/admin.ts', 'keys', 'create'], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', JACKFIELD_HOME: engine.home },
  })
  expect(created.status).toBe(0)
  const fresh = (await keysNow()).keys[0]?.id
  const typed = shares
    .slice(1)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const restored = kit(['restore'], typed)
  expect([restored.status, restored.stderr]).toEqual([0, expect.stringContaining('back in')])
  expect((await keysNow()).keys).toMatchObject([
    { id: fresh, state: 'primary' },
    { state: 'open_only', needed_by: 1 },
  ])
  expect((await call('GET', '/api/keys/doctor')).body.data).toMatchObject({ healthy: true, opened: 1 })
  expect(await db().auditEvent.count({ where: { event: 'key.kit_restored' } })).toBe(1)
}, 150_000)
