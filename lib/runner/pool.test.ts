import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '#lib/core/errors'
import { createRunnerPool, type RunnerJob, type RunnerPool } from './pool.ts'
import type { EgressPolicy, StartFrame } from './protocol.ts'

const registry = path.join(import.meta.dirname, 'testing/drivers.ts')
const policy: EgressPolicy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
const limits = { connect_ms: 1000, tls_ms: 1000, auth_ms: 1000, total_ms: 5000, bytes: 1_000_000 }
const never = new AbortController().signal

let pool: RunnerPool
let lines: string[]
const open = (change: { max?: number; idle_ms?: number; registry?: string } = {}) => {
  lines = []
  pool = createRunnerPool({ max: 2, policy, log: (line) => lines.push(line), registry, ...change })
}
beforeEach(() => open())
afterEach(() => pool.stop())

const start = (
  action: string,
  change: Partial<StartFrame> & { config?: Record<string, unknown> } = {},
): StartFrame => ({
  connector: 'stub',
  credential: null,
  job: { capability: 'test' },
  limits,
  ...change,
  config: { do: action, ...change.config },
})
const run = (action: string, change?: Parameters<typeof start>[1], signal = never) =>
  pool.run(start(action, change), { signal })
const read = async (job: RunnerJob) => {
  const parts: Uint8Array[] = []
  for await (const bytes of job) parts.push(bytes)
  return { text: Buffer.concat(parts).toString('utf8'), end: await job.end }
}
const serverOf = (end: { value: unknown }) => (end.value as { server: Record<string, string> }).server

it('hands on what the driver yields and then what it returns', async () => {
  const { text, end } = await read(run('ok'))
  expect(text).toBe('{"stage":{"name":"dns","status":"running"}}\n')
  expect(end).toMatchObject({ error: null, value: { success: true, driver: 'stub' } })
})

it('keeps one runner for job after job', async () => {
  const first = serverOf((await read(run('ok'))).end)
  expect(serverOf((await read(run('ok'))).end)).toEqual(first)
})

describe('a driver that misbehaves costs only its own job', () => {
  it.each([
    ['exit', 'upstream_failed'],
    ['memory', 'upstream_failed'],
    ['loop', 'upstream_timeout'],
    ['deaf', 'upstream_timeout'],
    ['throws', 'upstream_failed'],
  ])('%s', async (action, code) => {
    // Both runners up, so that only the job is measured.
    await Promise.all([read(run('slow')), read(run('slow'))])
    const beside = read(run('ok'))
    const began = performance.now()
    const bad = run(action, { limits: { ...limits, total_ms: action === 'memory' ? 60_000 : 1000 } })
    expect((await bad.end).error?.code).toBe(code)
    if (action === 'loop' || action === 'deaf') expect(performance.now() - began).toBeLessThan(1000 + 250 + 500)
    expect((await beside).end.error).toBeNull()
    const again = performance.now()
    expect((await read(run('ok'))).end.error).toBeNull()
    expect(performance.now() - again).toBeLessThan(2000)
  })
})

it('says nothing of a secret, neither in an error nor in the log', async () => {
  const password = 'p@ss/w0rd+ü'
  const credential = { kind: 'database.password', username: 'u', password }
  const { end } = await read(run('throws', { credential }))
  expect(end.error).toEqual({ code: 'upstream_failed', message: 'The driver failed unexpectedly.' })
  await read(run('prints', { credential }))
  await sleep(100)
  expect(lines.join('\n')).toMatch(/plain \*{8}\n?/)
  for (const form of [password, encodeURIComponent(password), Buffer.from(password).toString('base64')])
    expect(lines.join('\n')).not.toContain(form)
})

it('keeps keys, other programs, other processes and the environment out of reach of a driver', async () => {
  const key = path.join(mkdtempSync(path.join(tmpdir(), 'key-')), 'encryption.json')
  writeFileSync(key, 'KEY-MATERIAL', { mode: 0o600 })
  const seen = serverOf((await read(run('steals', { config: { key } }))).end)
  const { environment, home, ...attempts } = seen
  expect(Object.entries(attempts).filter(([, result]) => !result.startsWith('refused: '))).toEqual([])
  expect(environment).toBe('HOME,NODE_ENV')
  expect(home).toBeTruthy()
  expect(existsSync(home ?? '')).toBe(false)
})

