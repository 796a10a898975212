import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { query, queryJudgedBy } from './query.ts'
import type { Judge } from './statement-class.ts'
import { targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'
import { stateSql, victimSql } from './testing/victim.ts'

const database = 'powers_database'
const writer = { username: 'powers_writer', password: 'Wr1ter-pass' }
const reader = { username: 'powers_of_files', password: 'Wr1ter-pass' }
const file = `/tmp/jackfield-powers-${process.pid}`
const nobody: Judge = async () => ({ verdict: 'unexamined', functions: [] })
const body = (text: string) => `do $do$ begin ${text} end $do$`

describe.each(serverNames)('a login with power over the %s server', (name) => {
  let server: TestServer
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database}`)
    await server.run(database, victimSql(database, writer))
    await server.run(
      database,
      `create role ${reader.username} login password '${reader.password}'; grant pg_read_server_files to ${reader.username}`,
    )
  })
  afterAll(async () => {
    await drop()
    server.stop()
  })
  const drop = async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    for (const { username } of [writer, reader]) await server.run('postgres', `drop role if exists ${username}`)
  }
  const targetFor = (credential: TestServer['admin']) =>
    targetOf({ config: { port: server.port, database }, credential, limits: { total_ms: 60_000 } })
  const write = (sql: string, as = server.admin) =>
    collectResult(query(targetFor(as), requestOf(sql, { mode: 'write' })))
  const state = async () => (await collectResult(query(targetFor(server.admin), requestOf(stateSql)))).rows

  it.each([
    `copy (select 1) to program 'cat > ${file}'`,
    `copy (select 1) to '${file}'`,
    `copy/**/(select 1)/**/to/**/program/**/'cat > ${file}'`,
    `select pg_read_file('/etc/passwd')`,
    `select "pg_read_file"('/etc/passwd')`,
    `insert into victim select 1 where pg_catalog.pg_read_binary_file('/etc/passwd') is null`,
    `select lo_export(lo_from_bytea(0, 'x'), '${file}')`,
    `select lo_import('/etc/passwd')`,
    `select pg_ls_dir('/')`,
    body(`copy victim to program 'cat > ${file}';`),
    body(`copy victim to -- here\n '${file}';`),
    body(`copy victim from e'/etc/passwd';`),
    body(`perform pg_read_file('/etc/passwd');`),
    body(`execute 'copy victim to program ''cat > ${file}''';`),
    body(`execute $x$copy victim to '${file}'$x$;`),
    `create function another() returns text language sql as 'select pg_read_file(''/etc/passwd'')'`,
    `create procedure another() language plpgsql as $$ begin copy victim to '${file}'; end $$`,
    `create function another() returns int language c as '/lib/libc.so.6', 'getpid'`,
    `create function another() returns int as 'getpid' language "c"`,
    `create extension plpython3u`,
    `create foreign table another (a text) server nowhere options (program 'cat > ${file}')`,
    `create foreign table another (a text) server nowhere options (filename '/etc/passwd')`,
    `alter system set archive_command = 'cat > ${file}'`,
    `load 'plpgsql'`,
    `grant pg_read_server_files to public`,
  ])('does not reach its files and programs where it may write: %s', async (sql) => {
    const before = await state()
    const unread = () =>
      collectResult(queryJudgedBy(nobody, targetFor(server.admin), requestOf(sql, { mode: 'write' })))
    for (const attempt of [unread, () => write(sql), () => write(sql, reader)])
      await expect(attempt()).rejects.toMatchObject({
        code: 'unprocessable',
        message: expect.stringMatching(/files (?:or|and) programs of the server/),
      })
    expect(existsSync(file)).toBe(false)
    expect(await state()).toEqual(before)
  })

  it('writes all the same, and whoever has no such power may name it', async () => {
    for (const sql of [
      `update victim set id = id where id = 1 -- copied from 'here' to 'there'`,
      body('update victim set id = id;'),
      `create function another() returns int language sql as 'select 1'`,
      'drop function another()',
      `comment on table victim is 'the copy of it'`,
    ])
      expect((await write(sql)).last, sql).toHaveProperty('done')
    expect((await write(`select 'pg_read_file', 'copy a to program ''b'''`, writer)).last).toHaveProperty('done')
    expect((await write(`select pg_read_file('/etc/passwd')`, writer)).last).toMatchObject({
      failed: { code: '42501' },
    })
  })
})
