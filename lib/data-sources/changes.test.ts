import { beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeKey, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { type AffectingObject, type ChangedObject, relationSegment } from './schema.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
useEngine()
const target = useTarget()

let workspace: TestWorkspace
let people: TestWorkspace['people']
const { create: make, refresh } = refreshing(api, () => people)
const create = (conn_id: string) =>
  make(conn_id, 'postgres', {
    config: target.config(),
    credential: { config: { username: 'etl', password: targetPassword } },
  })

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  await target.query(`create schema shop; grant usage on schema shop to etl;
    create table shop.orders (id int primary key, total int not null, note text, gone text);
    create table shop.leaving (id int);
    create type shop.mood as enum ('good', 'bad')`)
})

const read = (url: string, as = people.viewer) => api.call('GET', `/api/data-sources/${url}`, { as })
interface Page {
  data: ChangedObject[]
  meta: { page: { cursor: string | null } }
}
const wordsOf = ({ name, class: kind, changes }: ChangedObject) => ({
  name,
  kind,
  changes: changes.map((one) => `${one.class}: ${one.what} ${one.name ?? ''}`.trim()),
})

describe('the schema timeline', () => {
  test('says what each refresh found different, and what can break on it', async () => {
    await create('timeline')
    await refresh('timeline')
    const began = new Date().toISOString()
    await target.query(`alter table shop.orders alter total type bigint, drop gone, add memo text, add required int not null;
      comment on table shop.orders is 'What was bought'; create index orders_note on shop.orders (note);
      alter table shop.orders alter note set not null;
      drop table shop.leaving; create table shop.arriving (id int); alter type shop.mood add value 'so-so'`)
    await refresh('timeline')
    const between = `from=${encodeURIComponent(began)}&to=${encodeURIComponent(new Date().toISOString())}`
    const { data, meta } = (await read(`timeline/changes?${between}`)).body
    expect(data.map(wordsOf)).toEqual([
      { name: 'mood', kind: 'additive', changes: ['additive: value added so-so'] },
      { name: 'arriving', kind: 'additive', changes: ['additive: added'] },
      { name: 'leaving', kind: 'breaking', changes: ['breaking: removed'] },
      {
        name: 'orders',
        kind: 'breaking',
        changes: [
          'neutral: comment changed',
          'breaking: column removed gone',
          'breaking: type changed total',
          'breaking: nullability changed note',
          'additive: column added memo',
          'breaking: column added required',
          'neutral: index added orders_note',
        ],
      },
    ])
    expect(data.at(-1).changes[2]).toMatchObject({ before: 'integer', after: 'bigint' })
    expect(meta.page.cursor).toBeNull()
    const names: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = (await read(`timeline/changes?${between}&limit=1${cursor && `&cursor=${cursor}`}`)).body
      names.push(...page.data.map(({ name }) => name))
      cursor = page.meta.page.cursor
    }
    expect(names).toEqual(['mood', 'arriving', 'leaving', 'orders'])
    expect((await read(`timeline/changes?from=${began}&to=${began}`)).body.errors).toMatchObject([{ pointer: '/to' }])
  })

  test('is told of one table alone: which refreshes found it different, and what was different then', async () => {
    await target.query(`create schema "one.two"; grant usage on schema "one.two" to etl;
      create table "one.two"."50% off" (id int); create table "one.two".other (id int)`)
    await create('single')
    await refresh('single')
    const began = new Date().toISOString()
    for (const type of ['bigint', 'numeric']) {
      await target.query(
        `alter table "one.two"."50% off" alter id type ${type}; alter table "one.two".other add c_${type} int`,
      )
      await refresh('single')
    }
    await target.query('alter table "one.two".other add last int')
    await refresh('single')
    const all = `from=${encodeURIComponent(began)}&to=${encodeURIComponent(new Date().toISOString())}`
    const only = `relation=${relationSegment('one.two', '50% off')}`
    const { data } = (await read(`single/changes?${all}&${only}`)).body
    expect(data.map(wordsOf)).toEqual([{ name: '50% off', kind: 'breaking', changes: ['breaking: type changed id'] }])
    expect(data[0].changes[0]).toMatchObject({ before: 'integer', after: 'numeric' })
    const found: { id: string; started_at: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await read(`single/refreshes?limit=1&${only}${cursor && `&cursor=${cursor}`}`)
      found.push(...body.data)
      cursor = body.meta.page.cursor
    }
    // Neither the first reading, which has nothing before it, nor the last, which found another table different.
    const everything = (await read('single/refreshes')).body.data
    expect(found.map(({ id }) => id)).toEqual([everything[1].id, everything[2].id])
    expect((await read(`single/changes?${all}&relation=one.two.other.`)).body.data).toEqual([])
    const wrong = await read(`single/changes?${all}&relation=orders`)
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/relation'])
    expect((await read('single/refreshes?relation=orders')).status).toBe(400)
    await target.query('drop schema "one.two" cascade')
  })

  test('lays two data sources side by side, page by page, and shows nothing of one that is not open to who asks', async () => {
    const id = await create('twin')
    await refresh('twin')
    expect((await read('timeline/comparison?with=twin')).body.data).toEqual([])
    await target.query('create table shop.only_now (id int); drop table shop.arriving')
    await refresh('twin')
    const pages: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page = (await read(`timeline/comparison?with=twin&limit=1${cursor && `&cursor=${cursor}`}`)).body
      pages.push(...page.data.map(({ name, changes }) => `${name} ${changes[0]?.what}`))
      cursor = page.meta.page.cursor
    }
    expect(pages).toEqual(['arriving removed', 'only_now added'])
    const back = (await read('twin/comparison?with=timeline')).body
    expect(back.data.map(wordsOf)).toMatchObject([
      { name: 'arriving', kind: 'additive' },
      { name: 'only_now', kind: 'breaking' },
    ])
    expect(back.meta).toMatchObject({ refreshed_at: expect.any(String), with_refreshed_at: expect.any(String) })
    await db().connection.update({ where: { id }, data: { restricted: true } })
    expect((await read('timeline/comparison?with=twin')).status).toBe(404)
    expect((await read('timeline/comparison?with=nothing')).status).toBe(404)
  })

  test('a source that was never read is not said to be the same, and one of another kind is not compared', async () => {
    await create('unread')
    const { body } = await read('timeline/comparison?with=unread')
    expect(body.meta).toMatchObject({ refreshed_at: expect.any(String), with_refreshed_at: null })
    await make('files', 'mysql', { config: { host: 'db.example.com', database: 'd' } })
    const refused = await read('timeline/comparison?with=files')
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, '/with'])
    expect(refused.body.detail).toContain('Only sources of one kind')
  })
})

