import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import { requestOf } from '../_sql/testing/run.ts'
import { requestCancel } from './cancel.ts'
import { driver } from './driver.ts'
import { manifest } from './manifest.ts'
import { open } from './open.ts'
import { runQuery, targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const cancels = process.env.ASSURE === '1' ? 200 : 40
const limits = { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 60_000, bytes: 256_000_000 }
const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
const swallows =
  'begin loop begin perform pg_sleep(60); exception when query_canceled or others then null; end; end loop; end'
/** Routines that somebody has made before, and that take no request to stop. */
const routines = `drop routine if exists jf_swallows, jf_lifts, jf_swallows_all;
  create procedure jf_swallows() language plpgsql set statement_timeout = 0 as $$ ${swallows} $$;
  create function jf_swallows_all() returns int language plpgsql as $$ ${swallows} $$;
  create function jf_lifts() returns int language plpgsql set statement_timeout = 0 as $$ begin loop perform pg_sleep(0.1); end loop; end $$`
const never = new AbortController().signal

describe.each(serverNames)('statements stopped on the %s server', (name) => {
  let server: TestServer
  let pool: RunnerPool
  const marker = `stopped_by_test_${name}`
  const login = { username: `jf_stopped_${name.toLowerCase()}`, password: 'Stopped-pass1' }
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop role if exists ${login.username}`)
    await server.run('postgres', `create role ${login.username} login password '${login.password}'`)
    await server.run('postgres', routines)
    pool = createRunnerPool({ max: 3, policy, log: () => {} })
  })
  afterAll(async () => {
    await pool.stop()
    await server.run(
      'postgres',
      `drop routine if exists jf_swallows, jf_lifts, jf_swallows_all; drop role ${login.username}`,
    )
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
        credential: { kind: 'database.password', ...login },
        job: { capability: 'query', request: requestOf(sql, options) },
        limits,
      },
      { signal },
    )
  const watching = () => ({ config: { port: server.port }, credential: server.admin })
  /** Sessions of the login, whatever they do. */
  const sessions = async (query = '') => {
    const sql = `select count(*)::int from pg_stat_activity where usename = '${login.username}' and query like '%${query}%'`
    return (await runQuery(watching(), sql)).rows[0]?.[0]
  }
  const statements = [
    `select pg_sleep(60) /* ${marker} */`,
    `select count(*) from generate_series(1, 1000000000) /* ${marker} */`,
    `select generate_series(1, 100000000), repeat('x', 1000) /* ${marker} */`,
    `select pg_sleep(0.01), i from generate_series(1, 100000) i /* ${marker} */`,
  ]

  it(`of ${cancels} cancellations at any moment none leaves a session at the server`, {
    timeout: 600_000,
  }, async () => {
    const random = seededRandom(5)
    let ended = 0
    const cancelOne = async (number: number) => {
      const cancel = new AbortController()
      const job = start(statements[number % statements.length] ?? '', cancel.signal)
      setTimeout(() => cancel.abort(), random() * 400)
      for await (const _ of job);
      const { error } = await job.end
      expect(error?.code).toBe('cancelled')
      ended += 1
    }
    for (let number = 0; number < cancels; number += 2) await Promise.all([cancelOne(number), cancelOne(number + 1)])
    expect(ended).toBe(cancels)
    for (const until = Date.now() + 2_000; Date.now() < until && (await sessions()) !== 0; ) await sleep(50)
    expect(await sessions()).toBe(0)
  })

  it('the server is asked to stop, over a line of its own', async () => {
    const cancel = new AbortController()
    const at = { config: { port: server.port }, credential: login, signal: cancel.signal, parting_ms: 5_000 }
    const target = targetOf(at)
    let lines = 0
    const net: typeof target.net = {
      ...target.net,
      connect(...to) {
        if (cancel.signal.aborted) lines += 1
        return target.net.connect(...to)
      },
    }
    const run = async () => {
      for await (const _ of driver.query({ ...target, net }, requestOf('select pg_sleep(60)'))) cancel.abort()
    }
    await expect(run()).rejects.toMatchObject({ code: 'cancelled' })
    expect(lines).toBeGreaterThan(0)
  })

  it('a reader who leaves early takes the statement along', async () => {
    for await (const _ of start(statements[2] ?? '', never)) break
    await expect.poll(() => sessions(), { timeout: 5_000 }).toBe(0)
  })

  it('the server notices by itself when the runner is killed', async () => {
    const doomed = createRunnerPool({ max: 1, policy, log: () => {} })
    const kept = pool
    pool = doomed
    const job = start(statements[0] ?? '', never)
    pool = kept
    await expect.poll(() => sessions(marker), { timeout: 10_000 }).toBe(1)
    await doomed.stop()
    expect((await job.end).error?.code).toBe('unavailable')
    await expect.poll(() => sessions(), { timeout: 5_000 }).toBe(0)
  })

  it.each([
    [`select set_config('statement_timeout', '0', false), pg_sleep(0.05), i from generate_series(1, 10000) i`, 'write'],
    [`select set_config('statement_timeout', '0', true), pg_sleep(60)`, 'write'],
    [`do $$ begin set statement_timeout = 0; loop perform pg_sleep(0.1); end loop; end $$`, 'write'],
    [`do $$ ${swallows} $$`, 'write'],
    ['call jf_swallows()', 'write'],
    ['select jf_lifts()', 'read'],
    ['select jf_swallows_all()', 'read'],
    [`select pg_sleep(0.01), i from generate_series(1, 100000) i`, 'read'],
    [`with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n`, 'read'],
  ] as const)('no statement lifts its limit of time, nor stays behind: %s', async (sql, mode) => {
    const timeout_ms = 1_500
    const began = performance.now()
    const job = start(`${sql} /* ${marker} */`, never, { mode, limits: { timeout_ms } })
    for await (const _ of job);
    expect((await job.end).error?.code).toBe('upstream_timeout')
    expect(performance.now() - began).toBeLessThan(timeout_ms + 5_000)
    await expect.poll(() => sessions(), { timeout: 5_000 }).toBe(0)
  })

  it('a request to stop reaches the one session that it names, whoever has its number by then', async () => {
    const target = targetOf({ config: { port: server.port }, credential: login, limits: { total_ms: 60_000 } })
    const [gone, other] = [await open(target), await open(target)]
    const key = (session: typeof gone) => session.client as unknown as { processID: number; secretKey: number }
    const left = { processID: key(gone).processID, secretKey: key(gone).secretKey }
    gone.stream.destroy()
    const slept = other.client.query('select pg_sleep(1.5)').then(
      () => 'slept',
      (error: { code?: string }) => error.code,
    )
    const ask = (session: object) => requestCancel(target, { ...other, client: session as typeof other.client })
    // Late, with its own number and then with the number of whoever came after it.
    await ask(left)
    await ask({ ...left, processID: key(other).processID })
    expect(await slept).toBe('slept')
    const stopped = expect(other.client.query('select pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
    await sleep(300)
    await ask(key(other))
    await stopped
    other.stream.destroy()
  })

  it('a cancellation about when a statement ends never meets the next one', { timeout: 120_000 }, async () => {
    const random = seededRandom(6)
    const at = { config: { port: server.port }, credential: login, parting_ms: 800 }
    const backends = new Set<unknown>()
    for (let round = 0; round < 40; round++) {
      const cancel = new AbortController()
      const target = targetOf({ ...at, signal: cancel.signal, limits: { total_ms: 60_000 } })
      const timer = setTimeout(() => cancel.abort(), 10 + random() * 40)
      const run = async () => {
        for await (const _ of driver.query(target, requestOf('select pg_sleep(0.02)')));
      }
      await run().catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }))
      clearTimeout(timer)
      const { rows } = await runQuery(at, 'select pg_backend_pid() from pg_sleep(0.03)')
      backends.add(rows[0]?.[0])
    }
    // Nobody is given a session that somebody else has used.
    expect(backends.size).toBe(40)
  })
})
