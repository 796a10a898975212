import fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasMariaDb, type MariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { runQuery as runMysql } from '#lib/connectors/mysql/testing/run'
import { runQuery as runPostgres } from '#lib/connectors/postgres/testing/run'
import { openServer, serverNames, type TestServer } from '#lib/connectors/postgres/testing/servers'
import { copyPieces } from './copy-text.ts'
import type { Row } from './result-store.ts'

const rounds = process.env.ASSURE === '1' ? 200 : 12

/** The INSERT that a page writes of a result. */
const insertOf = (result: Awaited<ReturnType<typeof runPostgres>>, options: { dialect?: 'mysql' }): string => {
  const { head, rows } = result
  if (!head) throw new Error(JSON.stringify(result.last))
  const written = { columns: head.columns, count: rows.length, rowAt: (at: number) => rows[at] as Row }
  const writing = options.dialect ? ({ quote: '`', dialect: 'mysql' } as const) : ({ quote: '"' } as const)
  return [...copyPieces('insert', written, { hasHeader: true, isFormulaSafe: true, table: 'taken', writing })].join('')
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const pad = (value: number, length: number) => String(value).padStart(length, '0')
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom(
      '',
      ' ',
      'NULL',
      "'",
      "\\'",
      '\\',
      '\\\\x41',
      "'; drop table taken; --",
      '\n\r\t',
      '\\x00ff',
      '$1',
      '/*',
      '?',
      '😀',
      '"',
    ),
  )
  .map((value) => value.replaceAll('\0', ''))
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(999_999_999))
  .map(([whole, rest]) => `${whole}.${pad(rest, 9)}`)
const day = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([y, m, d]) => `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}`)
const clock = fc
  .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(999_999))
  .map(([h, m, s, u]) => `${pad(h, 2)}:${pad(m, 2)}:${pad(s, 2)}.${pad(u, 6)}`)
const document = fc.json({ noUnicodeString: false } as never).map((value) => value.replaceAll('\\u0000', ''))
const number = (value: number) => (Object.is(value, -0) ? '-0' : String(value))
const bytes = fc.uint8Array({ maxLength: 12 })
const rowOf = (kinds: Record<string, fc.Arbitrary<string>>) =>
  fc.tuple(...Object.values(kinds).map((kind) => fc.option(kind, { nil: null, freq: 8 })))

