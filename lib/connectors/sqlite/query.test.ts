import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { QueryOptions } from '../_sql/testing/run.ts'
import { useFiles } from './testing/run.ts'

const files = useFiles()
const shop = `create table kinds (i int, big bigint, r real, t text, b blob, n, d decimal(10,2), at datetime, ok boolean);
  insert into kinds values (1, 9223372036854775807, 1.5, 'grün' || char(0, 10) || '"\\', x'00ff', 'any', 1.25, '2026-11-21 10:00', 1),
    (-9007199254740991, -9007199254740993, 9e999, '<script>=1+1' || char(27) || '[31m', zeroblob(0), 2, '0.1', null, 0);
  create table customers (id integer primary key, name text); create index customers_name on customers (name);
  insert into customers select value, 'c' || value from (with recursive n(value) as (select 1 union all select value + 1 from n where value < 5000) select value from n);
  create virtual table words using fts5(body); insert into words values ('hello world')`

describe('a statement on a file', () => {
  const name = files.make('shop.db', shop)
  const run = (sql: string, query?: QueryOptions, options?: Parameters<typeof files.query>[3]) =>
    files.query(name, sql, query, options)
  const failed = async (sql: string) => {
    const { last } = await run(sql)
    return 'failed' in last ? last.failed : last
  }

  it('says every value exactly, and what its column holds', async () => {
    const { first, rows, last } = await run('select *, count(*) over () as counted from kinds')
    expect(first.columns.map(({ type, kind }: { type: string; kind: string }) => [type, kind])).toEqual([
      ['INT', 'integer'],
      ['bigint', 'integer'],
      ['REAL', 'float'],
      ['TEXT', 'text'],
      ['BLOB', 'binary'],
      ['text', 'text'],
      ['decimal(10,2)', 'decimal'],
      ['datetime', 'timestamp'],
      ['boolean', 'integer'],
      ['integer', 'integer'],
    ])
    expect(rows).toEqual([
      [1, '9223372036854775807', 1.5, 'grün\0\n"\\', '\\x00ff', 'any', 1.25, '2026-11-21 10:00', 1, 2],
      [-9007199254740991, '-9007199254740993', 'Infinity', '<script>=1+1\u001b[31m', '\\x', 2, 0.1, null, 0, 2],
    ])
    expect(last).toMatchObject({ done: { rows: 2, truncated: null, command: 'SELECT', affected: null } })
  })
  it('takes parameters as values', async () => {
    const { rows } = await run('select ?, name from customers where id = ? limit ?', {
      parameters: [`' or 1 --`, '7', '3'],
    })
    expect(rows).toEqual([[`' or 1 --`, 'c7']])
    expect((await run('select 1', { parameters: ['1'] })).last).toMatchObject({ failed: { code: '25' } })
  })
  it('asks full-text tables, JSON and what the file says of itself', async () => {
    expect((await run("select body from words where words match 'hello'")).rows).toEqual([['hello world']])
    expect((await run("select value from json_each('[1,2]')")).rows).toEqual([[1], [2]])
    expect((await run("select name from pragma_table_info('customers')")).rows).toEqual([['id'], ['name']])
    expect((await run('pragma table_list')).rows.length).toBeGreaterThan(2)
  })
  it('hands on what SQLite says against it, and where', async () => {
    expect(await failed('select 1 frm x y')).toMatchObject({
      code: '1',
      position: 13,
      message: 'near "x": syntax error',
    })
    expect(await failed('select nope from customers')).toMatchObject({ position: 7 })
    expect(await failed('delete from customers')).toMatchObject({ code: '23', message: 'not authorized' })
    await expect(run('select 1; delete from customers')).rejects.toMatchObject({ message: 'One statement at a time.' })
    await expect(run(' -- nothing')).rejects.toMatchObject({ message: 'There is no statement.' })
    expect((await run(" select ';' as a ; -- the end ;")).rows).toEqual([[';']])
  })
  it('writes nothing, in no mode', async () => {
    const before = readFileSync(files.at(name))
    await expect(run('delete from customers', { mode: 'write' })).rejects.toMatchObject({ code: 'unprocessable' })
    expect(readFileSync(files.at(name)).equals(before)).toBe(true)
  })
  it('stops at its limits', async () => {
    const { rows, last, first } = await run('select id, name, 1 from customers', { limits: { rows: 2, columns: 2 } })
    expect(first.columns_left_out).toBe(1)
    expect(rows).toEqual([
      [1, 'c1'],
      [2, 'c2'],
    ])
    expect(last).toMatchObject({ done: { truncated: 'rows' } })
    const bytes = await run('select hex(randomblob(500)) from customers', { limits: { bytes: 20_000 } })
    expect(bytes.last).toMatchObject({ done: { truncated: 'bytes' } })
    const cut = await run("select printf('%.*c', 30000000, 'ä'), zeroblob(20000000), 'short'", {
      limits: { cell_bytes: 16 },
    })
    expect(cut.rows).toEqual([
      [{ cut: 'ääääääää', bytes: 60_000_000 }, { cut: `\\x${'00'.repeat(16)}`, bytes: 20_000_000 }, 'short'],
    ])
  })
  it('ends at its time limit and when nobody waits, with its process where it does not look up', async () => {
    const busy = 'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n'
    const rowsForEver = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n'
    const unlimited = { rows: 1e9, bytes: 1e12 }
    for (const sql of [busy, rowsForEver]) {
      const began = performance.now()
      await expect(run(sql, { limits: { timeout_ms: 500, ...unlimited } })).rejects.toMatchObject({
        code: 'upstream_timeout',
      })
      // Its process had to start first.
      expect(performance.now() - began).toBeLessThan(20_000)
      const cancel = new AbortController()
      setTimeout(() => cancel.abort(), 700)
      const cancelled = run(
        sql,
        { limits: { timeout_ms: 60_000, ...unlimited } },
        { signal: cancel.signal, limits: { total_ms: 60_700 } },
      )
      await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    }
    await expect.poll(() => files.stats().busy, { timeout: 3_000 }).toBe(0)
  }, 60_000)
  it('shows its plan as a tree, and runs nothing for it', async () => {
    const sql = "select * from customers c cross join kinds k on k.i = c.id where name = 'x' order by k.n"
    const { first, last } = await run(sql, { explain: 'estimated' })
    const flat = JSON.stringify(first.plan)
    expect(first.plan.children.length).toBeGreaterThan(1)
    expect(flat).toContain('"operation":"SEARCH","object":"c"')
    expect(flat).toContain('customers_name')
    expect(first.text).toContain('USE TEMP B-TREE FOR ORDER BY')
    expect(last).toMatchObject({ done: { rows: 0, command: 'EXPLAIN' } })
    await expect(run('select 1', { explain: 'analyzed' })).rejects.toMatchObject({ code: 'unprocessable' })
  })
})
