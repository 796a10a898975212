import type { Connection, RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../_sql/testing/run.ts'
import { query } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { targetOf } from './testing/run.ts'

/** Columns of every type with values at their ends and oddities, by what they are shown as. */
const columns: Record<string, readonly (readonly [type: string, ...values: string[]])[]> = {
  integer: [
    ['boolean', '1', '0'],
    ['tinyint', '-128', '127'],
    ['tinyint unsigned', '255'],
    ['smallint', '-32768'],
    ['smallint unsigned', '65535'],
    ['mediumint', '-8388608'],
    ['mediumint unsigned', '16777215'],
    ['int', '-2147483648', '2147483647'],
    ['int unsigned', '4294967295'],
    ['int(8) zerofill', '42', '0'],
    ['bigint', '-9223372036854775808', '9223372036854775807', '9007199254740993', '1'],
    ['bigint unsigned', '18446744073709551615', '0'],
    ['bigint(20) zerofill', '7'],
    ['year', '1901', '2155', '0'],
  ],
  decimal: [
    ['decimal(65,0)', '9'.repeat(65), `-${'9'.repeat(65)}`],
    ['decimal(65,38)', `${'9'.repeat(27)}.${'1'.repeat(38)}`, '-0.00000000000000000000000000000000000001'],
    ['decimal(10,2)', '1.10', '-0.00', '0'],
    ['decimal(10,2) unsigned', '12345678.90'],
    ['decimal(12,3) zerofill', '1.5'],
    ['decimal(5)', '-99999'],
  ],
  float: [
    ['float', '3.402823466e38', '-3.402823466e38', '1.175494351e-38', '16777217', '0.1', '0e0 * -1', '1e10'],
    ['float(10,3)', '1234567.891'],
    [
      'double',
      '1.7976931348623157e308',
      '2.2250738585072014e-308',
      '5e-324',
      '0.1',
      '0e0 * -1',
      '1e15',
      '1e-7',
      '9007199254740993',
    ],
    ['double', '123456789.123456789', '0.30000000000000004', '1e21', '1e22'],
    ['double(20,5)', '1e14'],
    ['double unsigned', '1.5'],
  ],
  date: [['date', "'0000-00-00'", "'1000-01-01'", "'9999-12-31'", "'2026-02-00'", "'0001-01-01'"]],
  time: [
    ['time', "'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01'"],
    ['time(6)', "'-838:59:59.999999'", "'00:00:00.000001'", "'-00:00:00.5'"],
    ['time(1)', "'12:34:56.78'"],
  ],
  timestamp: [
    ['datetime', "'0000-00-00 00:00:00'", "'9999-12-31 23:59:59'", "'2026-00-00 00:00:00'"],
    ['datetime(6)', "'1000-01-01 00:00:00.000001'", "'9999-12-31 23:59:59.999999'"],
    ['datetime(3)', "'2026-11-21 10:00:00.1'"],
    ['timestamp null', "'1970-01-01 00:00:01'", "'2038-01-19 03:14:07'", "'0000-00-00 00:00:00'"],
    ['timestamp(6) null', "'2026-11-22 03:03:03.100000'"],
  ],
  text: [
    ['char(5)', "''", "' x'", "'ab   '", "'grün'"],
    [
      'varchar(20)',
      "''",
      "'  '",
      "'a\\0b\\n\\t\"\\\\'",
      "'null'",
      "'😀é'",
      "concat('e', _utf8mb4 x'CC81')",
      'char(127 using utf8mb4)',
    ],
    ['varchar(20) character set latin1', "'é€'", "_latin1 x'80818d8fff'"],
    ['varchar(20) character set utf8mb3', "'漢'"],
    ['varchar(20) character set ucs2', "'é漢'"],
    ['varchar(20) character set utf32', "'😀'"],
    ['varchar(20) character set cp1251', "'Привет'"],
    ['varchar(20) character set sjis', "'日本'"],
    ['varchar(9) collate utf8mb4_bin', "'Aa'"],
    ['tinytext', "'x'"],
    ['text', "repeat('ä', 300)"],
    ['mediumtext', "'</script>'"],
    ['longtext', "''"],
    ['json', `'{"a": 1, "a":2,  "b":[null,1e400]}'`, "'12345678901234567890.1234567890'", `'"\\\\u0041"'`, "'null'"],
    ["enum('a','it''s','','ö')", "'a'", "'it''s'", "'ö'", '0'],
    ["set('x','y','z')", "'x,y'", "''", "'x'"],
    ['uuid', "'123e4567-e89b-12d3-a456-426655440000'"],
    ['inet6', "'::1'", "'::ffff:192.0.2.1'", "'fe80::1'"],
    ['inet4', "'192.168.0.1'"],
  ],
  binary: [
    ['binary(3)', "x'00'", "'ab'"],
    ['varbinary(9)', "''", "x'00ff5c27'"],
    ['tinyblob', "x'ff'"],
    ['blob', "repeat(x'00', 300)"],
    ['mediumblob', "'text'"],
    ['longblob', "x'efbbbf'"],
    ['bit(1)', "b'0'", "b'1'"],
    ['bit(9)', "b'101'"],
    ['bit(64)', "b'1111111111111111111111111111111111111111111111111111111111111111'"],
  ],
  geometry: [
    ['point', 'POINT(1.5, -2e300)'],
    ['linestring', "ST_GeomFromText('LINESTRING(0 0,1 1)')"],
    ['polygon', "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')"],
    ['multipoint', "ST_GeomFromText('MULTIPOINT(0 0,1 1)')"],
    ['geometrycollection', "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))')"],
    ['geometry', "ST_GeomFromText('POINT(1 1)', 4326)"],
  ],
}

/** What no column holds: results of functions, constants and what the server makes of two types. */
const expressions: Record<string, readonly string[]> = {
  integer: [
    '1',
    '18446744073709551615',
    '-9223372036854775808',
    'true',
    '1 = 1',
    'count(*)',
    '~0',
    '5 DIV 2',
    '@@port',
  ],
  decimal: ['1.10', '1/3', `sum(1.5)`, '12345678901234567890123', "CAST('1.50' AS decimal(65,38))", 'avg(a)'],
  float: ['1e0', 'pi()', 'rand() * 0', 'sqrt(2)', "'1' + 0", 'std(a)', '1.7e308'],
  text: [
    "''",
    "'x'",
    "concat('a', 1)",
    'group_concat(a)',
    "json_object('a', 1)",
    'CAST(1 AS char)',
    "lower('Ä')",
    "date_format('2026-01-01', '%W')",
    'ST_AsText(POINT(1,2))',
    "CASE WHEN 1 THEN 'a' ELSE 1 END",
    "coalesce(NULL, 'ä')",
    '_latin1 0xe9',
    "elt(1, 'é')",
  ],
  binary: [
    "x'00ff'",
    "CAST('ä' AS binary)",
    "unhex('ff')",
    "from_base64('AAE=')",
    "concat(x'00', 'a')",
    'random_bytes(0)',
    "aes_encrypt('a', 'b')",
    "b'101'",
  ],
  date: ["DATE'2026-01-31'", "CAST('2026-01-31' AS date)", "last_day('2024-02-01')"],
  time: ["TIME'-12:00:00.5'", 'sec_to_time(-1.5)', "timediff('2026-01-01', '2026-01-02')", 'maketime(838, 59, 59)'],
  timestamp: [
    "TIMESTAMP'2026-01-01 00:00:00.123'",
    "CAST('2026-01-01' AS datetime(6))",
    'from_unixtime(1)',
    "date_add(TIMESTAMP'2026-01-01 00:00:00', INTERVAL 1 MICROSECOND)",
  ],
  geometry: ['POINT(1, 2)', 'ST_Buffer(POINT(0, 0), 0)'],
}

describe.skipIf(!hasMariaDb)('types of MariaDB', () => {
  let server: MariaDb
  let plain: Connection
  beforeAll(async () => {
    server = await startMariaDb(['--sql-mode=', '--default-time-zone=+05:45', '--character-set-server=latin1'])
    await server.run('CREATE DATABASE kinds CHARACTER SET utf8mb4', 'CREATE TABLE kinds.n AS SELECT 1 AS a')
    plain = await server.hold(server.admin)
    await plain.query('USE kinds')
    await plain.query('SET NAMES utf8mb4')
  }, 60_000)
  afterAll(async () => {
    plain?.destroy()
    await server?.stop()
  })
  /** The one value as it stands in the line, and what its column is said to hold. */
  const shown = async (sql: string): Promise<{ kind: string; text: string | null }> => {
    const target = targetOf({
      config: { port: server.port, database: 'kinds' },
      credential: server.admin,
      parting_ms: 800,
    })
    const parts: Uint8Array[] = []
    for await (const bytes of query(target, requestOf(sql))) parts.push(bytes)
    const [head = '', line = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\n')
    expect([sql, head, line, rest.length]).toEqual([sql, expect.any(String), expect.stringMatching(/^\[.*\]$/s), 2])
    const written = line.slice(1, -1)
    const text: string | null = written.startsWith('"') || written === 'null' ? JSON.parse(written) : written
    return { kind: JSON.parse(head).columns[0].kind, text }
  }
  /** The bytes that the server itself writes, through a client that reads nothing into them. */
  const own = async (sql: string): Promise<Buffer | null> => {
    const typeCast = (field: { buffer(): Buffer | null }) => field.buffer()
    const [rows] = await plain.query<RowDataPacket[][]>({ sql, rowsAsArray: true, typeCast } as never)
    return (rows[0]?.[0] ?? null) as Buffer | null
  }
  const asText = (bytes: Buffer | null, kind: string): string | null => {
    if (bytes === null) return null
    return kind === 'binary' || kind === 'geometry' ? `\\x${bytes.toString('hex')}` : bytes.toString('utf8')
  }

  it.each(Object.keys(columns))(
    '%s columns: every value is the server’s own text',
    async (kind) => {
      for (const [type, ...values] of columns[kind] ?? [])
        for (const value of values) {
          await plain.query(`CREATE OR REPLACE TABLE v (v ${type})`)
          await plain.query(`INSERT INTO v VALUES (${value})`)
          const sql = 'SELECT v FROM v'
          expect({ type, value, ...(await shown(sql)) }).toEqual({
            type,
            value,
            kind,
            text: asText(await own(sql), kind),
          })
        }
    },
    120_000,
  )
  it.each(Object.keys(expressions))(
    '%s expressions: every value is the server’s own text',
    async (kind) => {
      for (const value of expressions[kind] ?? []) {
        const sql = `SELECT ${value} AS v FROM n`
        expect({ value, ...(await shown(sql)) }).toEqual({ value, kind, text: asText(await own(sql), kind) })
      }
    },
    60_000,
  )
  it('what a number is in JSON is the same number', async () => {
    for (const value of ['1.7976931348623157e308', '5e-324', '0.1', '9007199254740993', '123456789.123456789']) {
      await plain.query('CREATE OR REPLACE TABLE v (v double)')
      await plain.query(`INSERT INTO v VALUES (${value})`)
      expect([value, Number((await shown('SELECT v FROM v')).text)]).toEqual([value, Number(value)])
    }
  })
})
