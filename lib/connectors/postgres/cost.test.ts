import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { type PlanNode, planLine } from '../contract.ts'
import { query, queryJudgedBy } from './query.ts'
import { runQuery, targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'

const database = 'cost_database'
const reader = { username: 'cost_reader', password: 'Re4der-pass' }
const rows = 'select a from generate_series(1, 1000) a, generate_series(1, 1000) b'
const tooDear = { code: 'unprocessable', message: expect.stringMatching(/^The planner expects a cost of \d+/) }
const hasNoPlan = { code: 'unprocessable', message: expect.stringContaining('has no plan to hold against it') }

describe.each(serverNames)('a limit of cost on the %s server', (name) => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database}`)
    await server.run('postgres', `create role ${reader.username} login password '${reader.password}'`)
    await server.run(
      database,
      `create table item (id int, name text); create table log (id int); create table ruled (id int); create table muted (id int);
       insert into item select g from generate_series(1, 100) g; create materialized view copied as select 1 as id;
       create rule more as on insert to ruled do also insert into log ${rows};
       create rule never as on insert to muted do instead nothing;
       create procedure fill() language sql as 'insert into log ${rows}';
       create function shy() returns int stable language plpgsql as $$ begin
         if pg_catalog.current_query() ilike 'explain%' then raise exception 'not now'; end if; return 0; end $$`,
    )
  })
  afterAll(async () => {
    await drop()
    server.stop()
  })
  const drop = async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `drop role if exists ${reader.username}`)
  }
  const at = () => ({ config: { port: server.port, database }, credential: server.admin })
  const write = (sql: string) => runQuery(at(), sql, { mode: 'write', max_cost: 1_000 })
  const counted = async () =>
    (
      await runQuery(
        at(),
        `select (select count(*)::int from item), (select count(*)::int from log), (select count(*)::int from pg_class where relname like 'made%')`,
      )
    ).rows[0]

  it.each([
    `create table made as ${rows}`,
    `create table if not exists made as ${rows}`,
    `create temp table made as ${rows}`,
    `create unlogged table made (x) as (${rows}) with data`,
    `create materialized view made as ${rows}`,
    `select q.a into made from (${rows}) q`,
    `insert into log ${rows}`,
    `insert into log values ((select count(*) from (${rows}) q))`,
    `update item set name = q.a::text from (${rows}) q`,
    `delete from item using (${rows}) q where q.a = item.id`,
    `merge into item using (${rows}) q on q.a = item.id when matched then delete`,
    `with w as (insert into log ${rows} returning id) select 1`,
    `declare made cursor with hold for ${rows}`,
    `insert into ruled values (1)`,
    `/* insert into log values (1) */ explain analyze insert into log ${rows}`,
  ])('holds what is written: %s', async (sql) => {
    const before = await counted()
    await expect(write(sql)).rejects.toMatchObject(
      sql.includes('explain') ? { message: expect.stringMatching(/^This source has a limit of cost/) } : tooDear,
    )
    expect(await counted()).toEqual(before)
  })

  it.each(['call fill()', 'do $$ begin call fill(); end $$', 'refresh materialized view copied', 'execute something'])(
    'runs nothing whose statements nobody sees before: %s',
    async (sql) => {
      const before = await counted()
      await expect(write(sql)).rejects.toMatchObject(hasNoPlan)
      expect(await counted()).toEqual(before)
      // Without a limit that is for whoever writes to know.
      if (sql.startsWith('refresh')) expect((await runQuery(at(), sql, { mode: 'write' })).last).toHaveProperty('done')
    },
  )

  it.each([
    ['create table made_cheap as select * from item', 'SELECT'],
    ['select * into made_too from item', 'SELECT'],
    ['insert into log values (1)', 'INSERT'],
    ['insert into muted values (1)', 'INSERT'],
    ['update item set name = name where id = 1', 'UPDATE'],
    ['delete from log where id = 1', 'DELETE'],
    ['create index on item (id)', 'CREATE INDEX'],
    ['alter table item add column more int default 7', 'ALTER TABLE'],
    ['create view made_view as select * from item', 'CREATE VIEW'],
    ['drop view made_view', 'DROP VIEW'],
  ])('lets what is cheap, or defines, run: %s', async (sql, command) => {
    expect((await write(sql)).last).toMatchObject({ done: { command } })
  })

  it('what the server does not plan is not run, even if it would plan it the next time', async () => {
    const sql = `insert into log ${rows} where a > shy()`
    expect((await write(sql)).last).toMatchObject({ failed: { code: 'P0001', message: 'not now' } })
    const asReader = runQuery({ ...at(), credential: reader }, `${rows} where a > shy()`, { max_cost: 1_000 })
    expect((await asReader).last).toMatchObject({ failed: { message: 'not now' } })
    expect((await write('insert into log values (nonsense)')).last).toMatchObject({ failed: { position: 24 } })
    const nobody = async () => ({ verdict: 'unexamined' as const, functions: [] })
    const unread = requestOf('call fill()', { mode: 'write', max_cost: 1_000 })
    await expect(collectResult(queryJudgedBy(nobody, targetOf(at()), unread))).rejects.toMatchObject(hasNoPlan)
  })

  it('a plan of what a rule makes several of, or none, is shown', async () => {
    const planOf = async (sql: string): Promise<PlanNode> => {
      const parts: Uint8Array[] = []
      for await (const bytes of query(targetOf(at()), requestOf(sql, { explain: 'estimated' }))) parts.push(bytes)
      return planLine.parse(JSON.parse(Buffer.concat(parts).toString('utf8').split('\n')[0] ?? '')).plan
    }
    const both = await planOf('insert into ruled values (1)')
    expect([both.operation, both.children.map(({ object }) => object)]).toEqual(['Rules', ['ruled', 'log']])
    expect(await planOf('insert into muted values (1)')).toMatchObject({ operation: 'Rules', children: [] })
  })
})
