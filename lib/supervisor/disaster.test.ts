import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#lib/auth/actor'
import { resetEnv } from '#lib/config/env'
import { anyFreePort } from '#lib/config/ports'
import { db, disconnect } from '#lib/db/client'
import { type EmbeddedServer, startEmbedded } from '#lib/db/embedded'
import type { DatabaseAddresses } from '#lib/db/roles'
import { holdKeys } from '#lib/engine/keys'
import { createRewrapper } from '#lib/engine/rewrap'
import { createWorkspace, startTestEngine, storeTestCredential, type TestEngine } from '#lib/engine/testing/harness'
import { addKey, examine, promoteKey, rewrapSecrets } from '#lib/keys/operations'
import { openDatabase, prepareSchema } from './database.ts'

// A PostgreSQL of this file's own, which may be killed, and a second, really fresh one to restore into.
const place = mkdtempSync(path.join(tmpdir(), 'jackfield-disaster-'))
const count = 400
let server: EmbeddedServer
let addresses: DatabaseAddresses
let engine: TestEngine
let actor: Actor

const startServer = async (name: string) => startEmbedded({ home: place, name, port: await anyFreePort('127.0.0.1') })
const admin = (given: string[], { app, owner }: DatabaseAddresses, home: string) =>
  spawnSync(process.execPath, ['scripts/admin.ts', ...given], {
    cwd: path.join(import.meta.dirname, '../..'),
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'test',
      DATABASE_URL: app,
      JACKFIELD_MIGRATIONS_DATABASE_URL: owner,
      JACKFIELD_HOME: home,
    },
  })

beforeAll(async () => {
  server = await startServer('database')
  addresses = await openDatabase(server.adminUrl())
  await prepareSchema(addresses)
  process.env.DATABASE_URL = addresses.app
  resetEnv()
  engine = await startTestEngine({ keys: path.join(place, 'keys') })
  const scope = await createWorkspace()
  actor = { kind: 'system', id: 'system', name: 'test', role: 'owner', ...scope }
  for (let n = 0; n < count; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => storeTestCredential(scope, { password: `${n} ${i}` })))
  }
}, 240_000)
afterAll(async () => {
  await engine.stop()
  await disconnect()
  await server.stop()
  delete process.env.DATABASE_URL
  resetEnv()
  rmSync(place, { recursive: true, force: true })
})

test('PostgreSQL killed again and again while two engines move secrets: each is moved once, and all open', async () => {
  const keys = await Promise.all([1, 2].map(() => holdKeys({ folder: path.join(place, 'keys'), fromEnv: undefined })))
  const { id } = await addKey(actor, {})
  await promoteKey(actor, { id })
  await rewrapSecrets(actor, {})
  let isOver = false
  const failures: unknown[] = []
  const workers = keys.map(async (holder) => {
    const { step } = createRewrapper(holder)
    while (!isOver) {
      await step().catch((error: unknown) => failures.push(error))
      await sleep(20)
    }
  })
  const moved = async () =>
    (await db()
      .rewrap.findFirst()
      .catch(() => undefined)) ?? { state: 'unknown', done: 0 }
  let kills = 0
  for (; kills < 6 && (await moved()).state !== 'finished'; kills++) {
    await sleep(Math.random() * 200)
    // As `kill -9` and as `pg_ctl stop -m immediate` do it.
    process.kill(server.pid, kills % 2 === 0 ? 'SIGKILL' : 'SIGQUIT')
    await server.ended
    server = await startServer('database')
  }
  await expect.poll(async () => (await moved()).state, { timeout: 120_000, interval: 200 }).toBe('finished')
  isOver = true
  await Promise.all(workers)
  expect(kills).toBeGreaterThan(1)
  expect(await db().rewrap.findMany()).toMatchObject([{ done: count, total: count, error: null }])
  expect(await db().credentialVersion.count({ where: { keyId: id } })).toBe(count)
  expect(await db().auditEvent.count({ where: { event: 'key.rewrapped' } })).toBe(1)
  expect(await examine(actor, {})).toMatchObject({ healthy: true, opened: count })
}, 300_000)

test('a backup fills a really fresh cluster and everything opens; without the key nothing is written', async () => {
  const file = path.join(place, 'all.jfb')
  const made = admin(['backup', 'create', file], addresses, place)
  expect([made.status, made.stderr]).toEqual([0, expect.stringContaining('Wrote')])
  const other = await startServer('fresh')
  try {
    const into = await openDatabase(other.adminUrl())
    const [wrong, right] = ['wrong', 'right'].map((name) => path.join(place, name))
    if (wrong === undefined || right === undefined) throw new Error('no homes')
    mkdirSync(path.join(right, 'keys'), { recursive: true, mode: 0o700 })
    cpSync(path.join(place, 'keys/encryption.json'), path.join(right, 'keys/encryption.json'))
    mkdirSync(wrong, { mode: 0o700 })
    expect(admin(['keys', 'create'], into, wrong).status).toBe(0)
    const refused = admin(['backup', 'restore', file], into, wrong)
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('these keys are not here')])
    expect(await rowsIn(into.owner)).toEqual({ credentials: 0, versions: 0 })
    const restored = admin(['backup', 'restore', file], into, right)
    expect([restored.status, restored.stderr]).toEqual([0, expect.stringContaining(`all ${count} secrets open`)])
    expect(await rowsIn(into.owner)).toEqual({ credentials: count, versions: count })
    const doctor = admin(['keys', 'doctor'], into, right)
    expect([doctor.status, doctor.stdout]).toEqual([0, expect.stringContaining(`${count} secrets open, 0 do not`)])
  } finally {
    await other.stop()
  }
}, 300_000)

const rowsIn = async (url: string) => {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(
    'select (select count(*)::int from credentials) as credentials, (select count(*)::int from credential_versions) as versions',
  )
  await client.end()
  return rows[0]
}
