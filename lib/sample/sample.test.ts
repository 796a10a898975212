import { Client } from 'pg'
import { beforeAll, expect, inject, test } from 'vitest'
import { prepareSample, type SampleLogin } from './server.ts'

const server = inject('databaseServer')
let login: SampleLogin

const asReader = async (statement: string) => {
  const url = new URL(server)
  const client = new Client({
    host: url.hostname,
    port: Number(url.port),
    user: login.username,
    password: login.password,
    database: login.database,
  })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

beforeAll(async () => {
  login = await prepareSample(server)
})

test('the sample is there, with tables, views, partitions and comments to look at', async () => {
  const kinds = await asReader(
    `select relkind, count(*)::int as n from pg_class where relnamespace::regnamespace::text in ('sales', 'inventory', 'marketing', 'people', 'analytics') and relkind in ('r', 'v', 'm', 'p') group by 1`,
  )
  const count = Object.fromEntries(kinds.map(({ relkind, n }) => [relkind, n]))
  expect(count).toMatchObject({ v: 3, m: 1, p: 1 })
  expect(count.r).toBeGreaterThanOrEqual(20)
  const [rows] = await asReader(
    `select sum(reltuples)::int as n from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('sales', 'inventory', 'marketing', 'people', 'analytics')`,
  )
  expect(rows?.n).toBeGreaterThan(100_000)
  expect(await asReader("select obj_description('sales.orders'::regclass) as text")).not.toEqual([{ text: null }])
})

test('a second start finds it and makes nothing', async () => {
  expect(await prepareSample(server)).toEqual(login)
})

test.each([
  ['write', 'update sales.orders set total = 0'],
  ['write in a transaction that says it may', 'begin read write; delete from sales.refunds; commit'],
  ['create', 'create table sales.mine (id int)'],
  ['create temporary tables', 'set default_transaction_read_only = off; create temp table mine (id int)'],
  ['run programs', "copy sales.orders to program 'cat'"],
  ['read files', "select pg_read_file('/etc/passwd')"],
  ['see passwords', 'select * from pg_authid'],
])('its login cannot %s', async (_what, statement) => {
  await expect(asReader(statement)).rejects.toThrow(/permission denied|read-only/)
})

test('its login cannot enter any other database', async () => {
  const url = new URL(server)
  const client = new Client({
    host: url.hostname,
    port: Number(url.port),
    user: login.username,
    password: login.password,
    database: 'postgres',
  })
  await expect(client.connect()).rejects.toThrow(/permission denied for database/)
})
