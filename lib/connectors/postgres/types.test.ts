import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../_sql/testing/run.ts'
import { driver } from './driver.ts'
import { targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const database = 'result_types'

/** Values by what they are shown as; ends and oddities of every type that comes with the server, and of made ones. */
const values: Record<string, readonly string[]> = {
  boolean: ['true', 'false', 'null::bool'],
  integer: [
    ...['32767::int2', '(-32768)::int2', '2147483647', '(-2147483648)::int4', '0', '4294967295::oid'],
    ...['9223372036854775807::int8', '(-9223372036854775808)::int8', '9007199254740993::int8', '1::int8', '1::even'],
  ],
  float: [
    ...[
      `'NaN'::float8`,
      `'Infinity'::float8`,
      `'-Infinity'::float4`,
      `'-0'::float8`,
      '1e308::float8',
      '5e-324::float8',
    ],
    ...[
      '0.1::float4',
      '16777217::float4',
      '1e15::float8',
      '1e-7::float8',
      '123456789.123456789::float8',
      '3.4e38::float4',
    ],
  ],
  decimal: [
    ...[
      '1.10::numeric',
      '0.00000000000000000001::numeric',
      `repeat('9', 200)::numeric`,
      `'NaN'::numeric`,
      '-0.0::numeric',
    ],
    ...['1e-100::numeric', '12345678901234567890.123456789::numeric(40,9)', '100::numeric(3,0)', `'Infinity'::numeric`],
  ],
  text: [
    ...[
      `''`,
      `' '`,
      `'x'::char(5)`,
      `'ä'::varchar(1)`,
      `'x'::"char"`,
      `'pg_class'::name`,
      `'é' || chr(769)`,
      `'NULL'`,
      `'null'`,
    ],
    ...[
      `'<a b="c">&amp;</a>'::xml`,
      `'sad'::mood`,
      `'192.168.0.1/24'::inet`,
      `'::1/128'::inet`,
      `'10.0.0.0/8'::cidr`,
      `chr(127)`,
    ],
    ...[`'x'::short`, `'{1,2}'::text`, `e'\\\\x41'`, `'12'::text`, `'true'::text`],
  ],
  date: [`'infinity'::date`, `'-infinity'::date`, `date '4713-01-01 BC'`, `date '5874897-12-31'`, `date '2026-11-21'`],
  time: [`time '24:00:00'`, `time '00:00:00.000001'`, `timetz '23:59:59.999999-15:59:59'`, `time(0) '12:34:56.7'`],
  timestamp: [
    ...[
      `timestamp 'infinity'`,
      `timestamptz '-infinity'`,
      `timestamp '0044-03-15 12:00 BC'`,
      `timestamptz '1900-01-01 00:00+00'`,
    ],
    ...[
      `timestamptz '2026-11-21 22:00:00.123456+05:30'`,
      `timestamp '294276-12-31 23:59:59.999999'`,
      `timestamp(0) '2026-01-01'`,
    ],
  ],
  interval: [
    ...[
      `interval '1 year -2 mons +3 days -04:05:06.789'`,
      `interval '0'`,
      `interval '-1 month'`,
      `interval '178000000 years'`,
    ],
    ...[`interval '1' day`, `interval '25:00:00'`, `make_interval(secs => 0.000001)`],
  ],
  json: [
    ...[`'{"a":1, "a":2,  "b":[null,1e400]}'::json`, `'{"a":1, "a":2}'::jsonb`, `'"\\u0041"'::json`, `'null'::jsonb`],
    ...[`'12345678901234567890.1234567890'::jsonb`, `'"é\\n"'::jsonb`],
  ],
  binary: [`''::bytea`, `'\\x00ff5c'::bytea`, `'\\x27225c5c'::bytea`],
  array: [
    ...[
      `'{}'::int[]`,
      `array[1,null,3]`,
      `array[[1,2],[3,4]]`,
      `'[2:3]={1,2}'::int[]`,
      `array['a b','','NULL',null,'q"\\','{,}']`,
    ],
    ...[
      `array['\\x00'::bytea]`,
      `array[null::numeric(6,2), 1.10]`,
      `array['NaN'::float8, 'infinity']`,
      `array['sad'::mood]`,
    ],
    ...[
      `array[timestamptz '2026-01-01 00:00+00', 'infinity']`,
      `array['{"a":"b"}'::jsonb]`,
      `array[interval '1 day']`,
      `array[row(1,'x',null)::pair]`,
    ],
  ],
  uuid: [`'123e4567-e89b-12d3-a456-426655440000'::uuid`],
  other: [
    ...[
      `'101'::bit(3)`,
      `''::varbit`,
      `'0101'::varbit`,
      `'-1234.56'::money`,
      `'(1,,)'::pair`,
      `row(1, 'a b', null)::pair`,
      `row(1,'x')`,
    ],
    ...[
      `'empty'::int4range`,
      `'[1,10)'::int8range`,
      `'(,)'::tstzrange`,
      `'{[1,2),[5,6)}'::int4multirange`,
      `'[1.10,2]'::numrange`,
    ],
    ...[
      `point '(1.5,-2)'`,
      `point(0.1, 1e300)`,
      `line '{1,2,3}'`,
      `lseg '[(0,0),(1,1)]'`,
      `box '(2,2),(1,1)'`,
      `path '((0,0),(1,1))'`,
    ],
    ...[
      `path '[(0,0),(1,1)]'`,
      `polygon '((0,0),(1,1),(2,0))'`,
      `circle '<(0,0),1e-300>'`,
      `'08:00:2b:01:02:03'::macaddr`,
    ],
    ...[`to_tsvector('a fat cat''s')`, `'fat & !rat'::tsquery`, `'16/B374D848'::pg_lsn`],
    ...[
      `'10:20:10,14,15'::txid_snapshot`,
      `'(0,1)'::tid`,
      `'1'::xid`,
      `'pg_class'::regclass`,
      `'int4'::regtype`,
      `'pg_backend_pid'::regproc`,
    ],
    ...[`'$."a"[*]'::jsonpath`, `'1 2 3'::int2vector`, `'1 2'::oidvector`],
  ],
}

/** What the catalog counts among others than it seems. */
const kindOf: Record<string, string> = {
  "'1 2 3'::int2vector": 'array',
  "'1 2'::oidvector": 'array',
}

describe.each(serverNames)('types of the %s server', (name) => {
  let server: TestServer
  let plain: Client
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database} encoding 'UTF8' locale 'C' template template0`)
    await server.run(
      database,
      `create type mood as enum ('sad', 'it''s "ok"'); create type pair as (a int, b text, c numeric); create domain short as varchar(3);
       create domain even as int check (value > 0); alter database ${database} set timezone = 'Asia/Kathmandu';
       alter database ${database} set DateStyle = 'German, DMY'; alter database ${database} set IntervalStyle = 'sql_standard';
       alter database ${database} set extra_float_digits = 0; alter database ${database} set bytea_output = 'escape'`,
    )
    plain = new Client({
      host: '127.0.0.1',
      port: server.port,
      database,
      user: server.admin.username,
      password: server.admin.password,
    })
    await plain.connect()
    await plain.query(
      `set DateStyle = 'ISO'; set IntervalStyle = 'postgres'; set extra_float_digits = 3; set bytea_output = 'hex'`,
    )
  })
  afterAll(async () => {
    await plain?.end()
    await drop()
    server.stop()
  })
  const drop = () => server.run('postgres', `drop database if exists ${database} with (force)`)
  /** The one value as it stands in the line, and what its column is said to hold. */
  const shown = async (sql: string): Promise<{ kind: string; text: string | null }> => {
    const parts: Uint8Array[] = []
    const target = targetOf({ config: { port: server.port, database }, credential: server.admin })
    for await (const bytes of driver.query(target, requestOf(sql))) parts.push(bytes)
    const [head = '', line = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\n')
    expect([sql, line, rest.length]).toEqual([sql, expect.stringMatching(/^\[.*\]$/s), 2])
    const written = line.slice(1, -1)
    const text: string | null = written.startsWith('"') || written === 'null' ? JSON.parse(written) : written
    return { kind: JSON.parse(head).columns[0].kind, text }
  }
  /** What the server itself writes, through a client that reads nothing into it. */
  const own = async (sql: string): Promise<string | null> => {
    const types = { getTypeParser: () => (text: string) => text }
    const { rows } = await plain.query({ text: sql, types, rowMode: 'array' })
    return rows[0]?.[0] ?? null
  }
  const booleans: Record<string, string> = { t: 'true', f: 'false' }

  it.each(Object.keys(values))('%s: every value is the server’s own text', async (kind) => {
    for (const expression of values[kind] ?? []) {
      const sql = `select ${expression} as v`
      const expected = await own(sql)
      const found = await shown(sql)
      const wanted = kindOf[expression] ?? kind
      const text = wanted === 'boolean' ? (booleans[expected ?? ''] ?? expected) : expected
      expect({ expression, ...found }).toEqual({ expression, kind: wanted, text })
    }
  })
})
