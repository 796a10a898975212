import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quoteIdent } from '../_sql/quote.ts'
import { runQuery } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

describe.each(serverNames)('results of the %s server', (name) => {
  let server: TestServer
  const databases = { UTF8: 'result_utf8', SQL_ASCII: 'result_ascii', LATIN1: 'result_latin' }
  const roles = ['result_reader', 'result_other']
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    for (const [encoding, database] of Object.entries(databases))
      await server.run('postgres', `create database ${database} encoding '${encoding}' locale 'C' template template0`)
    await server.run(
      'postgres',
      `create role ${roles[0]} login password 'Re4der-pass'; create role ${roles[1]}; grant ${roles[1]} to ${roles[0]}`,
    )
  })
  afterAll(async () => {
    await drop()
    server.stop()
  })
  const drop = async () => {
    for (const database of Object.values(databases))
      await server.run('postgres', `drop database if exists ${database} with (force)`)
    for (const role of roles) await server.run('postgres', `drop role if exists ${role}`)
  }
  const run = (sql: string, query: Parameters<typeof runQuery>[2] = {}, database = databases.UTF8) =>
    runQuery(
      {
        config: { port: server.port, database },
        credential: server.admin,
        limits: { total_ms: 60_000, bytes: 1_000_000_000 },
      },
      sql,
      query,
    )
  const value = async (expression: string) => (await run(`select ${expression}`)).rows[0]?.[0]

  it.each([
    [`'say "hi" \\ back'`, 'say "hi" \\ back'],
    [`e'\\t\\n\\r\\b\\f' || chr(1) || chr(31) || chr(127)`, '\t\n\r\b\f\u0001\u001f\u007f'],
    [`'é 漢 😀' || chr(8232)`, 'é 漢 😀\u2028'],
    [`'</script><!--'`, '</script><!--'],
    [`''`, ''],
    [`(-7)::int2`, -7],
    [`0::int4`, 0],
    [`'-0'::float8`, -0],
    [`1e300::float8`, 1e300],
    [`0.1::float8 + 0.2::float8`, 0.30000000000000004],
    [`'-Infinity'::float4`, '-Infinity'],
    [`'NaN'::numeric`, 'NaN'],
    [`1.10::numeric`, '1.10'],
    [`(-9223372036854775808)::int8`, '-9223372036854775808'],
    [`'\\x00ff'::bytea`, '\\x00ff'],
    [`'{"a": 1}'::jsonb`, '{"a": 1}'],
    [`timestamptz '2026-11-21 22:00:00+00' at time zone 'UTC'`, '2026-11-21 22:00:00'],
    [`interval '1 day 02:03:04'`, '1 day 02:03:04'],
    [`array[1, null, 3]`, '{1,NULL,3}'],
    [`date '0044-03-15 BC'`, '0044-03-15 BC'],
  ])('%s is exactly %j', async (expression, expected) => expect(await value(expression)).toBe(expected))

  it('gives types their full names', async () => {
    const { head } =
      await run(`select null::varchar(5) as a, null::numeric(6,2)[] as b, null::timestamptz(3) as c, null::interval as d,
      null::json as e, null::uuid as f, null::bytea as g, null::time as h, null::date as i, null::int4range as j, null::inet as k`)
    expect(head?.columns.map(({ type, kind }) => `${type}: ${kind}`)).toEqual([
      'character varying(5): text',
      'numeric(6,2)[]: array',
      'timestamp(3) with time zone: timestamp',
      'interval: interval',
      'json: json',
      'uuid: uuid',
      'bytea: binary',
      'time without time zone: time',
      'date: date',
      'int4range: other',
      'inet: text',
    ])
  })

  it('survives any name of a column', async () => {
    const names = ['"; drop', "it's", '😀', '__proto__', 'a\nb', 'x'.repeat(63), ' ', '<script>']
    const { head } = await run(`select ${names.map((one) => `1 as ${quoteIdent(one)}`).join(', ')}`)
    expect(head?.columns.map((column) => column.name)).toEqual(names)
  })

  it('shows bytes that are no text as replacements, and text of other encodings as it is', async () => {
    const bad = `select chr(226) || ' ' || chr(255) || '"' as a, 1 as b`
    expect((await run(bad, {}, databases.SQL_ASCII)).rows).toEqual([['\ufffd \ufffd"', 1]])
    const latin = `select convert_from('\\xe9'::bytea, 'LATIN1') as a, 'é' as b`
    expect((await run(latin, {}, databases.LATIN1)).rows).toEqual([['é', 'é']])
  })

  it('cuts what is long, whole characters only, and counts it', async () => {
    const { rows, last } = await run(`select repeat('é', 20), repeat('x', 16), 5, repeat('x', 17)`, {
      limits: { cell_bytes: 17 },
    })
    expect(rows).toEqual([[{ cut: 'é'.repeat(8), bytes: 40 }, 'x'.repeat(16), 5, 'x'.repeat(17)]])
    expect(last).toMatchObject({ done: { cells_cut: 1, truncated: null } })
  })

  it('reads a huge value past without holding it', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().arrayBuffers
    const { rows, last } = await run(`select 1, repeat('a', 200000000), null, 'after'`, {
      limits: { cell_bytes: 1000 },
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(120_000_000)
    const row = [1, { cut: 'a'.repeat(1000), bytes: 200_000_000 }, null, 'after']
    expect(rows).toEqual([row])
    expect(last).toMatchObject({ done: { rows: 1, cells_cut: 1 } })
  })

  it('long rows say the same as short ones', async () => {
    const sql = `select g, repeat(chr(233) || g, 3000 * (g % 4)), null::int, g % 2 = 0, md5(g::text), repeat('"', 20000 * (g % 3)) from generate_series(1, 40) g`
    const { rows } = await run(sql)
    expect(rows).toEqual(
      Array.from({ length: 40 }, (_, index) => {
        const g = index + 1
        return [g, `é${g}`.repeat(3000 * (g % 4)), null, g % 2 === 0, expect.any(String), '"'.repeat(20000 * (g % 3))]
      }),
    )
  })

  it('keeps the limits of columns and of bytes', async () => {
    const wide = await run('select 1 as a, 2 as b, 3 as c', { limits: { columns: 2 } })
    expect(wide).toMatchObject({
      head: { columns: [{ name: 'a' }, { name: 'b' }], columns_left_out: 1 },
      rows: [[1, 2]],
    })
    const long = await run(`select generate_series(1, 100000000), repeat('x', 100)`, {
      limits: { bytes: 100_000, rows: 1_000_000 },
    })
    expect(long.last).toMatchObject({ done: { truncated: 'bytes' } })
    expect(long.rows.length).toBeGreaterThan(500)
    expect(long.rows.length).toBeLessThan(1_200)
  })

  it('collects what the server remarks', async () => {
    const { last } = await run(`do $$ begin for i in 1..150 loop raise warning 'number %', i; end loop; end $$`, {
      mode: 'write',
    })
    if (!('done' in last)) throw new Error('it failed')
    expect(last.done.notices).toHaveLength(100)
    expect(last.done.notices[0]).toBe('WARNING: number 1')
  })

  it('leaves nothing of a run for the next (SQL-7)', async () => {
    const reader = { username: roles[0] ?? '', password: 'Re4der-pass' }
    const as = (sql: string) =>
      runQuery({ config: { port: server.port, database: databases.UTF8 }, credential: reader }, sql, { mode: 'write' })
    for (const sql of [
      `set role ${roles[1]}`,
      'create temp table leftover (id int)',
      'select pg_advisory_lock(42)',
      'prepare leftover as select 1',
      `set search_path = 'pg_temp'`,
      `set statement_timeout = 0`,
      `select set_config('my.secret', 'x', false)`,
      'listen leftover',
      'declare leftover cursor with hold for select 1',
    ])
      expect((await as(sql)).last).toHaveProperty('done')
    const { rows } =
      await as(`select current_user::text, to_regclass('leftover')::text, (select count(*)::int from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())),
      (select count(*)::int from pg_prepared_statements where name = 'leftover'), current_setting('search_path'), current_setting('statement_timeout') <> '0', nullif(current_setting('my.secret', true), ''),
      (select count(*)::int from pg_listening_channels()), (select count(*)::int from pg_cursors where name = 'leftover')`)
    expect(rows).toEqual([[reader.username, null, 0, 0, '"$user", public', true, null, 0, 0]])
  })
})
