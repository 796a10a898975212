import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const { call, create: make, ask, ended, refresh } = refreshing(api, () => people)
const create = (conn_id: string, password = targetPassword, extra: object = {}) =>
  make(conn_id, 'postgres', {
    config: target.config(extra),
    credential: { config: { username: 'etl', password } },
  })

const current = (connectionId: string) =>
  db().sourceObject.findMany({
    where: { connectionId, untilAt: null },
    orderBy: [{ type: 'asc' }, { schema: 'asc' }, { name: 'asc' }],
  })

test('a refresh keeps what there is; the next one writes only what is different, and keeps what was', async () => {
  await target.query(`create schema shop;
    create table shop.customers (id int primary key, name text not null);
    create table shop.orders (id int primary key, customer_id int references shop.customers, note text);
    create view shop.notes as select note from shop.orders;
    create function shop.one() returns int language sql as 'select 1';
    create type shop.mood as enum ('good', 'bad, or so');
    comment on table shop.orders is 'What was bought'; comment on column shop.orders.note is 'Said by the customer'`)
  const id = await create('incremental')
  const first = await refresh('incremental')
  expect(first).toMatchObject({
    status: 'done',
    trigger: 'api',
    changed: 0,
    removed: 0,
    unchanged: false,
    problem: null,
  })
  expect(first.relations).toBeGreaterThanOrEqual(5)
  expect(first.schemas_done).toBe(first.schemas_total)
  const before = await current(id)
  expect(before.filter(({ schema }) => schema === 'shop').map(({ type, name, kind }) => [type, name, kind])).toEqual([
    ['enum', 'mood', ''],
    ['relation', 'customers', 'table'],
    ['relation', 'notes', 'view'],
    ['relation', 'orders', 'table'],
    ['routine', 'one()', 'function'],
  ])

  const again = await refresh('incremental')
  expect(again).toMatchObject({ status: 'done', unchanged: true, added: 0, changed: 0, removed: 0 })

  await target.query(`alter table shop.orders add column total numeric(12,2); drop view shop.notes;
    create table shop.items (id int); insert into shop.customers select n, 'x' from generate_series(1, 500) n; analyze shop.customers`)
  const second = await refresh('incremental')
  expect(second).toMatchObject({ status: 'done', unchanged: false, added: 1, changed: 1, removed: 1 })
  const all = await db().sourceObject.findMany({
    where: { connectionId: id, schema: 'shop', name: 'orders' },
    orderBy: { id: 'asc' },
    include: { structure: true },
  })
  expect(all.map(({ fromRefresh, untilRefresh }) => [fromRefresh, untilRefresh])).toEqual([
    [first.id, second.id],
    [second.id, null],
  ])
  expect(all[0]?.structure?.structure).not.toContain('total')
  expect(JSON.parse(all[1]?.structure?.structure ?? '')).toMatchObject({
    type: 'relation',
    name: 'orders',
    comment: 'What was bought',
  })
  expect(all[1]?.structure?.structure).toContain('numeric(12,2)')
  const customers = await db().sourceObject.findFirst({ where: { connectionId: id, name: 'customers', untilAt: null } })
  expect([customers?.fromRefresh, customers?.rowEstimate]).toEqual([first.id, 500n])
})

const namesIn = async (connectionId: string, schema: string) =>
  (await current(connectionId))
    .filter((one) => one.schema === schema && one.type === 'relation')
    .map(({ name }) => name)

test('what is kept answers as the server itself does, and says from when it is', async () => {
  await target.query(`create schema kept; create table kept.parents (id int primary key, "odd.name%" text default 'x' unique);
    create table kept.children (id bigint generated always as identity primary key, parent int references kept.parents, check (id > 0));
    create index on kept.children (parent desc); comment on table kept.children is 'Of the ÄLTERE'; analyze kept.parents, kept.children`)
  await create('answers')
  const unknown = await call('GET', 'answers/tables?schema=kept&detail=full')
  expect(unknown.body.meta.refreshed_at).toBeUndefined()
  expect((await call('GET', 'answers/refreshes')).body.data).toMatchObject([{ trigger: 'first' }])
  await refresh('answers')
  const urls = [
    'schemas',
    'tables?schema=kept',
    'tables?schema=kept&detail=columns',
    'tables?q=OF%20THE',
    'tables/kept.parents',
    'tables/kept.children',
  ]
  // How much else a schema holds is counted where it is kept, and not asked of the server each time.
  const others = ['size_bytes', 'definition', 'routines', 'enums', 'extensions']
  const plain = (answer: { text: string }) =>
    JSON.parse(answer.text, (name, value) => (others.includes(name) ? undefined : value)).data
  for (const url of urls) {
    const kept = await call('GET', `answers/${url}`)
    expect(kept.body.meta.refreshed_at).toMatch(/^20/)
    const live = await call('GET', `answers/${url}${url.includes('?') ? '&' : '?'}live=true`)
    expect(live.body.meta.refreshed_at).toBeUndefined()
    expect([url, plain(kept)]).toEqual([url, plain(live)])
  }
  const first = await call('GET', 'answers/tables?schema=kept&limit=1')
  const second = await call('GET', `answers/tables?schema=kept&limit=1&cursor=${first.body.meta.page.cursor}`)
  expect([first.body.data[0].name, second.body.data[0].name, second.body.meta.page.cursor]).toEqual([
    'children',
    'parents',
    null,
  ])
  expect((await call('GET', 'answers/tables/kept.nothing')).status).toBe(404)
})

