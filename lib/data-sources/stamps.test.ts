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
const { call, create: make, refresh } = refreshing(api, () => people)
const create = (conn_id: string) =>
  make(conn_id, 'postgres', {
    config: target.config(),
    credential: { config: { username: 'etl', password: targetPassword } },
  })

/** More than are asked for one by one. */
const many = 2_050

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await target.query(`create schema shop; create table shop.parent (id int primary key);
    create table shop.child (id int primary key, parent_id int references shop.parent);
    create table shop.other (id int); create table shop.gone (id int); create view shop.seen as select id from shop.parent`)
  await target.query(`create schema wide; do $$ begin for n in 1..${many} loop
    execute format('create table wide.t_%s (id int)', n); end loop; end $$`)
}, 120_000)

const cacheOf = (connectionId: string) => db().sourceCache.findFirstOrThrow({ where: { connectionId } })
const versions = async (connectionId: string, schema: string) => {
  const where = { connectionId, schema, type: 'relation' }
  const rows = await db().sourceObject.findMany({ where, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
  return rows.map(({ name, untilAt }) => `${name}${untilAt ? ' until' : ''}`)
}

test('of what changed only that is read, counts follow everywhere, and it comes out as if all were read', {
  timeout: 120_000,
}, async () => {
  const id = await create('stamped')
  const first = await refresh('stamped')
  const read = await cacheOf(id)
  await target.query(`alter table shop.parent add column name text; drop table shop.gone; create table shop.added (id int);
    insert into shop.other select n from generate_series(1, 700) n; analyze shop.other`)
  const second = await refresh('stamped')
  expect(second).toMatchObject({ status: 'done', unchanged: false, added: 1, changed: 1, removed: 1 })
  expect([second.relations, second.schemas_done]).toEqual([first.relations, second.schemas_total])
  expect(await cacheOf(id)).toMatchObject({ readAt: read.readAt, refreshedAt: new Date(second.started_at) })
  expect(await versions(id, 'shop')).toEqual([
    'added',
    'child',
    'gone until',
    'other',
    'parent until',
    'parent',
    'seen',
  ])
  const plain = (answer: { text: string }) =>
    JSON.parse(answer.text, (name, value) => (name === 'size_bytes' || name === 'definition' ? undefined : value)).data
  for (const url of ['tables?schema=shop&detail=columns', 'tables/shop.parent', 'tables/shop.child']) {
    const live = await call('GET', `stamped/${url}${url.includes('?') ? '&' : '?'}live=true`)
    expect([url, plain(await call('GET', `stamped/${url}`))]).toEqual([url, plain(live)])
  }
  expect((await call('GET', 'stamped/tables/shop.other')).body.data).toMatchObject({ row_estimate: 700 })
  // Whatever names the changed table was looked at again: now it is known to be as it is.
  expect(await refresh('stamped')).toMatchObject({ status: 'done', unchanged: true })
  await target.query('alter table shop.parent rename to elder')
  expect(await refresh('stamped')).toMatchObject({ added: 1, changed: 2, removed: 1 })
})

test('where most of it changed, all of it is read', { timeout: 120_000 }, async () => {
  const id = await create('rewritten')
  await refresh('rewritten')
  const read = await cacheOf(id)
  await target.query(`do $$ begin for n in 1..${many} loop
    execute format('alter table wide.t_%s add column more text', n); end loop; end $$`)
  const second = await refresh('rewritten')
  expect(second).toMatchObject({ status: 'done', added: 0, changed: many, removed: 0 })
  expect(second.schemas_done).toBe(second.schemas_total)
  const after = await cacheOf(id)
  expect(after.readAt?.getTime()).toBeGreaterThan(read.readAt?.getTime() ?? 0)
  expect(await refresh('rewritten')).toMatchObject({ unchanged: true })
})
