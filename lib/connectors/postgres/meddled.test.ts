import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRunnerPool } from '#lib/runner/pool'
import { type Meddler, startMeddler } from '../_sql/testing/meddler.ts'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { manifest } from './manifest.ts'
import { query, queryJudgedBy } from './query.ts'
import type { Judge } from './statement-class.ts'
import { runQuery, targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const nobody: Judge = async () => ({ verdict: 'unexamined', functions: [] })
const isCancelRequest = (first: Buffer) => first.length === 16 && first.readUInt32BE(4) === 80_877_102

/** Each of these protections stands behind others that would do as well; here the others are taken away. */
describe.each(serverNames)('something between us and the %s server', (name) => {
  let server: TestServer
  let between: Meddler | undefined
  const login = { username: `jf_meddled_${name.toLowerCase()}`, password: 'Meddled-pass1' }
  const sequence = `jf_meddled_counter_${name.toLowerCase()}`
  const drop = async () => {
    await server.run('postgres', `drop sequence if exists ${sequence}`)
    await server.run('postgres', `drop role if exists ${login.username}`)
  }
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create role ${login.username} login password '${login.password}'`)
    await server.run('postgres', `create sequence ${sequence}; grant all on sequence ${sequence} to ${login.username}`)
  })
  afterEach(() => between?.stop())
  afterAll(async () => {
    await drop()
    server.stop()
  })
  const through = (more: Partial<Parameters<typeof targetOf>[0]> = {}) => ({
    config: { port: between?.port },
    credential: login,
    limits: { total_ms: 60_000 },
    ...more,
  })
  const directly = async (sql: string) =>
    (await runQuery({ config: { port: server.port }, credential: server.admin }, sql)).rows[0]?.[0]
  const sessions = (state = 'true') =>
    directly(`select count(*)::int from pg_stat_activity where usename = '${login.username}' and ${state}`)

  it('that takes BEGIN READ ONLY and does not keep it gets no statement', async () => {
    const forgetting = (said: Buffer) =>
      Buffer.from(said.toString('latin1').replace('BEGIN READ ONLY', 'BEGIN          '), 'latin1')
    between = await startMeddler(server.port, { change: forgetting })
    const taken = `select nextval('${sequence}')`
    for (const judge of [nobody, undefined]) {
      const target = targetOf(through())
      const run = judge ? queryJudgedBy(judge, target, requestOf(taken)) : query(target, requestOf('select 1'))
      await expect(collectResult(run)).rejects.toMatchObject({
        code: 'upstream_failed',
        message: 'The server does not keep a transaction read-only, so nothing was run.',
      })
    }
    // A sequence is not rolled back.
    expect(await directly(`select is_called from ${sequence}`)).toBe(false)
    between.stop()
    between = await startMeddler(server.port, {})
    expect((await runQuery(through(), 'select 1')).rows).toEqual([[1]])
  })

  it('that loses requests to stop cannot keep us: the line is cut, and the session gone', async () => {
    between = await startMeddler(server.port, { leads: (_, first) => !isCancelRequest(first) })
    const cancel = new AbortController()
    // The runner would cut it as well, a minute later.
    const running = runQuery(through({ signal: cancel.signal, parting_ms: 60_000 }), 'select pg_sleep(60)')
    running.catch(() => {})
    await expect.poll(() => sessions(`state = 'active'`), { timeout: 10_000 }).toBe(1)
    const since = performance.now()
    cancel.abort()
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - since).toBeLessThan(15_000)
    expect(between.lost()).toBeGreaterThan(0)
    await expect.poll(() => sessions(), { timeout: 15_000 }).toBe(0)
  })

  it('that hides that we are gone does not keep a statement running: the server has a clock of its own', {
    timeout: 60_000,
  }, async () => {
    between = await startMeddler(server.port, { leads: (_, first) => !isCancelRequest(first), keepsLines: true })
    const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
    const pool = createRunnerPool({ max: 1, policy, log: () => {} })
    const job = pool.run(
      {
        connector: 'postgres',
        config: manifest.config.parse({
          host: '127.0.0.1',
          port: between.port,
          database: 'postgres',
          ssl_mode: 'disable',
        }),
        credential: { kind: 'database.password', ...login },
        job: { capability: 'query', request: requestOf('select pg_sleep(60)', { limits: { timeout_ms: 3_000 } }) },
        limits: { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 60_000, bytes: 1_000_000 },
      },
      { signal: new AbortController().signal },
    )
    await expect.poll(() => sessions(`state = 'active'`), { timeout: 10_000 }).toBe(1)
    // Killed outright: nobody is left on our side to keep a clock.
    await pool.stop()
    expect((await job.end).error?.code).toBe('unavailable')
    await expect.poll(() => sessions(`state = 'active'`), { timeout: 15_000 }).toBe(0)
    // Its transaction was ended with it and holds nothing.
    expect(await sessions(`state = 'idle in transaction'`)).toBe(0)
  })
})
