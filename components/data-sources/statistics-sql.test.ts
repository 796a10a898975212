import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manifest as mysql } from '#lib/connectors/mysql/manifest'
import { hasMariaDb, type MariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { manifest as postgres } from '#lib/connectors/postgres/manifest'
import { openServer, serverNames, type TestServer } from '#lib/connectors/postgres/testing/servers'
import { manifest as sqlite } from '#lib/connectors/sqlite/manifest'
import { readStatistics, statisticsStatement } from './statistics-sql.ts'

describe.each(serverNames)('statistics of columns on a %s PostgreSQL', (name) => {
  let server: TestServer
  let client: Client
  beforeAll(async () => {
    server = await openServer(name)
    const { username: user, password } = server.admin
    client = new Client({ host: '127.0.0.1', port: server.port, database: 'postgres', user, password })
    await client.connect()
    await client.query(
      `create temp table "We ""ird" (n int, t text, j json, a int[], b bytea, p point, "user" boolean, x xml, e numeric)`,
    )
    await client.query(
      `insert into "We ""ird" select case when i % 10 = 0 then null else i % 3 end, repeat(chr(96 + i % 2 + 1), 300), '{"a":1}', array[i % 2], '\\x00ff', '(1,2)', i % 2 = 0, '<a/>', 'NaN' from generate_series(1, 100) i`,
    )
  })
  afterAll(async () => {
    await client.end()
    server.stop()
  })
  const statistics = async (column: string, type: string) => {
    const schema = (await client.query('select nspname from pg_namespace where oid = pg_my_temp_schema()')).rows[0]
      .nspname
    const sql = statisticsStatement({ schema, name: 'We "ird' }, { name: column, type }, postgres.sql)
    return readStatistics((await client.query({ text: sql, rowMode: 'array' })).rows)
  }

  it('counts rows, nulls and distinct values, and finds the ends and what is frequent', async () => {
    expect(await statistics('n', 'integer')).toEqual({
      rows: 100,
      nulls: 10,
      distinct: 3,
      low: '0',
      high: '2',
      top: [
        { value: '0', count: 30 },
        { value: '1', count: 30 },
        { value: '2', count: 30 },
      ],
    })
  })
  it.each([
    ['t', 'text', 2],
    ['j', 'json', 1],
    ['a', 'integer[]', 2],
    ['b', 'bytea', 1],
    ['p', 'point', 1],
    ['user', 'boolean', 2],
    ['x', 'xml', 1],
    ['e', 'numeric', 1],
  ])('works for %s, which is %s', async (column, type, distinct) => {
    const found = await statistics(column, type)
    expect(found).toMatchObject({ rows: 100, nulls: 0, distinct })
    expect(found.top[0]?.value.length).toBeLessThanOrEqual(200)
  })
})

describe.skipIf(!hasMariaDb)('statistics of columns on a MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.`a``b` (`key` int, d decimal(10,2), b blob, e enum("x","y"), j json, g point)',
      'INSERT INTO shop.`a``b` VALUES (1, 1.5, x\'00ff\', "x", \'{"a":1}\', POINT(1, 2)), (1, 2.5, NULL, "y", NULL, NULL), (NULL, 2.5, NULL, "y", NULL, NULL)',
    )
  }, 60_000)
  afterAll(() => server?.stop())

  it.each([
    ['key', 'int(11)', { rows: 3, nulls: 1, distinct: 1, low: '1', high: '1', top: [{ value: '1', count: 2 }] }],
    ['d', 'decimal(10,2)', { distinct: 2, low: '1.50', high: '2.50' }],
    ['b', 'blob', { nulls: 2, distinct: 1, low: null, top: [{ value: '00FF', count: 1 }] }],
    ['e', "enum('x','y')", { distinct: 2, low: 'x' }],
    ['j', 'json', { distinct: 1, nulls: 2 }],
    ['g', 'point', { distinct: 1, nulls: 2 }],
  ])('works for %s, which is %s', async (name, type, expected) => {
    const rows = await server.rows(statisticsStatement({ schema: 'shop', name: 'a`b' }, { name, type }, mysql.sql))
    expect(readStatistics(rows.map((row) => Object.values(row)))).toMatchObject(expected)
  })
})

it('works on a SQLite, whatever a column holds, and on a table without rows', () => {
  const db = new DatabaseSync(':memory:')
  db.exec(
    `create table "t""x" (v, n integer); insert into "t""x" values (1, 1), ('a', 2), (x'00ff', 2), (null, 3); create table none (a)`,
  )
  const of = (table: string, name: string) => {
    const sql = statisticsStatement({ schema: 'main', name: table }, { name, type: 'any' }, sqlite.sql)
    return readStatistics(
      db
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)),
    )
  }
  expect(of('t"x', 'v')).toMatchObject({ rows: 4, nulls: 1, distinct: 3 })
  expect(of('t"x', 'n')).toMatchObject({ low: '1', high: '3', top: [{ value: '2', count: 2 }, {}, {}] })
  expect(of('none', 'a')).toEqual({ rows: 0, nulls: 0, distinct: 0, low: null, high: null, top: [] })
})
