import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { manifest } from './manifest.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const cancels = process.env.ASSURE === '1' ? 200 : 40
const limits = { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 60_000, bytes: 256_000_000 }
const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
const never = new AbortController().signal

describe.each(serverNames)('statements stopped on the %s server', (name) => {
  let server: TestServer
  let pool: RunnerPool
  const marker = `stopped_by_test_${name}`
  beforeAll(async () => {
    server = await openServer(name)
    pool = createRunnerPool({ max: 3, policy, log: () => {} })
  })
  afterAll(async () => {
    await pool.stop()
    server.stop()
  })
  const start = (sql: string, signal: AbortSignal, options: Parameters<typeof requestOf>[1] = {}) =>
    pool.run(
      {
        connector: 'postgres',
        config: manifest.config.parse({
          host: '127.0.0.1',
          port: server.port,
          database: 'postgres',
          ssl_mode: 'disable',
        }),
        credential: { kind: 'database.password', ...server.admin },
        job: { capability: 'query', request: requestOf(sql, options) },
        limits,
      },
      { signal },
    )
  const read = async (sql: string) => {
    const job = start(sql, never)
    const result = await collectResult(job)
    expect((await job.end).error).toBeNull()
    return result.rows
  }
  const atWork = async () => {
    const [row] = await read(
      `select count(*)::int from pg_stat_activity where query like '%${marker}%' and state <> 'idle' and pid <> pg_backend_pid()`,
    )
    return row?.[0]
  }
  const statements = [
    `select pg_sleep(60) /* ${marker} */`,
    `select count(*) from generate_series(1, 1000000000) /* ${marker} */`,
    `select generate_series(1, 100000000), repeat('x', 1000) /* ${marker} */`,
    `select pg_sleep(0.01), i from generate_series(1, 100000) i /* ${marker} */`,
  ]

  it('a cancellation at any moment leaves nobody at work at the server', { timeout: 600_000 }, async () => {
    let ended = 0
    const cancelOne = async (number: number) => {
      const cancel = new AbortController()
      const job = start(statements[number % statements.length] ?? '', cancel.signal)
      setTimeout(() => cancel.abort(), Math.random() * 400)
      for await (const _ of job);
      const { error } = await job.end
      expect(error?.code).toBe('cancelled')
      ended += 1
    }
    for (let number = 0; number < cancels; number += 2) await Promise.all([cancelOne(number), cancelOne(number + 1)])
    expect(ended).toBe(cancels)
    await sleep(2_000)
    expect(await atWork()).toBe(0)
  })

  it('a reader who leaves early takes the statement along', async () => {
    for await (const _ of start(statements[2] ?? '', never)) break
    await expect.poll(atWork, { timeout: 5_000 }).toBe(0)
  })

  it('the server notices by itself when the runner is killed', async () => {
    const doomed = createRunnerPool({ max: 1, policy, log: () => {} })
    const kept = pool
    pool = doomed
    const job = start(statements[0] ?? '', never)
    pool = kept
    await expect.poll(atWork, { timeout: 10_000 }).toBe(1)
    await doomed.stop()
    expect((await job.end).error?.code).toBe('unavailable')
    await expect.poll(atWork, { timeout: 5_000 }).toBe(0)
  })

  it('a statement that may not be lifted over its time by itself ends in time', async () => {
    const began = performance.now()
    const job = start(
      `select set_config('statement_timeout', '0', false), pg_sleep(0.05), i from generate_series(1, 10000) i /* ${marker} */`,
      never,
      { mode: 'write', limits: { timeout_ms: 1_500 } },
    )
    for await (const _ of job);
    expect((await job.end).error?.code).toBe('upstream_timeout')
    expect(performance.now() - began).toBeLessThan(1_500 + 5_000)
    await expect.poll(atWork, { timeout: 5_000 }).toBe(0)
  })
})
