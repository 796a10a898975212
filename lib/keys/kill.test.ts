import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#lib/auth/actor'
import { resetEnv } from '#lib/config/env'
import { seededRandom } from '#lib/core/testing/random'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { createWorkspace, storeTestCredential } from '#lib/engine/testing/harness'
import { originKeyOf } from '#lib/supervisor/audit-key'
import { addKey, examine, listKeys, promoteKey, rewrapSecrets } from './operations.ts'

const database = useTestDatabase()
const kills = process.env.ASSURE === '1' ? 1_000 : 25
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const home = mkdtempSync(path.join(tmpdir(), 'jackfield-kill-'))
const settings = {
  JACKFIELD_HOME: home,
  JACKFIELD_ENGINE_SOCKET: path.join(home, 's', 'e.sock'),
  JACKFIELD_ENGINE_TOKEN: randomBytes(24).toString('hex'),
}
let engine: ChildProcess
let actor: Actor

const startEngine = async () => {
  const env = { NODE_ENV: 'test' as const, PATH: process.env.PATH ?? '', DATABASE_URL: database.url(), ...settings }
  engine = spawn(process.execPath, [path.join(import.meta.dirname, '../engine/main.ts')], {
    env: { ...env, JACKFIELD_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(engine, 'message')
}
const kill = async () => {
  const gone = once(engine, 'exit')
  engine.kill('SIGKILL')
  await gone
}

beforeAll(async () => {
  await startEngine()
  Object.assign(process.env, settings, { JACKFIELD_AUDIT_ORIGIN_KEY: await originKeyOf(home) })
  resetEnv()
  const { workspaceId, organizationId } = await createWorkspace()
  actor = { kind: 'system', id: 'system', name: 'test', role: 'owner', workspaceId, organizationId }
  for (let n = 0; n < 30; n++) {
    const scope = { workspaceId, organizationId }
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => storeTestCredential(scope, { password: `secret ${n} ${i}` })),
    )
  }
}, 60_000)
afterAll(async () => {
  await kill()
  rmSync(home, { recursive: true, force: true })
})

const state = async () => (await db().rewrap.findFirst({ orderBy: { startedAt: 'desc' } }))?.state
const startRotation = async () => {
  const { id } = await addKey(actor, {})
  await promoteKey(actor, { id })
  await rewrapSecrets(actor, {})
}
const finished = async () => {
  while ((await state()) === 'running') await sleep(30)
}

test(
  `killed ${kills} times while secrets are moved, everything opens and every rotation is in the trail once (SEED=${seed})`,
  async () => {
    const random = seededRandom(seed)
    let hits = 0
    let rotations = 0
    while (hits < kills) {
      if ((await state()) !== 'running') {
        await startRotation()
        rotations++
      }
      await sleep(random() * 350)
      await kill()
      if ((await state()) === 'running') hits++
      await startEngine()
    }
    await finished()
    const report = await examine(actor, {})
    expect(report).toMatchObject({ healthy: true, opened: 600, problem_count: 0 })
    const [primary, ...others] = (await listKeys(actor, {})).keys
    expect(primary?.needed_by).toBe(600)
    expect(others.map(({ needed_by }) => needed_by)).toEqual(others.map(() => 0))
    const jobs = await db().rewrap.findMany()
    expect(jobs.map(({ state, done, total, error }) => [state, done, total, error])).toEqual(
      jobs.map(() => ['finished', 600, 600, null]),
    )
    expect(jobs).toHaveLength(rotations)
    expect(await db().auditEvent.count({ where: { event: 'key.rewrapped' } })).toBe(rotations)
    expect(readdirSync(path.join(home, 'keys')).filter((name) => name.startsWith('.'))).toEqual([])
  },
  kills * 10_000,
)