describe('whom a change breaks', () => {
  const register = async (key: string, definition: object, active = true) => {
    const body = { name: `The ${key}`, active, definition }
    const answer = await api.call('PUT', `/api/pipelines/${key}`, { as: people.owner, body })
    expect([answer.status, answer.text]).toEqual([200, answer.text])
  }
  let between = ''
  beforeAll(async () => {
    await target.query(
      'create schema use; grant usage on schema use to etl; create table use.a (id int, x int); create table use.b (id int, x int); create table use.c (id int)',
    )
    await create('used')
    await register('names-a', { tasks: [{ id: 'load', postgres_conn_id: 'used', tables: ['use.a', 'other.b'] }] })
    await register(
      'names-b',
      { nodes: { read: { config: { conn_id: 'used' }, streams: [{ stream: { namespace: 'use', name: 'B' } }] } } },
      false,
    )
    await register('names-c', { conn_id: 'used', schema: 'use', table: '"c"' })
    await register('says-nothing', { nodes: [{ conn_id: 'used' }] })
    await register('runs-sql', { nodes: [{ id: 'q', conn_id: 'used', table: 'a', sql: 'select 1' }] })
    await register('elsewhere', { nodes: [{ conn_id: 'timeline', tables: ['use.a'] }] })
    await refresh('used')
    const began = new Date().toISOString()
    await target.query('alter table use.a drop x; drop table use.b; alter table use.c add more int')
    await refresh('used')
    between = `from=${encodeURIComponent(began)}&to=${encodeURIComponent(new Date().toISOString())}`
  })
  const named = (list: { key: string }[]) => list.map(({ key }) => key)

  test('a breaking change names the pipelines that name the table, and apart from them those that do not say which', async () => {
    const { data, meta } = (await read(`used/changes?${between}`)).body
    expect(data.map((one: AffectingObject) => [one.name, one.class, one.pipelines])).toEqual([
      ['a', 'breaking', [{ key: 'names-a', name: 'The names-a', active: true, steps: ['load'] }]],
      ['b', 'breaking', [{ key: 'names-b', name: 'The names-b', active: false, steps: ['read'] }]],
      ['c', 'additive', []],
    ])
    expect(named(meta.pipelines)).toEqual(['runs-sql', 'says-nothing'])
    const harmless = (
      await read(
        `used/changes?${between.replace(/from=[^&]+/, `from=${encodeURIComponent(new Date(Date.now() - 1).toISOString())}`).replace(/to=[^&]+/, 'to=2200-01-01T00:00:00Z')}`,
      )
    ).body
    expect([harmless.data, harmless.meta.pipelines]).toEqual([[], []])
  })

  test('whoever may not see pipelines learns the name of none', async () => {
    const key = await makeKey(workspace, { role: 'viewer', scopes: ['data-sources:read'] })
    const answer = await api.call('GET', `/api/data-sources/used/changes?${between}`, { as: key })
    expect([answer.status, answer.body.data.length, answer.body.meta.pipelines]).toEqual([200, 3, []])
    expect(answer.text).not.toMatch(/names-|says-nothing|runs-sql/)
    expect((await api.call('GET', '/api/pipelines', { as: key })).status).toBe(403)
  })
})
