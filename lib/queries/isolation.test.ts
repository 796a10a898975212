import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { hasMariaDb, type MariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { createSource, linesOf } from './testing/queries.ts'

const api = useApi()
// One process runs all statements of a source after each other: what it kept would be found.
const engine = useEngine(() => ({ JACKFIELD_RUNNERS_MAX: '2' }))
const target = useTarget()
let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const run = async (ref: string, sql: string, mode: 'read' | 'write') => {
  const body = { sql, mode, ...(mode === 'write' && { confirm: true }) }
  const answer = await api.call('POST', `/api/data-sources/${ref}/queries`, { as: people.owner, body })
  const lines = linesOf(answer.text)
  return { status: answer.status, rows: lines.filter(Array.isArray), last: lines.at(-1) }
}
const allowWrites = async (ref: string) => {
  const body = { writes: true }
  const { status } = await api.call('PUT', `/api/data-sources/${ref}/configuration`, { as: people.owner, body })
  expect(status).toBe(200)
}
/** Everything that a session could keep is tried; what the question says of a session is the same before and after. */
const leavesNothing = async (ref: string, attempts: readonly string[], question: string, mode: 'read' | 'write') => {
  const before = await run(ref, question, 'read')
  expect(before.last, question).toMatchObject({ rows: 1 })
  const ran: string[] = []
  for (const sql of attempts) {
    if ((await run(ref, sql, mode)).last.rows !== undefined) ran.push(sql)
    expect([sql, (await run(ref, question, 'read')).rows]).toEqual([sql, before.rows])
  }
  return ran
}

test('no run of PostgreSQL finds what another one left in its session (SQL-7)', { timeout: 120_000 }, async () => {
  await createSource(api, target, people.owner, { conn_id: 'pg' })
  await allowWrites('pg')
  await target.query('create role etl_other; grant etl_other to etl; grant temporary on database postgres to etl')
  const attempts = [
    'set role etl_other',
    'create temp table leftover (id int)',
    'select pg_advisory_lock(42)',
    'prepare leftover as select 1',
    `set search_path = 'pg_temp'`,
    `set time zone 'Asia/Kathmandu'`,
    `select set_config('my.secret', 'x', false)`,
    'listen leftover',
    'declare leftover cursor with hold for select 1',
    'set session characteristics as transaction read only',
  ]
  const question = `select current_user::text, to_regclass('leftover')::text, current_setting('search_path'), current_setting('TimeZone'),
    (select count(*)::int from pg_locks where locktype = 'advisory' and classid = 0 and objid = 42 and pid = pg_backend_pid()),
    (select count(*)::int from pg_prepared_statements where name = 'leftover'),
    nullif(current_setting('my.secret', true), ''), (select count(*)::int from pg_listening_channels()),
    (select count(*)::int from pg_cursors where name = 'leftover'), current_setting('default_transaction_read_only')`
  expect(await leavesNothing('pg', attempts, question, 'write')).toEqual(attempts)
})

describe.skipIf(!hasMariaDb)('MariaDB', () => {
  let server: MariaDb
  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE DATABASE other',
      'CREATE TABLE shop.t (a int PRIMARY KEY AUTO_INCREMENT)',
      'CREATE ROLE manager',
      `CREATE USER etl@'127.0.0.1' IDENTIFIED BY 'etl-Pa55'`,
      `GRANT ALL ON *.* TO etl@'127.0.0.1'`,
      `GRANT manager TO etl@'127.0.0.1'`,
    )
  }, 60_000)
  afterAll(() => server?.stop())

  test('no run finds what another one left in its session (SQL-7)', { timeout: 120_000 }, async () => {
    const config = { host: '127.0.0.1', port: server.port, database: 'shop', ssl_mode: 'disable' }
    const credential = { config: { username: 'etl', password: 'etl-Pa55' } }
    const body = { name: 'my', conn_id: 'my', type: 'mysql', config, credential }
    expect((await api.call('POST', '/api/connections', { as: people.owner, body })).status).toBe(201)
    await allowWrites('my')
    const attempts = [
      'SET ROLE manager',
      'CREATE TEMPORARY TABLE leftover (a int)',
      "SELECT get_lock('leftover', 0)",
      "PREPARE leftover FROM 'SELECT 1'",
      'USE other',
      "SET @secret = 'x'",
      "SET SESSION sql_mode = 'ORACLE'",
      'SET SESSION autocommit = 0',
      "SET SESSION time_zone = '+05:45'",
      'SET SESSION max_statement_time = 0',
      'SET SESSION TRANSACTION READ ONLY',
      'LOCK TABLES t WRITE',
      'INSERT INTO t VALUES (NULL)',
      'START TRANSACTION',
      "XA START 'leftover'",
    ]
    const question = `SELECT current_role(), database(), @secret, @@sql_mode, @@autocommit, @@time_zone, @@max_statement_time > 0,
      is_used_lock('leftover'), last_insert_id(), @@in_transaction, (SELECT count(*) FROM information_schema.processlist WHERE user = 'etl')`
    expect(await leavesNothing('my', attempts, question, 'write')).toEqual(attempts)
    expect((await run('my', 'SELECT * FROM leftover', 'read')).last.code).toBe('query_failed')
    expect((await run('my', 'EXECUTE leftover', 'write')).last.code).toBe('query_failed')
  })
})

test('no run of SQLite finds what another one left in its session (SQL-7)', { timeout: 240_000 }, async () => {
  const folder = path.join(engine.home, 'files')
  mkdirSync(folder, { recursive: true })
  const file = new DatabaseSync(path.join(folder, 'shop.db'))
  file.exec("create table t (a text); insert into t values ('x'); create virtual table words using fts5(body)")
  file.close()
  const body = { name: 'file', conn_id: 'file', type: 'sqlite', role: 'source', config: { path: 'shop.db' } }
  expect((await api.call('POST', '/api/connections', { as: people.owner, body })).status).toBe(201)
  const attempts = [
    'create temp table leftover (a)',
    'create temp view leftover as select 1',
    'create temp trigger leftover after insert on t begin select 1; end',
    'create virtual table temp.leftover using fts5vocab(main, words, row)',
    `attach ':memory:' as leftover`,
    'pragma case_sensitive_like = on',
    'pragma query_only = off',
    'pragma cache_size = 7',
    'pragma foreign_keys = on',
    'pragma recursive_triggers = on',
    'pragma reverse_unordered_selects = on',
    'pragma temp_store = file',
    'pragma trusted_schema = on',
    'pragma writable_schema = on',
    'pragma automatic_index = off',
    'begin',
    'savepoint leftover',
    `select load_extension('x')`,
    `select fts3_tokenizer('leftover', x'00')`,
    `insert into t values ('leftover')`,
  ]
  const question = `select (select count(*) from sqlite_temp_schema), 'a' like 'A', (select count(*) from pragma_table_list where schema <> 'main'
    and name not like 'sqlite_%'), total_changes(), last_insert_rowid(), (select group_concat(a) from t),
    (select count(*) from pragma_function_list), (select count(*) from pragma_collation_list)`
  // None of them even begins.
  expect(await leavesNothing('file', attempts, question, 'read')).toEqual([])
})
