import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const create = async (conn_id: string, password = targetPassword, extra: object = {}): Promise<string> => {
  const credential = { config: { username: 'etl', password } }
  const body = { conn_id, name: conn_id, type: 'postgres', config: target.config(extra), credential }
  const answer = await api.call('POST', '/api/connections', { as: people.owner, body })
  expect([answer.status, answer.text]).toEqual([201, answer.text])
  return answer.body.data.id
}

const call = (method: string, url: string, body?: object) =>
  api.call(method, `/api/data-sources/${url}`, { as: people.owner, ...(body && { body }) })

const ended = async (ref: string, id: string) => {
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await call('GET', `${ref}/refreshes/${id}`)
    if (!['queued', 'running'].includes(body.data.status)) return body.data
    await sleep(50)
  }
  throw new Error('the refresh does not end')
}

const refresh = async (ref: string, scope: object = {}) => {
  const asked = await call('POST', `${ref}/refresh`, scope)
  expect([asked.status, asked.text]).toEqual([202, asked.text])
  return ended(ref, asked.body.data.id)
}

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
