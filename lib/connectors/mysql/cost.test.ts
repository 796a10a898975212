import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runQuery } from './testing/run.ts'

const rows = 'SELECT x.a FROM t x, t y, t z'
const tooDear = { code: 'unprocessable', message: expect.stringMatching(/^The planner expects a cost of \d+/) }
const hasNoPlan = { code: 'unprocessable', message: expect.stringContaining('has no plan to hold against it') }

describe.skipIf(!hasMariaDb)('a limit of cost on MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'USE shop',
      'CREATE TABLE t (a int PRIMARY KEY, b int)',
      'INSERT INTO t SELECT seq, seq FROM seq_1_to_100',
      'CREATE TABLE log (a int)',
      `CREATE PROCEDURE fill() INSERT INTO log ${rows}`,
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const at = () => ({ config: { port: server.port, database: 'shop' }, credential: server.admin, parting_ms: 800 })
  const write = (sql: string) => runQuery(at(), sql, { mode: 'write', max_cost: 1_000 })
  const state = () =>
    server.rows(
      `SELECT (SELECT count(*) FROM shop.t) AS t, (SELECT count(*) FROM shop.log) AS l, (SELECT sum(b) FROM shop.t) AS b,
        (SELECT group_concat(table_name) FROM information_schema.tables WHERE table_schema = 'shop') AS tables`,
    )

  it.each([
    `INSERT INTO log ${rows}`,
    `INSERT INTO log ${rows} RETURNING a`,
    `REPLACE INTO log ${rows}`,
    `INSERT INTO log VALUES ((SELECT count(*) FROM (${rows}) q))`,
    `UPDATE t SET b = (SELECT count(*) FROM (${rows}) q)`,
    `UPDATE t, (${rows}) q SET t.b = 0 WHERE t.a = q.a`,
    `DELETE FROM t WHERE a IN (${rows})`,
    `DELETE t FROM t JOIN (${rows}) q ON t.a = q.a`,
  ])('holds what is written: %s', async (sql) => {
    const before = await state()
    await expect(write(sql)).rejects.toMatchObject(tooDear)
    expect(await state()).toEqual(before)
  })

  it.each([
    `CREATE TABLE made AS ${rows}`,
    `CREATE OR REPLACE TABLE made (x int) (${rows})`,
    `CREATE TEMPORARY TABLE made ${rows}`,
    `CREATE TABLE made /*! AS ${rows} */`,
    `/*!50000 CREATE TABLE made AS ${rows} */`,
    'CALL fill()',
    `DO (SELECT count(*) FROM (${rows}) q)`,
    `SET @x = (SELECT count(*) FROM (${rows}) q)`,
    `SET STATEMENT max_statement_time = 0 FOR INSERT INTO log ${rows}`,
    `SET STATEMENT max_statement_time = 0 FOR ${rows}`,
    `BEGIN NOT ATOMIC INSERT INTO log ${rows}; END`,
    `IF 1 THEN INSERT INTO log ${rows}; END IF`,
    `EXECUTE IMMEDIATE 'INSERT INTO log ${rows}'`,
    `SHOW TABLES WHERE (SELECT count(*) FROM (${rows}) q) > 0`,
    `XA RECOVER`,
  ])('runs nothing that has no plan and runs or asks others: %s', async (sql) => {
    const before = await state()
    await expect(write(sql)).rejects.toMatchObject(hasNoPlan)
    expect(await state()).toEqual(before)
  })

  it('holds questions within SHOW, which only reads', async () => {
    const sql = `SHOW TABLES WHERE (SELECT count(*) FROM (${rows}) q) > 0`
    await expect(runQuery(at(), sql, { max_cost: 1_000 })).rejects.toMatchObject(hasNoPlan)
    expect((await runQuery(at(), "SHOW TABLES WHERE tables_in_shop = 'log'", { max_cost: 1_000 })).rows).toEqual([
      ['log'],
    ])
  })

  it.each([
    ['INSERT INTO log VALUES (1)', 'INSERT'],
    ['INSERT INTO log SELECT a FROM t WHERE a < 3', 'INSERT'],
    ['UPDATE t SET b = b WHERE a = 1', 'UPDATE'],
    ['DELETE FROM log WHERE a = 1', 'DELETE'],
    ['CREATE TABLE cheap (a int, b int AS (a + 1))', 'CREATE'],
    ['ALTER TABLE cheap ADD c int', 'ALTER'],
    ['CREATE INDEX i ON cheap (a)', 'CREATE'],
    [`CREATE OR REPLACE DEFINER = CURRENT_USER SQL SECURITY INVOKER VIEW seen AS ${rows}`, 'CREATE'],
    [`ALTER VIEW seen AS ${rows}`, 'ALTER'],
    [`CREATE PROCEDURE more() BEGIN DECLARE n int; SELECT count(*) INTO n FROM t; END`, 'CREATE'],
    ['DROP PROCEDURE more', 'DROP'],
    ['TRUNCATE cheap', 'TRUNCATE'],
    ['SET @x = 1', 'SET'],
  ])('lets what is cheap, or defines, run: %s', async (sql, command) => {
    expect((await write(sql)).last).toMatchObject({ done: { command } })
  })

  it('where there is no limit, all of it runs', async () => {
    const free = async (sql: string) => (await runQuery(at(), sql, { mode: 'write' })).last
    for (const sql of [
      'CREATE TABLE made AS SELECT a FROM t WHERE a < 3',
      'BEGIN NOT ATOMIC INSERT INTO made VALUES (9); END',
      'SET STATEMENT max_statement_time = 9 FOR DELETE FROM made WHERE a = 9',
      'DROP TABLE made',
    ])
      expect(await free(sql), sql).toHaveProperty('done')
  })
})
