import { beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import type { ChangedObject } from './schema.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']
const { create: make, refresh } = refreshing(api, () => people)
const create = (conn_id: string) =>
  make(conn_id, 'postgres', {
    config: target.config(),
    credential: { config: { username: 'etl', password: targetPassword } },
  })

beforeAll(async () => {
  people = (await makeWorkspace()).people
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
    await db().connection.update({ where: { id }, data: { restricted: true } })
    expect((await read('timeline/comparison?with=twin')).status).toBe(404)
    expect((await read('timeline/comparison?with=nothing')).status).toBe(404)
  })
})
