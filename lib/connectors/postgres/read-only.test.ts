import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestOf } from '../_sql/testing/run.ts'
import { queryJudgedBy } from './query.ts'
import { type Judge, judge } from './statement-class.ts'
import { targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'
import { stateSql, victimSql } from './testing/victim.ts'

/** The second layer taken away: what the server itself keeps must hold alone (SQL-1). */
const nobody: Judge = async () => ({ verdict: 'unexamined', functions: [] })
const judges = { on: judge, off: nobody }

const database = 'runner_read_only_database'
const writer = { username: 'read_only_writer', password: 'Wr1ter-pass' }
const file = `/tmp/jackfield-escape-${process.pid}`

const body = (text: string) => `do $do$ begin ${text} end $do$`

/** What a statement may try in order to write, be it run by a role that may do everything to its own tables. */
const attacks = [
  `insert into victim values (2)`,
  `update victim set id = 2`,
  `delete from victim`,
  `merge into victim using (values (1)) v (id) on victim.id = v.id when matched then delete`,
  `truncate victim`,
  `drop table victim`,
  `create table another (id int)`,
  `create temp table another (id int)`,
  `create table another as select 1`,
  `select 1 as id into another`,
  `create view another as select 1`,
  `create materialized view another as select 1`,
  `refresh materialized view victim_copy`,
  `create index on victim (id)`,
  `alter table victim add column x int`,
  `alter sequence counter restart with 99`,
  `create sequence another`,
  `create schema another`,
  `create function another() returns int language sql as 'select 1'`,
  `create type another as enum ('a')`,
  `create domain another as int`,
  `create role another`,
  `alter role current_user set work_mem = '1GB'`,
  `alter database ${database} set work_mem = '1GB'`,
  `comment on table victim is 'changed'`,
  `grant select on victim to public`,
  `select nextval('counter')`,
  `select setval('counter', 99)`,
  `select write_victim()`,
  `select * from victim where write_victim() > 0`,
  `select * from sly`,
  `select write_quietly()`,
  `select (select write_victim())`,
  `with w as (insert into victim values (3) returning id) select * from w`,
  `with w as (delete from victim returning id) select * from w`,
  `with recursive r as (select 1), w as (update victim set id = 5 returning id) select * from w`,
  `explain analyze insert into victim values (4)`,
  `explain (analyze, format json) delete from victim`,
  `explain analyze with w as (delete from victim returning 1) select * from w`,
  `explain analyze select write_victim()`,
  `explain analyze create table another as select 1`,
  `prepare p as insert into victim values (5)`,
  `declare c cursor with hold for select write_victim()`,
  `call write_procedure()`,
  `call commit_procedure()`,
  body(`insert into victim values (6);`),
  body(`commit; insert into victim values (7);`),
  body(`rollback; insert into victim values (7);`),
  body(`execute 'insert into victim values (8)';`),
  body(`perform set_config('transaction_read_only', 'off', true); insert into victim values (9);`),
  body(`set transaction read write; insert into victim values (9);`),
  body(`begin insert into victim values (9); exception when others then perform nextval('counter'); end;`),
  `commit; insert into victim values (10)`,
  `rollback; insert into victim values (10)`,
  `end; insert into victim values (10)`,
  `commit and chain; insert into victim values (10)`,
  `set default_transaction_read_only = off; commit; insert into victim values (10)`,
  `select 1; commit; insert into victim values (10)`,
  `commit`,
  `rollback`,
  `commit and chain`,
  `rollback and chain`,
  `begin`,
  `set transaction read write`,
  `set session characteristics as transaction read write`,
  `set default_transaction_read_only = off`,
  `select set_config('transaction_read_only', 'off', false), write_quietly()`,
  `select set_config('default_transaction_read_only', 'off', false), write_quietly()`,
  `select set_config('role', 'none', false), write_quietly()`,
  `reset all`,
  `discard all`,
  `savepoint s`,
  `prepare transaction 'x'`,
  `lock table victim in access exclusive mode`,
  `select * from victim for update`,
  `select * from victim for key share`,
  `listen another`,
  `notify another, 'x'`,
  `select pg_notify('another', 'x')`,
  `vacuum victim`,
  `vacuum full victim`,
  `cluster victim using victim_pkey`,
  `reindex table victim`,
  `copy victim from stdin`,
  `copy victim to stdout`,
  `copy (select 1) to '${file}'`,
  `copy (select 1) to program 'cat > ${file}'`,
  `copy victim from program 'echo 11'`,
  `select lo_create(4242)`,
  `select lo_from_bytea(4242, 'x')`,
  `select lo_import('/etc/passwd')`,
  `select lo_export(1, '${file}')`,
  `select lo_creat(-1)`,
  `import foreign schema public from server nowhere into public`,
  `create extension lo`,
  `load 'plpgsql'`,
  `alter system set work_mem = '1GB'`,
  `checkpoint`,
  `security label on table victim is 'x'`,
  `select query_to_xml('insert into victim values (12) returning id', true, true, '')`,
  `select query_to_xml('select write_victim()', true, true, '')`,
  `table victim; drop table victim`,
  `/* select */ delete from victim`,
  `-- select\ndelete from victim`,
  `values (write_victim())`,
  `select xmlforest(write_victim())`,
  `select * from generate_series(1, write_victim())`,
  `select 1 order by write_victim()`,
  `select 'x' || write_quietly()::text`,
  `select count(*) filter (where write_victim() > 0) from victim`,
]

describe.each(serverNames)('read-only on the %s server', (name) => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database}`)
    await server.run(database, victimSql(database, writer))
  })
  afterAll(async () => {
    await drop()
    server.stop()
  })
  const drop = async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `drop role if exists ${writer.username}`)
  }
  const attempt = async (sql: string, as: TestServer['admin'], layer: keyof typeof judges) => {
    const target = targetOf({ config: { port: server.port, database }, credential: as, limits: { total_ms: 60_000 } })
    const parts: Uint8Array[] = []
    for await (const bytes of queryJudgedBy(judges[layer], target, requestOf(sql))) parts.push(bytes)
    return Buffer.concat(parts).toString('utf8')
  }
  const state = async () => {
    const [, row, ...end] = (await attempt(stateSql, server.admin, 'on')).trim().split('\n')
    // A look that failed would be the same every time.
    expect(end).toEqual([expect.stringContaining('"done":{"rows":1,')])
    return row
  }

  it.each([
    ['its owner', 'on'],
    ['its owner', 'off'],
    ['a superuser', 'on'],
    ['a superuser', 'off'],
  ] as const)('nothing is written by %s with the second layer %s', async (who, layer) => {
    const before = await state()
    const as = who === 'its owner' ? writer : server.admin
    // Together first; only where something was written is it worth asking which one it was.
    for (let from = 0; from < attacks.length; from += 10) {
      const some = attacks.slice(from, from + 10)
      for (const sql of some) await attempt(sql, as, layer).catch(() => {})
      expect({ some, state: await state() }).toEqual({ some, state: before })
    }
    expect(existsSync(file)).toBe(false)
  })

  it('a write is seen', async () => {
    const before = await state()
    await server.run(database, 'insert into victim values (777)')
    expect(await state()).not.toBe(before)
    await server.run(database, 'delete from victim where id = 777')
    expect(await state()).toBe(before)
  })

  it('what the parser cannot read is not run', async () => {
    const target = targetOf({ config: { port: server.port, database }, credential: writer })
    const unread: Judge = async () => ({ verdict: 'unreadable', functions: [] })
    await expect(queryJudgedBy(unread, target, requestOf('select 1')).next()).rejects.toMatchObject({
      code: 'unprocessable',
    })
  })

  it('has more than sixty attacks', () => expect(attacks.length).toBeGreaterThan(60))

  it.each([
    `copy (select 1) to program 'cat > ${file}'`,
    `copy (select 1) to '${file}'`,
    `select pg_read_file('/etc/passwd')`,
    `select pg_catalog.pg_read_file('/etc/passwd', 0, 10)`,
    `select pg_ls_dir('/')`,
    `select lo_export(1, '${file}')`,
    `select query_to_xml('select pg_read_file(''/etc/passwd'')', true, true, '')`,
    `select read_passwd()`,
    `select * from read_passwd()`,
    `select pg_terminate_backend(pg_backend_pid())`,
    `explain analyze select read_passwd()`,
  ])('a superuser does not get past it either: %s', async (sql) => {
    for (const layer of ['on', 'off'] as const)
      await expect(attempt(sql, server.admin, layer)).rejects.toMatchObject({ code: 'unprocessable' })
    expect(existsSync(file)).toBe(false)
  })

  it('a superuser still reads, and sees plans and settings', async () => {
    for (const sql of [
      'select count(*), max(id), now() from victim',
      'show work_mem',
      'explain select 1',
      'values (1), (2)',
      'table victim',
      `select relname, pg_size_pretty(pg_total_relation_size(oid)) from pg_class order by 1 limit 3`,
    ])
      expect(await attempt(sql, server.admin, 'on')).toContain('"done"')
  })
})
