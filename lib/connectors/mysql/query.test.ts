import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { QueryOptions } from '../_sql/testing/run.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { runQuery } from './testing/run.ts'

describe.skipIf(!hasMariaDb)('a statement on MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop CHARACTER SET utf8mb4',
      `CREATE TABLE shop.kinds (t tinyint(1), m mediumint unsigned, i int unsigned, b bigint unsigned, d decimal(30,10),
        f float, g double, z int(6) zerofill, y year, dt date, ti time(6), ts datetime(6), c char(3), v varchar(10), tx text,
        bl blob, vb varbinary(4), bi bit(9), e enum('a','b'), st set('x','y'), ge point, u uuid, l varchar(20) CHARACTER SET latin1)`,
      `INSERT INTO shop.kinds VALUES (1, 16777215, 4294967295, 18446744073709551615, '12345678901234567890.0123456789',
        1.5, 1e300, 42, 2026, '0000-00-00', '-838:59:59', '2026-11-21 10:00:00.123456', 'ab', 'grün', 'a\\0b\\n"\\\\',
        x'00ff', x'deadbeef', b'101', 'b', 'x,y', POINT(1, 2), '123e4567-e89b-12d3-a456-426655440000', 'é€')`,
      'INSERT INTO shop.kinds () VALUES ()',
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const run = (sql: string, options?: QueryOptions) =>
    runQuery(
      { config: { port: server.port, database: 'shop' }, credential: server.admin, parting_ms: 800 },
      sql,
      options,
    )
  const rowsOf = async (sql: string, options?: QueryOptions) => (await run(sql, options)).rows

  it('says every kind of value exactly, with its type', async () => {
    const { head, rows, last } = await run('SELECT * FROM kinds')
    const [first = [], empty] = rows
    expect(head?.columns.map(({ name, type, kind }, index) => [name, type, kind, first[index]])).toEqual([
      ['t', 'tinyint', 'integer', 1],
      ['m', 'mediumint unsigned', 'integer', 16777215],
      ['i', 'int unsigned', 'integer', 4294967295],
      ['b', 'bigint unsigned', 'integer', '18446744073709551615'],
      ['d', 'decimal(30,10)', 'decimal', '12345678901234567890.0123456789'],
      ['f', 'float', 'float', 1.5],
      ['g', 'double', 'float', 1e300],
      ['z', 'int unsigned', 'integer', '000042'],
      ['y', 'year', 'integer', 2026],
      ['dt', 'date', 'date', '0000-00-00'],
      ['ti', 'time', 'time', '-838:59:59.000000'],
      ['ts', 'datetime', 'timestamp', '2026-11-21 10:00:00.123456'],
      ['c', 'char(3)', 'text', 'ab'],
      ['v', 'varchar(10)', 'text', 'grün'],
      ['tx', 'text', 'text', 'a\0b\n"\\'],
      ['bl', 'blob', 'binary', '\\x00ff'],
      ['vb', 'varbinary(4)', 'binary', '\\xdeadbeef'],
      ['bi', 'bit(9)', 'binary', '\\x0005'],
      ['e', 'enum', 'text', 'b'],
      ['st', 'set', 'text', 'x,y'],
      ['ge', 'geometry', 'geometry', '\\x000000000101000000000000000000f03f0000000000000040'],
      ['u', 'char(36)', 'text', '123e4567-e89b-12d3-a456-426655440000'],
      ['l', 'varchar(20)', 'text', 'é€'],
    ])
    expect(empty).toEqual(first.map(() => null))
    expect(last).toMatchObject({ done: { rows: 2, truncated: null, affected: null, command: 'SELECT', notices: [] } })
  })

  it('takes parameters as values, whatever they hold', async () => {
    const parameters = ['1', `a' OR 1=1 -- \\`, null, 'grün', '5']
    const sql = 'SELECT ? + 1, ?, ?, v FROM kinds WHERE v = ? LIMIT ?'
    expect(await rowsOf(sql, { parameters })).toEqual([[2, `a' OR 1=1 -- \\`, null, 'grün']])
    expect((await run(sql, { parameters: ['1'] })).last).toMatchObject({ failed: { code: '1210' } })
  })

  it('hands on what the server says against it, and where', async () => {
    expect((await run('SELECT 1\nFROM nowhere')).last).toMatchObject({
      failed: { code: '42S02', position: null, message: "Table 'shop.nowhere' doesn't exist" },
    })
    expect((await run('SELECT 1 x,\n 2 FRM x WHERE y')).last).toMatchObject({ failed: { code: '42000', position: 19 } })
    expect((await run('SELECT 1/0')).last).toMatchObject({ done: { notices: ['Warning 1365: Division by 0'] } })
  })

  it('changes something in write mode only, and says how much', async () => {
    const sql = "UPDATE kinds SET c = 'cd' WHERE t = 1"
    await expect(run(sql)).rejects.toMatchObject({ code: 'unprocessable' })
    expect((await run(sql, { mode: 'write' })).last).toMatchObject({ done: { affected: 1, command: 'UPDATE' } })
    expect(await rowsOf('SELECT c FROM kinds WHERE t = 1')).toEqual([['cd']])
  })

  it('stops at its limits, and so does the server', async () => {
    const { rows, last } = await run('SELECT seq FROM seq_1_to_1000000000', { limits: { rows: 3 } })
    expect(rows).toEqual([['1'], ['2'], ['3']])
    expect(last).toMatchObject({ done: { rows: 3, truncated: 'rows' } })
    const wide = await run('SELECT 1, 2, 3', { limits: { columns: 2 } })
    expect(wide).toMatchObject({ head: { columns_left_out: 1 }, rows: [[1, 2]] })
    const exact = await run('SELECT seq FROM seq_1_to_3', { limits: { rows: 3 } })
    expect(exact.last).toMatchObject({ done: { rows: 3, truncated: null } })
    const bytes = await run("SELECT repeat('x', 1000) FROM seq_1_to_1000000000", { limits: { bytes: 10_000 } })
    expect(bytes.last).toMatchObject({ done: { truncated: 'bytes' } })
    await expect(run('SELECT sleep(60)', { limits: { timeout_ms: 300 } })).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    expect(await server.rows("SELECT id FROM information_schema.processlist WHERE db = 'shop'")).toEqual([])
  })

  it('cuts long values and never holds them whole', async () => {
    const cells = await rowsOf("SELECT repeat('ü', 8000000), 'x', repeat(x'00', 5000000), repeat('ab', 100)", {
      limits: { cell_bytes: 21 },
    })
    expect(cells).toEqual([
      [
        { cut: 'ü'.repeat(10), bytes: 16_000_000 },
        'x',
        { cut: `\\x${'00'.repeat(21)}`, bytes: 5_000_000 },
        { cut: `${'ab'.repeat(10)}a`, bytes: 200 },
      ],
    ])
  })
})
