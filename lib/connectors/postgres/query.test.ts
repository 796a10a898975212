import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type QueryOptions, requestOf } from '../_sql/testing/run.ts'
import { planLine } from '../contract.ts'
import { driver } from './driver.ts'
import { runQuery, targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

describe.each(serverNames)('a query on the %s server', (name) => {
  let server: TestServer
  const database = 'runner_query_database'
  beforeAll(async () => {
    server = await openServer(name)
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `create database ${database}`)
    await server.run(
      database,
      'create table item (id int primary key, name text); insert into item values (1, $$one$$)',
    )
  })
  afterAll(async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    server.stop()
  })
  const options = () => ({ config: { port: server.port, database }, credential: server.admin })
  const run = (sql: string, query: Parameters<typeof runQuery>[2] = {}) => runQuery(options(), sql, query)

  it('gives columns with their types, rows as values, and how it ended', async () => {
    const { head, rows, last } = await run(
      `select 1 as a, 'x' as b, null::numeric(6,2) as c, true as d, 'NaN'::float8 as e, 12345678901234567890::numeric as f, 9007199254740993::int8 as g, 1.5::float4 as h`,
    )
    expect(head).toEqual({
      columns: [
        { name: 'a', type: 'integer', kind: 'integer' },
        { name: 'b', type: 'text', kind: 'text' },
        { name: 'c', type: 'numeric(6,2)', kind: 'decimal' },
        { name: 'd', type: 'boolean', kind: 'boolean' },
        { name: 'e', type: 'double precision', kind: 'float' },
        { name: 'f', type: 'numeric', kind: 'decimal' },
        { name: 'g', type: 'bigint', kind: 'integer' },
        { name: 'h', type: 'real', kind: 'float' },
      ],
      columns_left_out: 0,
    })
    expect(rows).toEqual([[1, 'x', null, true, 'NaN', '12345678901234567890', '9007199254740993', 1.5]])
    expect(last).toMatchObject({
      done: { rows: 1, truncated: null, cells_cut: 0, affected: null, command: 'SELECT', notices: [] },
    })
  })

  it('stops at the limit of rows and lets the server stop too', async () => {
    const { rows, last } = await run('select generate_series(1, 1000000000)', { limits: { rows: 1000 } })
    expect(rows).toHaveLength(1000)
    expect(last).toMatchObject({ done: { rows: 1000, truncated: 'rows' } })
  })

  it('says what the columns are before there is a row, and gives the first rows before the last', async () => {
    const arrivals = async (sql: string) => {
      const times: number[] = []
      for await (const bytes of driver.query(targetOf(options()), requestOf(sql)))
        for (const byte of bytes) if (byte === 10) times.push(performance.now())
      return times
    }
    const [head = 0, row = 0] = await arrivals('select pg_sleep(2)')
    expect(row - head).toBeGreaterThan(500)
    const slow = await arrivals('select i, pg_sleep(0.2) from generate_series(1, 12) i')
    expect(slow).toHaveLength(14)
    expect((slow[12] ?? 0) - (slow[1] ?? 0)).toBeGreaterThan(500)
  })

  it.each([1, 2, 9, 10, 11, 99, 100, 101, 500])('gives each of %d rows once, whatever the limit', async (rows) => {
    for (const limit of [1, 9, 10, 11, 100, 1_000]) {
      const shown = Math.min(rows, limit)
      const result = await run('select generate_series(1, $1::int)', {
        parameters: [String(rows)],
        limits: { rows: limit },
      })
      expect(result.rows).toEqual(Array.from({ length: shown }, (_, place) => [place + 1]))
      expect(result.last).toMatchObject({ done: { rows: shown, truncated: rows > limit ? 'rows' : null } })
    }
  })

  it('gives what a statement writes back, and how much it wrote', async () => {
    const many = 'insert into item select g, g::text from generate_series(1000, 1149) g returning id'
    const { rows, last } = await run(many, { mode: 'write' })
    expect(rows).toHaveLength(150)
    expect(last).toMatchObject({ done: { rows: 150, affected: 150, command: 'INSERT' } })
    const gone = await run('delete from item where id >= 1000 returning id', { mode: 'write', limits: { rows: 5 } })
    expect(gone).toMatchObject({ last: { done: { rows: 5, truncated: 'rows' } } })
    expect((await run('select count(*)::int from item where id >= 1000')).rows).toEqual([[0]])
  })

  it('writes nothing in read mode and commits in write mode', async () => {
    const insert = `insert into item values (2, 'two') returning id`
    await expect(run(insert)).rejects.toMatchObject({ code: 'unprocessable' })
    expect((await run('select count(*)::int from item')).rows).toEqual([[1]])
    expect(await run(insert, { mode: 'write' })).toMatchObject({
      rows: [[2]],
      last: { done: { affected: 1, command: 'INSERT' } },
    })
    expect((await run('select count(*)::int from item')).rows).toEqual([[2]])
    for (const [sql, command, affected] of [
      [`update item set id = id where id < 3`, 'UPDATE', 2],
      [`delete from item where id = 2`, 'DELETE', 1],
      [`create temporary table none_of_it ()`, 'CREATE TABLE', null],
    ] as const)
      expect((await run(sql, { mode: 'write' })).last).toMatchObject({ done: { command, affected } })
  })

  it('says where a statement is wrong, in the units of JavaScript', async () => {
    const sql = `select '😀', nonsense from item`
    expect((await run(sql)).last).toMatchObject({ failed: { code: '42703', position: sql.indexOf('nonsense') } })
    expect((await run(`select $1::int + 1`, { parameters: ['x'] })).last).toMatchObject({ failed: { code: '22P02' } })
    await expect(run(`select 1; select 2`)).rejects.toMatchObject({ code: 'unprocessable' })
    expect((await run(`select $1::int + 1`, { parameters: ['41'] })).rows).toEqual([[42]])
  })

  it('explains what would be done, and what was done', async () => {
    const lines = async (sql: string, query: QueryOptions) => {
      const parts: Uint8Array[] = []
      for await (const bytes of driver.query(targetOf(options()), requestOf(sql, query))) parts.push(bytes)
      return Buffer.concat(parts)
        .toString('utf8')
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line))
    }
    const [estimated, end] = await lines('insert into item select g from generate_series(1, $1) g', {
      explain: 'estimated',
      parameters: ['3'],
    })
    const { plan } = planLine.strict().parse(estimated)
    expect(plan).toMatchObject({ operation: 'ModifyTable', object: 'item', rows_actual: null, duration_ms: null })
    expect(plan.children[0]).toMatchObject({ operation: 'Function Scan', object: 'generate_series', rows_estimated: 3 })
    expect(end).toMatchObject({ done: { command: 'EXPLAIN', rows: 0 } })
    const [analyzed] = await lines('select * from item where id = 1', { explain: 'analyzed', mode: 'write' })
    expect(planLine.parse(analyzed).plan).toMatchObject({ rows_actual: 1, loops: 1, duration_ms: expect.any(Number) })
    expect(await lines('select nonsense', { explain: 'estimated' })).toMatchObject([
      { failed: { code: '42703', position: 7 } },
    ])
    await expect(lines('insert into item values (9)', { explain: 'analyzed', mode: 'write' })).rejects.toMatchObject({
      code: 'unprocessable',
    })
    expect((await run('select count(*)::int from item where id = 9')).rows).toEqual([[0]])
  })

  it('refuses what the planner expects to be too dear, before it runs', async () => {
    const dear = 'select count(*) from generate_series(1, 1000) a, generate_series(1, 1000) b'
    await expect(run(dear, { max_cost: 100 })).rejects.toMatchObject({
      code: 'unprocessable',
      message: expect.stringMatching(/cost of \d+, and this source allows 100\./),
    })
    await expect(run(`explain analyze ${dear}`, { max_cost: 100 })).rejects.toMatchObject({ code: 'unprocessable' })
    await expect(run(dear, { max_cost: 100, explain: 'analyzed' })).rejects.toMatchObject({ code: 'unprocessable' })
    expect((await run('select $1::int', { max_cost: 100, parameters: ['1'] })).rows).toEqual([[1]])
    expect((await run('show work_mem', { max_cost: 100 })).rows).toHaveLength(1)
    expect((await run('select nonsense', { max_cost: 100 })).last).toMatchObject({ failed: { code: '42703' } })
    expect((await run(`select 'x'::int`, { max_cost: 100 })).last).toMatchObject({ failed: { code: '22P02' } })
  })

  it('ends at its deadline, at the server too', async () => {
    const marker = `deadline_${name}`
    await expect(run(`select pg_sleep(30) /* ${marker} */`, { limits: { timeout_ms: 500 } })).rejects.toMatchObject({
      code: 'upstream_timeout',
    })
    await expect.poll(() => running(marker), { timeout: 5000 }).toBe(0)
  })

  it('stops the server when it is cancelled', async () => {
    const marker = `cancelled_${name}`
    const cancel = new AbortController()
    const cancelled = runQuery(
      { ...options(), signal: cancel.signal, parting_ms: 800 },
      `select pg_sleep(30) /* ${marker} */`,
    )
    await expect.poll(() => running(marker), { timeout: 5000 }).toBe(1)
    cancel.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => running(marker), { timeout: 5000 }).toBe(0)
  })

  const running = async (marker: string): Promise<number> => {
    const { rows } = await run(
      `select count(*)::int from pg_stat_activity where query like '%' || $1 || '%' and pid <> pg_backend_pid() and state = 'active'`,
      { parameters: [marker] },
    )
    return Number(rows[0]?.[0])
  }
})