describe.each(serverNames)('an INSERT of what the %s PostgreSQL showed', (name) => {
  const database = 'copied_inserts'
  let server: TestServer
  let client: Client
  const kinds: Record<string, fc.Arbitrary<string>> = {
    boolean: fc.boolean().map(String),
    smallint: fc.integer({ min: -32768, max: 32767 }).map(String),
    int: fc.integer().map(String),
    bigint: int64,
    numeric: fc.oneof(decimal, fc.constantFrom('NaN', '0', '-0.10', '1e-30', '1e40')),
    real: fc.oneof(fc.float().map(number), fc.constantFrom('NaN', 'Infinity', '-Infinity', '-0')),
    'double precision': fc.oneof(
      fc.double().map(number),
      fc.constantFrom('NaN', 'Infinity', '-Infinity', '-0', '5e-324'),
    ),
    text,
    'varchar(200)': text,
    'char(9)': fc.constantFrom('a', "b'", '\\', ''),
    date: fc.oneof(day, fc.constantFrom('infinity', '-infinity', '0044-03-15 BC')),
    time: clock,
    timetz: clock.map((value) => `${value}+05:30`),
    timestamp: fc.oneof(
      fc.tuple(day, clock).map((parts) => parts.join(' ')),
      fc.constantFrom('infinity', '-infinity', '0001-01-01 00:00:00 BC'),
    ),
    timestamptz: fc.oneof(
      fc.tuple(day, clock).map((parts) => `${parts.join(' ')}+00`),
      fc.constantFrom('infinity', '-infinity'),
    ),
    interval: fc
      .tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }), clock)
      .map(([m, d, t]) => `${m} mons ${d} days ${t}`),
    json: document,
    jsonb: document,
    bytea: bytes.map((value) => `\\x${hex(value)}`),
    uuid: fc.uuid(),
    inet: fc.ipV4(),
    'bit(5)': fc.constantFrom('00000', '10101'),
    varbit: fc.constantFrom('', '0', '101010101010'),
    money: fc.integer().map((value) => String(value / 100)),
    xml: fc.constantFrom('<a>x</a>', "<a b='c'>\\</a>"),
    int4range: fc.constantFrom('empty', '[1,5)', '(,)', '[3,)'),
    point: fc.tuple(fc.integer(), fc.integer()).map(([x, y]) => `(${x},${y})`),
    polygon: fc.constant('((0,0),(1,1.5),(2,0))'),
    mood: fc.constantFrom('sad', 'it\'s "ok"', 'back\\slash'),
    pair: fc.constantFrom('(1,"a ""b"" \\\\ c")', '(,)', `(2,"it's")`),
    'int[]': fc.constantFrom('{}', '{1,NULL,3}', '{{1,2},{3,4}}', '[2:3]={1,2}'),
    'text[]': fc.constantFrom('{}', '{"a b",NULL,"NULL","","q\\"\\\\","{,}","it\'s"}'),
    oid: fc.integer({ min: 0, max: 4_294_967_295 }).map(String),
    '"char"': fc.constantFrom('a', "'", '\\'),
  }
  const columns = Object.keys(kinds)
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database} encoding 'UTF8' locale 'C' template template0`)
    const { username: user, password } = server.admin
    client = new Client({ host: '127.0.0.1', port: server.port, database, user, password })
    await client.connect()
    await client.query(`create type mood as enum ('sad', 'it''s "ok"', 'back\\slash'); create type pair as (a int, b text);
      create table shown (place serial, ${columns.map((type, at) => `"Column ${at}" ${type}`).join(', ')});
      create table taken (like shown)`)
  })
  afterAll(async () => {
    await client?.end()
    await drop()
    server.stop()
  })
  const drop = () => server.run('postgres', `drop database if exists ${database} with (force)`)

  it('writes exactly the same rows, of every type', { timeout: 120_000 }, async () => {
    const many = fc.array(rowOf(kinds), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(many, async (rows) => {
        await client.query('truncate shown, taken')
        for (const row of rows) {
          const places = columns.map((type, at) => `$${at + 1}::text::${type}`)
          const names = columns.map((_, at) => `"Column ${at}"`)
          await client.query(`insert into shown (${names}) values (${places})`, row)
        }
        const options = {
          config: { port: server.port, database },
          credential: server.admin,
          limits: { total_ms: 60_000 },
        }
        const result = await runPostgres(options, 'select * from shown order by place')
        await client.query(insertOf(result, {}))
        const { rows: lost } = await client.query(
          '(select shown::text from shown except all select taken::text from taken) union all (select taken::text from taken except all select shown::text from shown)',
        )
        expect(lost).toEqual([])
      }),
      { numRuns: rounds },
    )
  })
})

describe.skipIf(!hasMariaDb)('an INSERT of what MariaDB showed', () => {
  let server: MariaDb
  const kinds: Record<string, fc.Arbitrary<string>> = {
    'tinyint(1)': fc.constantFrom('0', '1', '-128'),
    int: fc.integer().map(String),
    'int(6) zerofill': fc.nat(999_999).map(String),
    'bigint unsigned': fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    bigint: int64,
    'decimal(40,9)': decimal,
    double: fc.double({ noNaN: true, noDefaultInfinity: true }).map(number),
    float: fc.constantFrom('1.5', '-0.25', '1e30', '0'),
    'varchar(200) character set utf8mb4': text,
    'text character set utf8mb4': text,
    'varchar(20) character set latin1': fc.constantFrom('é', "'\\", ''),
    date: fc.oneof(day, fc.constantFrom('0000-00-00', '9999-12-31')),
    'time(6)': fc.oneof(clock, fc.constantFrom('-838:59:59.000000', '838:59:59')),
    'datetime(6)': fc.tuple(day, clock).map((parts) => parts.join(' ')),
    year: fc.constantFrom('1901', '2155', '0000'),
    'varbinary(40)': bytes.map(hex),
    blob: bytes.map(hex),
    'bit(9)': fc.constantFrom('00', '01', '0155'),
    "enum('a','it''s','\\\\\\\\')": fc.constantFrom('a', "it's", '\\\\'),
    "set('x','y')": fc.constantFrom('', 'x', 'x,y'),
    json: document,
    uuid: fc.uuid(),
    inet6: fc.constantFrom('::1', '2001:db8::ff00:42:8329'),
    geometry: fc.constantFrom('POINT(1 2)', 'POLYGON((0 0,0 1,1 1,0 0))', 'LINESTRING(0 0,1.5 -2)'),
  }
  const columns = Object.keys(kinds)
  const isBytes = (type: string) => /binary|blob|bit/.test(type)
  beforeAll(async () => {
    server = await startMariaDb(['--sql-mode='])
    await server.run(
      'CREATE DATABASE shop CHARACTER SET utf8mb4',
      `CREATE TABLE shop.shown (place int auto_increment primary key, ${columns.map((type, at) => `\`Column ${at}\` ${type}`).join(', ')})`,
      'CREATE TABLE shop.taken LIKE shop.shown',
    )
  }, 60_000)
  afterAll(() => server?.stop())

  it('writes exactly the same rows, of every type', { timeout: 120_000 }, async () => {
    const session = await server.hold(server.admin)
    await session.query('USE shop')
    const many = fc.array(rowOf(kinds), { minLength: 1, maxLength: 8 })
    const place = (type: string) => (isBytes(type) ? 'unhex(?)' : type === 'geometry' ? 'st_geomfromtext(?)' : '?')
    await fc.assert(
      fc.asyncProperty(many, async (rows) => {
        await session.query('TRUNCATE shown')
        await session.query('TRUNCATE taken')
        for (const row of rows)
          await session.query(
            `INSERT INTO shown (${columns.map((_, at) => `\`Column ${at}\``)}) VALUES (${columns.map(place)})`,
            row,
          )
        const options = { config: { port: server.port, database: 'shop' }, credential: server.admin, parting_ms: 800 }
        const result = await runMysql(options, 'SELECT * FROM shown ORDER BY place')
        await session.query(insertOf(result, { dialect: 'mysql' }))
        const bare = columns.map((_, at) => `hex(\`Column ${at}\`)`)
        const rowsOf = async (table: string) =>
          (await session.query({ sql: `SELECT ${bare} FROM ${table} ORDER BY place`, rowsAsArray: true }))[0]
        expect(await rowsOf('taken')).toEqual(await rowsOf('shown'))
      }),
      { numRuns: rounds },
    )
    session.destroy()
  })
})
