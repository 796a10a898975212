import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createLog } from '#lib/core/log'
import { seededRandom } from '#lib/core/testing/random'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { keepAudit } from '#lib/engine/audit'
import { originKeyOf } from '#lib/supervisor/audit-key'
import { loadOrCreateKey } from '#lib/vault/keyring'

// Real processes: engines that seal, and others that write, all on one database.
const database = useTestDatabase()
const isAssured = process.env.ASSURE === '1'
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const home = mkdtempSync(path.join(tmpdir(), 'jf-crowd-'))
const root = path.join(import.meta.dirname, '../..')
const engines: ChildProcess[] = []
let said = ''
let originKey = ''

const spawnNode = (file: string, given: string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, [path.join(root, file), ...given], {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'test', DATABASE_URL: database.url(), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })

const hear = (chunk: unknown): void => {
  said += String(chunk)
}

const startEngine = async (): Promise<ChildProcess> => {
  const engine = spawnNode('lib/engine/main.ts', [], {
    JACKFIELD_HOME: home,
    JACKFIELD_LOG_LEVEL: 'error',
    JACKFIELD_ENGINE_SOCKET: path.join(home, `s${engines.length}`, 'e.sock'),
    JACKFIELD_ENGINE_TOKEN: randomBytes(24).toString('hex'),
  })
  engines.push(engine)
  for (const stream of [engine.stdout, engine.stderr]) stream?.on('data', hear)
  await once(engine, 'message')
  return engine
}

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

const writers = (chain: string, name: string, count: number, each: number): Promise<unknown> => {
  const env = { JACKFIELD_AUDIT_ORIGIN_KEY: originKey }
  const child = spawnNode('lib/audit/testing/writer.ts', [chain, name, String(count), String(each)], env)
  child.stderr?.on('data', hear)
  return once(child, 'exit').then(([code]) => expect([name, code, said]).toEqual([name, 0, said]))
}

const pending = () => db().auditPending.count()
const sealed = (chain: string) => db().auditSeal.count({ where: { chain } })

/** Whole, without a gap, with every event that was ever written, and without anybody having had to complain. */
const expectWhole = async (chain: string, events: number): Promise<void> => {
  await vi.waitFor(async () => expect(await pending()).toBe(0), { timeout: 120_000, interval: 100 })
  const key = await loadOrCreateKey(path.join(home, 'keys/audit.key'))
  const keeper = keepAudit({ home, key, log: createLog('engine', { level: 'silent' }) })
  for await (const line of keeper.verify([chain])) {
    if ('end' in line) expect(line.end.chains).toEqual([{ chain, events, problems: [], problem_count: 0 }])
  }
  const [found] = await db().$queryRaw<object[]>`
    select count(*)::int as seals, count(distinct e.target_id)::int as written, max(s.seq)::int as last
    from audit_seals s join audit_events e on e.id = s.event_id where s.chain = ${chain}`
  expect(found).toEqual({ seals: events, written: events, last: events })
  expect(await db().auditEvent.count({ where: { event: 'audit.broken' } })).toBe(0)
}

beforeAll(async () => {
  originKey = await originKeyOf(home)
})
afterEach(async () => {
  await Promise.all(engines.map((engine) => end(engine, 'SIGKILL')))
  said = ''
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('200 writers in four processes and two engines that seal leave no gap and no fork, and never meet (AUDIT-3)', async () => {
  const each = isAssured ? 250 : 10
  await Promise.all([startEngine(), startEngine()])
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => writers('ws_crowd', name, 50, each)))
  await expectWhole('ws_crowd', 200 * each)
  // One seals at a time: two at once would only be kept apart by the primary key, and say so.
  expect(said).toBe('')
}, 600_000)

const kills = isAssured ? 200 : 12

test(`an engine that is killed at ${kills} moments while it seals loses nothing and leaves a whole chain (seed ${seed})`, async () => {
  const random = seededRandom(seed)
  const [count, each] = [20, 60]
  let inTheMiddle = 0
  for (let n = 0; n < kills; n++) {
    // A backlog of more than two batches, and a writer who goes on while the engine seals.
    if (n % 4 === 0) await writers('ws_killed', `before-${n}`, count, each)
    const engine = await startEngine()
    const writing = n % 4 === 1 ? writers('ws_killed', `during-${n}`, count, each) : undefined
    const before = await sealed('ws_killed')
    await vi.waitFor(async () => expect((await sealed('ws_killed')) > before || (await pending()) === 0).toBe(true), {
      timeout: 60_000,
      interval: 5,
    })
    await sleep(random() * 60)
    await end(engine, 'SIGKILL')
    if ((await pending()) > 0) inTheMiddle += 1
    await writing
  }
  await startEngine()
  const written = (Math.ceil(kills / 4) + Math.ceil((kills - 1) / 4)) * count * each
  await expectWhole('ws_killed', written)
  expect(inTheMiddle, `seed ${seed}`).toBeGreaterThan(0)
}, 600_000)