it('holds the runner back while nobody reads', async () => {
  const job = run('ok', {
    job: { capability: 'discover', request: {} },
    config: { chunks: 5000, bytes: 65_536 },
    limits: { ...limits, total_ms: 30_000 },
  })
  const bytes = job[Symbol.asyncIterator]()
  let total = (await bytes.next()).value?.length ?? 0
  const before = process.memoryUsage().arrayBuffers
  await sleep(500)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000)
  for (let next = await bytes.next(); !next.done; next = await bytes.next()) total += next.value.length
  expect(total).toBe(5000 * 65_536)
  expect((await job.end).error).toBeNull()
})

describe('cancelling', () => {
  it('by signal ends the job at once and leaves the pool working', async () => {
    const cancel = new AbortController()
    const job = run('deaf', {}, cancel.signal)
    setTimeout(() => cancel.abort(), 300)
    expect((await job.end).error?.code).toBe('cancelled')
    expect((await read(run('ok'))).end.error).toBeNull()
  })
  it('by leaving the loop does the same', async () => {
    const job = run('ok', { job: { capability: 'discover', request: {} }, config: { chunks: 1e9 } })
    for await (const _ of job) break
    expect((await job.end).error?.code).toBe('cancelled')
  })
  it('takes a waiting job out of the queue', async () => {
    const busy = [run('deaf'), run('deaf')]
    const cancel = new AbortController()
    const waiting = run('ok', {}, cancel.signal)
    await expect.poll(() => pool.stats(), { timeout: 20_000 }).toEqual({ idle: 0, busy: 2, queued: 1 })
    cancel.abort()
    expect((await waiting.end).error?.code).toBe('cancelled')
    expect(pool.stats().queued).toBe(0)
    await pool.stop()
    for (const job of busy) expect((await job.end).error?.code).toBe('unavailable')
  })
})

it('tells who waited too long that it was not run, and counts nobody’s waiting as running', async () => {
  const cancel = new AbortController()
  const busy = [0, 1].map(() => run('deaf', { limits: { ...limits, total_ms: 60_000 } }, cancel.signal))
  await expect.poll(() => pool.stats().busy, { timeout: 20_000 }).toBe(2)
  const late = pool.run(start('ok'), { signal: never, waiting_ms: 300 })
  const patient = pool.run(start('ok', { limits: { ...limits, total_ms: 5_000 } }), {
    signal: never,
    waiting_ms: 60_000,
  })
  expect((await late.end).error).toMatchObject({
    code: 'rate_limited',
    message: expect.stringContaining('was not run'),
  })
  expect(pool.stats().queued).toBe(1)
  await sleep(5_500)
  cancel.abort()
  expect((await patient.end).error).toBeNull()
  for (const job of busy) expect((await job.end).error?.code).toBe('cancelled')
})

it('lets a hundred wait and turns the next one away', async () => {
  const jobs = Array.from({ length: 100 }, () => run('deaf'))
  expect(() => run('ok')).toThrow(expect.objectContaining({ code: 'rate_limited' }) as AppError)
  await pool.stop()
  for (const job of jobs) expect((await job.end).error?.code).toBe('unavailable')
})

it('grows with the work, up to its maximum, and shrinks to one', async () => {
  await pool.stop()
  open({ max: 3, idle_ms: 200 })
  const jobs = Array.from({ length: 6 }, () => run('slow'))
  const pids = new Set((await Promise.all(jobs.map((job) => read(job)))).map(({ end }) => serverOf(end).pid))
  expect(pids.size).toBeGreaterThan(1)
  expect(pids.size).toBeLessThanOrEqual(3)
  await sleep(800)
  expect(pool.stats()).toEqual({ idle: 1, busy: 0, queued: 0 })
})

it('has a runner up for the next job while one is busy, and only then', async () => {
  const cancel = new AbortController()
  await read(run('ok'))
  await sleep(500)
  expect(pool.stats()).toEqual({ idle: 1, busy: 0, queued: 0 })
  const busy = run('deaf', { limits: { ...limits, total_ms: 60_000 } }, cancel.signal)
  await expect.poll(() => pool.stats(), { timeout: 20_000 }).toEqual({ idle: 1, busy: 1, queued: 0 })
  expect((await read(run('ok'))).end.error).toBeNull()
  cancel.abort()
  expect((await busy.end).error?.code).toBe('cancelled')
})

it('tells waiting jobs when runners do not start, instead of keeping them for ever', async () => {
  await pool.stop()
  open({ registry: path.join(import.meta.dirname, 'testing/nothing.ts') })
  expect((await run('ok').end).error?.code).toBe('unavailable')
  expect(lines.join('\n').length).toBeGreaterThan(0)
})