test('one schema or one table is read by itself and leaves the rest alone', async () => {
  await target.query(
    'create schema part_a; create table part_a.one (id int); create table part_a.two (id int); create schema part_b; create table part_b.three (id int)',
  )
  const id = await create('scoped')
  await refresh('scoped')
  await target.query(
    'alter table part_a.one add x int; alter table part_a.two add x int; drop table part_b.three; create table part_b.four (id int)',
  )
  expect(await refresh('scoped', { schema: 'part_a', table: 'one' })).toMatchObject({
    status: 'done',
    added: 0,
    changed: 1,
    removed: 0,
    relations: 1,
    table: 'one',
  })
  expect(await refresh('scoped', { schema: 'part_a' })).toMatchObject({
    status: 'done',
    changed: 1,
    removed: 0,
    relations: 2,
  })
  expect(await namesIn(id, 'part_b')).toEqual(['three'])
  expect(await refresh('scoped', { schema: 'part_b' })).toMatchObject({ status: 'done', added: 1, removed: 1 })
  expect(await refresh('scoped')).toMatchObject({ status: 'done', added: 0, changed: 0, removed: 0 })
  await target.query('drop table part_a.two')
  expect(await refresh('scoped', { schema: 'part_a', table: 'two' })).toMatchObject({ status: 'done', removed: 1 })
  expect((await call('POST', 'scoped/refresh', { table: 'one' })).status).toBe(400)
})

test('patterns decide what is kept, and a schema that is gone takes all of it along', async () => {
  await target.query(`create schema pat_sales; create table pat_sales.orders (id int); create table pat_sales.tmp_1 (id int);
    create schema pat_raw; create table pat_raw.orders (id int); create schema pat_gone; create table pat_gone.x (id int)`)
  const id = await create('patterned')
  await refresh('patterned')
  expect(await namesIn(id, 'pat_raw')).toEqual(['orders'])
  const settings = { include: ['pat_*', '*.odd*'], exclude: ['pat_raw', '*.tmp_*'] }
  expect((await call('PUT', 'patterned/configuration', settings)).status).toBe(200)
  const second = await refresh('patterned')
  expect(second).toMatchObject({ status: 'done', unchanged: false })
  expect([await namesIn(id, 'pat_sales'), await namesIn(id, 'pat_raw'), await namesIn(id, 'pat_gone')]).toEqual([
    ['orders'],
    [],
    ['x'],
  ])
  expect(await namesIn(id, 'public')).toEqual(['odd.name%'])
  await target.query('drop schema pat_gone cascade')
  expect(await refresh('patterned')).toMatchObject({ status: 'done', removed: 1, added: 0 })
  const { body } = await call('GET', 'patterned/schemas')
  expect(body.data.map(({ name }: { name: string }) => name)).not.toContain('pat_gone')
})

test('whoever asks while a refresh waits or runs gets that one', async () => {
  await create('together')
  const ids = await Promise.all(Array.from({ length: 12 }, () => ask('together')))
  expect(new Set(ids).size).toBe(1)
  expect(await ended('together', ids[0] ?? '')).toMatchObject({ status: 'done' })
  const { body } = await call('GET', 'together/refreshes?limit=5')
  expect(body.data).toHaveLength(1)
})

test('a connection that is deleted for good takes all that was kept along', async () => {
  const id = await create('purged')
  await refresh('purged')
  expect(await db().sourceObject.count({ where: { connectionId: id } })).toBeGreaterThan(0)
  await db().connection.delete({ where: { id } })
  const where = { connectionId: id }
  expect([
    await db().sourceObject.count({ where }),
    await db().sourceRefresh.count({ where }),
    await db().sourceCache.count({ where }),
  ]).toEqual([0, 0, 0])
})

test('a list without columns says of partitions what they are part of, by schema and name', async () => {
  await target.query(`create schema "par.ts"; create schema logs;
    create table "par.ts"."all, of it" (at date, place text) partition by range (at);
    create table logs.y2026 partition of "par.ts"."all, of it" for values from ('2026-01-01') to ('2027-01-01') partition by list (place);
    create table logs.here partition of logs.y2026 for values in ('here')`)
  await create('parts')
  await refresh('parts')
  const parents = async (live: string) => {
    const { body } = await call('GET', `parts/tables?schema=logs${live}`)
    return body.data.map(({ name, partition_of }: Record<string, unknown>) => [name, partition_of])
  }
  expect(await parents('')).toEqual([
    ['here', { schema: 'logs', name: 'y2026' }],
    ['y2026', { schema: 'par.ts', name: 'all, of it' }],
  ])
  expect(await parents('&live=true')).toEqual(await parents(''))
})
