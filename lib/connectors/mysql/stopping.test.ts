import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { requestOf } from '../_sql/testing/run.ts'
import { query, queryBehind } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runQuery, targetOf } from './testing/run.ts'

const reader = { username: 'reader', password: 'reader-Pa55' }
/** Rows enough for anything. */
const unlimited = { rows: 1e9, bytes: 1e12 }
const cancels = process.env.ASSURE ? 200 : 40

describe.skipIf(!hasMariaDb)('work on the server', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.t (a int)',
      'USE shop',
      'INSERT INTO t SELECT seq FROM seq_1_to_2000',
      `CREATE FUNCTION shop.sleeps() RETURNS int BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
         WHILE 1 DO DO sleep(0.05); END WHILE; RETURN 1; END`,
      "CREATE USER reader IDENTIFIED BY 'reader-Pa55'",
      'GRANT ALL ON shop.* TO reader',
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const at = () => ({ config: { port: server.port, database: 'shop' }, credential: reader, parting_ms: 800 })
  const sessions = () => server.rows("SELECT id, info FROM information_schema.processlist WHERE user = 'reader'")
  /** Nothing is left two seconds later; a moment earlier where it is quick. */
  const expectNobody = async () => {
    for (const until = Date.now() + 2_000; Date.now() < until && (await sessions()).length > 0; ) await sleep(20)
    expect(await sessions()).toEqual([])
  }
  const endless = [
    'SELECT sleep(100)',
    'SELECT sleep(0.01) FROM seq_1_to_1000000',
    "SELECT benchmark(100000000000, md5('a'))",
    'SELECT count(*) FROM t a, t b, t c, t d',
    'SELECT seq FROM seq_1_to_100000000000',
    "SELECT repeat('x', 1000000) FROM seq_1_to_1000000",
    'SELECT sleeps()',
    'SELECT count(DISTINCT a.a + b.a * 2000 + c.a * 4000000) FROM t a, t b, t c',
  ]

  it(`ends when a statement is cancelled, at any of ${cancels} moments`, async () => {
    const random = seededRandom(11)
    for (let round = 0; round < cancels; round += 4)
      await Promise.all(
        Array.from({ length: 4 }, async (_, index) => {
          const cancel = new AbortController()
          const sql = endless[(round + index) % endless.length] ?? ''
          const timer = setTimeout(() => cancel.abort(), random() * 120)
          const running = runQuery({ ...at(), signal: cancel.signal, limits: { bytes: 1e12 } }, sql, {
            limits: unlimited,
          })
          await expect(running, sql).rejects.toMatchObject({ code: 'cancelled' })
          clearTimeout(timer)
        }),
      )
    await expectNobody()
  }, 120_000)
  it('ends when whoever reads leaves, however far it is', async () => {
    for (const sql of endless.slice(4, 6))
      for (const pieces of [1, 2, 30]) {
        let seen = 0
        for await (const _ of query(targetOf(at()), requestOf(sql))) if (++seen === pieces) break
      }
    await expectNobody()
  })
  it('ends at the time limit, which no statement can lift', async () => {
    const lifting = [
      'SET STATEMENT max_statement_time = 0 FOR SELECT sleep(30)',
      'SET STATEMENT max_statement_time = 0 FOR SELECT sleeps()',
      'BEGIN NOT ATOMIC SET max_statement_time = 0; DO sleep(30); DO sleep(30); END',
      'BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; SET max_statement_time = 0; WHILE 1 DO DO sleep(1); END WHILE; END',
      ...endless,
    ]
    for (const sql of lifting) {
      const began = performance.now()
      const request = requestOf(sql, { limits: { ...unlimited, timeout_ms: 400 } })
      const run = async () => {
        for await (const _ of queryBehind(() => undefined, targetOf({ ...at(), limits: { bytes: 1e12 } }), request));
      }
      await expect(run(), sql).rejects.toMatchObject({ code: 'upstream_timeout' })
      expect(performance.now() - began, sql).toBeLessThan(1_400)
    }
    await expectNobody()
  }, 60_000)
  it('is never ended where it is another’s: only the very session is looked for', async () => {
    const { stopWork } = await import('./stop.ts')
    const other = await server.hold(reader)
    const [[row]] = (await other.query(
      'SELECT ID AS id, HOST AS host FROM information_schema.processlist WHERE ID = CONNECTION_ID()',
    )) as never as [[{ id: number; host: string }]]
    await stopWork(targetOf(at()), { id: Number(row.id), from: '127.0.0.1:1' })
    await stopWork(targetOf(at()), { id: Number(row.id) + 1_000, from: row.host })
    await expect(other.query('SELECT 1')).resolves.toBeDefined()
    await stopWork(targetOf(at()), { id: Number(row.id), from: row.host })
    await expect(other.query('SELECT 1')).rejects.toThrow()
    other.destroy()
  })
})

describe.skipIf(!hasMariaDb)('a session', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb(['--init-connect=SET autocommit=0, @from_init = 1'])
    await server.run(
      'CREATE DATABASE shop',
      'CREATE ROLE boss',
      "CREATE USER reader IDENTIFIED BY 'reader-Pa55'",
      'GRANT ALL ON shop.* TO reader',
      'GRANT boss TO reader',
    )
  }, 60_000)
  afterAll(() => server?.stop())

  it('leaves nothing to the next one: roles, variables, temporary tables, locks, prepared statements, settings', async () => {
    const at = { config: { port: server.port, database: 'shop' }, credential: reader, parting_ms: 800 }
    const leave = [
      'SET ROLE boss',
      'SET @left = 1',
      'SET SESSION sql_mode = ""',
      'SET SESSION time_zone = "+05:00"',
      'CREATE TEMPORARY TABLE left_behind (a int)',
      "DO get_lock('left', 0)",
      "PREPARE left_behind FROM 'SELECT 1'",
      'CREATE TABLE kept (a int)',
      'LOCK TABLES kept WRITE',
    ]
    for (const sql of leave) expect((await runQuery(at, sql, { mode: 'write' })).last, sql).toHaveProperty('done')
    const seen = await runQuery(
      at,
      "SELECT current_role(), @left, @@time_zone, @@sql_mode <> '', is_free_lock('left'), @@autocommit",
    )
    expect(seen.rows).toEqual([[null, null, 'SYSTEM', 1, 1, '1']])
    expect((await runQuery(at, 'SELECT * FROM left_behind')).last).toMatchObject({ failed: { code: '42S02' } })
    expect((await runQuery(at, 'EXECUTE left_behind', { mode: 'write' })).last).toHaveProperty('failed')
    expect((await runQuery(at, 'INSERT INTO kept VALUES (1)', { mode: 'write' })).last).toHaveProperty('done')
    expect((await runQuery(at, 'SELECT * FROM kept')).rows).toEqual([[1]])
  })
})
