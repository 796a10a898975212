import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import type { FoundRelation } from './schema.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']
const { call, create, refresh } = refreshing(api, () => people)

const names = [
  'cost',
  'cost_lines',
  'b cost',
  'Kosten %',
  'under_score',
  'underXscore',
  'back\\slash',
  'GRÖSSE',
  '価格表',
  'costly\nname',
]

beforeAll(async () => {
  people = (await makeWorkspace()).people
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
  await target.query(`create schema found; create schema second; grant usage on schema found, second to etl;
    ${names.map((name) => `create table found.${quoted(name)} (id int)`).join(';')};
    create table second.cost (id int); create table second.a (id int, cost_center text, other int, total int);
    comment on column second.a.other is 'Costs of others'; create table second.z (note text); comment on table second.z is 'Its COST';
    create view second.v as select id as cost_id from second.cost`)
  for (const name of ['kept', 'unread'])
    await create(name, 'postgres', {
      config: target.config(),
      credential: { config: { username: 'etl', password: targetPassword } },
    })
  await refresh('kept')
})

const search = async (query: string, source = 'kept') => (await call('GET', `${source}/search?${query}`)).body
const named = (found: FoundRelation[]) => found.map(({ schema, name }) => `${schema}.${name}`)

test('the best match comes first: whole names, then beginnings, then parts, then comments, then columns', async () => {
  const { data, meta } = await search('q=COST')
  expect(
    data.map(({ schema, name, found_in, found_columns }: FoundRelation) => [schema, name, found_in, found_columns]),
  ).toEqual([
    ['found', 'cost', 'name', []],
    ['second', 'cost', 'name', []],
    ['found', 'cost_lines', 'name', []],
    ['found', 'costly\nname', 'name', []],
    ['found', 'b cost', 'name', []],
    ['second', 'z', 'comment', []],
    ['second', 'a', 'columns', ['cost_center', 'other']],
    ['second', 'v', 'columns', ['cost_id']],
  ])
  expect(meta.page.cursor).toBeNull()
  expect(meta.refreshed_at).toMatch(/^20/)
})

test('pages of any size hold the same, in the same order', async () => {
  const whole = named((await search('q=o')).data)
  for (const limit of [1, 3, 5]) {
    const found: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { data, meta } = await search(`q=o&limit=${limit}${cursor && `&cursor=${cursor}`}`)
      expect(data.length).toBeLessThanOrEqual(limit)
      found.push(...named(data))
      cursor = meta.page.cursor
    }
    expect([limit, found]).toEqual([limit, whole])
  }
})

test('signs that mean something in patterns are letters like others, and so are those of other scripts', async () => {
  const found = async (q: string) => named((await search(`schema=found&q=${encodeURIComponent(q)}`)).data)
  expect(await found('%')).toEqual(['found.Kosten %'])
  expect(await found('r_s')).toEqual(['found.under_score'])
  expect(await found('\\')).toEqual(['found.back\\slash'])
  expect(await found('größe')).toEqual([])
  expect(await found('grösse')).toEqual(['found.GRÖSSE'])
  expect(await found('価格')).toEqual(['found.価格表'])
  expect(await found("' or true --")).toEqual([])
})

test('names alone, and one schema alone', async () => {
  expect(named((await search('q=cost&in=names&schema=second')).data)).toEqual(['second.cost'])
  expect(named((await search('q=cost_center&in=names')).data)).toEqual([])
})

test('a source that was never read is searched at its server, page by page', async () => {
  const first = await search('q=cost&limit=4', 'unread')
  expect(first.meta.refreshed_at).toBeUndefined()
  const second = await search(`q=cost&limit=4&cursor=${first.meta.page.cursor}`, 'unread')
  expect(named([...first.data, ...second.data])).toEqual([
    'found.b cost',
    'found.cost',
    'found.cost_lines',
    'found.costly\nname',
    'second.cost',
    'second.z',
  ])
  expect(second.data.at(-1).found_in).toBe('comment')
})

test('of a table that hundreds refer to the first are named and the others counted', async () => {
  await target.query(`create schema star; grant usage on schema star to etl; create table star.hub (id int primary key);
    do $$ begin for n in 100 .. 302 loop execute format('create table star.ray_%s (hub int references star.hub)', n); end loop; end $$`)
  await refresh('kept')
  const { data } = (await call('GET', 'kept/tables/star.hub')).body
  expect([data.referenced_by.length, data.referenced_by_more]).toEqual([200, 3])
  expect(data.referenced_by[0].from).toEqual({ schema: 'star', name: 'ray_100', columns: ['hub'] })
  expect((await call('GET', 'kept/tables/star.ray_100')).body.data.referenced_by_more).toBeUndefined()
})

test('what is no search and no cursor of one is refused', async () => {
  expect((await call('GET', 'kept/search?q=%20')).status).toBe(400)
  expect((await call('GET', 'kept/search?q=a&cursor=WyJmb3VuZCIsIjEiLCJhIl0')).status).toBe(400)
  expect((await call('GET', 'nothing/search?q=a')).status).toBe(404)
})
