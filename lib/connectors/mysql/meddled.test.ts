import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createRunnerPool } from '#lib/runner/pool'
import { type Meddler, startMeddler } from '../_sql/testing/meddler.ts'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { manifest } from './manifest.ts'
import { queryBehind } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runQuery, targetOf } from './testing/run.ts'

/** Each of these protections stands behind others that would do as well; here the others are taken away. */
describe.skipIf(!hasMariaDb)('something between us and the server', () => {
  let server: MariaDb
  let between: Meddler | undefined
  const reader = { username: 'reader', password: 'reader-Pa55' }
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.t (a int)',
      "CREATE USER reader IDENTIFIED BY 'reader-Pa55'",
      'GRANT ALL ON shop.* TO reader',
    )
  }, 60_000)
  afterEach(() => between?.stop())
  afterAll(() => server?.stop())
  const config = () => ({ port: between?.port, database: 'shop' })
  const running = () =>
    server.rows("SELECT id FROM information_schema.processlist WHERE user = 'reader' AND info LIKE '%sleep%'")

  it('that takes TRANSACTION READ ONLY and does not keep it gets no statement', async () => {
    const asked = 'SET SESSION TRANSACTION READ ONLY'
    const change = (said: Buffer) =>
      Buffer.from(said.toString('latin1').replace(asked, 'SET @nothing = 1'.padEnd(asked.length)), 'latin1')
    between = await startMeddler(server.port, { change }, 'server')
    const target = targetOf({ config: config(), credential: reader, parting_ms: 800 })
    const run = queryBehind(() => undefined, target, requestOf('INSERT INTO t VALUES (1)'))
    await expect(collectResult(run)).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringContaining('cannot keep a session read-only'),
    })
    expect(await server.rows('SELECT * FROM shop.t')).toEqual([])
    between.stop()
    between = await startMeddler(server.port, {}, 'server')
    expect((await runQuery({ config: config(), credential: reader, parting_ms: 800 }, 'SELECT 1')).rows).toEqual([[1]])
  })

  it('that hides that we are gone does not keep a statement running: the server has a clock of its own', {
    timeout: 60_000,
  }, async () => {
    between = await startMeddler(server.port, { leads: (line) => line === 0, keepsLines: true }, 'server')
    const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
    const pool = createRunnerPool({ max: 1, policy, log: () => {} })
    const job = pool.run(
      {
        connector: 'mysql',
        config: manifest.config.parse({ host: '127.0.0.1', ssl_mode: 'disable', ...config() }),
        credential: { kind: 'database.password', ...reader },
        job: { capability: 'query', request: requestOf('SELECT sleep(60)', { limits: { timeout_ms: 3_000 } }) },
        limits: { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 60_000, bytes: 1_000_000 },
      },
      { signal: new AbortController().signal },
    )
    await expect.poll(async () => (await running()).length, { timeout: 10_000 }).toBe(1)
    // Killed outright: nobody is left on our side to keep a clock.
    await pool.stop()
    expect((await job.end).error?.code).toBe('unavailable')
    await expect.poll(running, { timeout: 15_000 }).toEqual([])
  })
})
