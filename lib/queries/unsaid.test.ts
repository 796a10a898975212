import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { collectLog } from '#lib/api/testing/log'
import { useTarget } from '#lib/api/testing/target'
import { hasMariaDb, type MariaDb, startMariaDb } from '#lib/connectors/mysql/testing/mariadb'
import { createSource } from './testing/queries.ts'

const api = useApi()
const engine = useEngine(() => ({ JACKFIELD_LOG_LEVEL: 'debug' }))
const target = useTarget()
const logged = collectLog()
let people: TestWorkspace['people']
let server: MariaDb | undefined
/** Stands in statements, in their parameters, and in what comes back. */
const mark = 'CANARYINSQL'

const connect = async (body: { conn_id: string; [name: string]: unknown }) => {
  const answer = await api.call('POST', '/api/connections', { as: people.owner, body: { name: body.conn_id, ...body } })
  expect([answer.status, answer.text]).toEqual([201, answer.text])
}

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await createSource(api, target, people.owner, { conn_id: 'pg' })
  const folder = path.join(engine.home, 'files')
  mkdirSync(folder, { recursive: true })
  const file = new DatabaseSync(path.join(folder, 'shop.db'))
  file.exec('create table t (a)')
  file.close()
  await connect({ conn_id: 'lite', type: 'sqlite', role: 'source', config: { path: 'shop.db' } })
  if (hasMariaDb) {
    server = await startMariaDb()
    await server.run('CREATE DATABASE shop')
    const config = { host: '127.0.0.1', port: server.port, database: 'shop', ssl_mode: 'disable' }
    await connect({ conn_id: 'my', type: 'mysql', config, credential: { config: server.admin } })
  }
  for (const ref of refs()) {
    const body = { writes: true, limits: { timeout_seconds: 2 } }
    await api.call('PUT', `/api/data-sources/${ref}/configuration`, { as: people.owner, body })
  }
}, 90_000)
afterAll(() => server?.stop())
const refs = () => ['pg', 'lite', ...(hasMariaDb ? ['my'] : [])]

const ask = (ref: string, body: object) =>
  api.call('POST', `/api/data-sources/${ref}/queries`, { as: people.owner, body })

/** Ways in which a statement can end, each with the mark in it. */
const statements = [
  `select '${mark}'`,
  `alter user etl password '${mark}'`,
  `create user x identified by '${mark}'`,
  `${mark} is no statement`,
  `select ${mark}`,
  `select cast('${mark}' as int)`,
  `select '${mark}' from nowhere`,
  `select '${mark}'; select 2`,
  `select '${mark}`,
  `/* ${mark} */ select 1 / 0`,
  `select '${mark}', pg_sleep(60)`,
  `select '${mark}', sleep(60)`,
  `with recursive n(i) as (select 1 union all select i + 1 from n) select count(*), '${mark}' from n`,
  `do $$ begin raise exception '${mark}'; end $$`,
  `do $$ begin raise warning '${mark}'; end $$`,
  `signal sqlstate '45000' set message_text = '${mark}'`,
  `select '\0${mark}'`,
  `select '${mark}' into outfile '/tmp/${mark}'`,
]

test('of no statement, however it ends, anything is said but in the history of whoever ran it (SQL-10)', {
  timeout: 300_000,
}, async () => {
  for (const ref of refs()) {
    for (const sql of statements)
      for (const mode of ['read', 'write'] as const)
        await ask(ref, { sql, mode, ...(mode === 'write' && { confirm: true }) })
    for (const explain of ['estimated', 'analyzed']) await ask(ref, { sql: `select '${mark}'`, explain })
    await ask(ref, { sql: 'select ?, $1::text', parameters: [mark] })
    const made = { sql: `select '${mark}' as a`, format: 'csv' }
    await api.call('POST', `/api/data-sources/${ref}/exports`, { as: people.owner, body: made })
  }
  // Whoever does not look gets no answer kept elsewhere either.
  expect(await tablesThatSay(mark)).toEqual(['public.query_runs'])
  expect(engine.log()).toContain('"component":"engine"')
  const lines = [...logged, ...engine.log().split('\n')]
  expect(lines.filter((line) => line.includes(mark))).toEqual([])
})

/** Every table of the product, rows as text. */
const tablesThatSay = async (words: string): Promise<string[]> => {
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')
       and has_table_privilege(format('%I.%I', schemaname, tablename), 'select') order by 1`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { rowCount } = await client.query(`select 1 from ${name} t where strpos(t::text, $1) > 0 limit 1`, [words])
    if (rowCount) found.push(name)
  }
  await client.end()
  return found
}
