import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { objectName } from './object-names.ts'
import type { FoundObject, NamedObject } from './objects.ts'
import { refreshing } from './testing/refreshing.ts'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']
const { call, create, refresh } = refreshing(api, () => people)

const odd = 'a."b%c'

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await target.query(`create schema made; create schema other; grant usage on schema made, other to etl;
    create type made.mood as enum ('good', 'bad, or so', '"quoted"');
    create function made.total(a int) returns int language sql as 'select a -- ,"definition":';
    create function made.total(a text) returns text language sql as $$ select a $$;
    comment on function made.total(text) is 'Adds, ,"definition": up';
    create function other.total() returns int language sql as 'select 1';
    create function made."a.""b%c"() returns int language sql as 'select 2';
    create procedure made.tidy() language plpgsql as 'begin end';
    create table made.t (id int)`)
  for (const name of ['kept', 'unread'])
    await create(name, 'postgres', {
      config: target.config(),
      credential: { config: { username: 'etl', password: targetPassword } },
    })
  await refresh('kept')
})

const read = async (url: string, source = 'kept') => (await call('GET', `${source}/${url}`)).body
const named = (found: NamedObject[]) => found.map((one) => `${one.schema}.${objectName(one)}`)

test('routines, enums and extensions are listed by name, page by page, without what routines do', async () => {
  const { data, meta } = await read('objects?type=routine')
  expect(named(data)).toEqual([
    `made.${odd}()`,
    'made.tidy()',
    'other.total()',
    'made.total(a integer)',
    'made.total(a text)',
  ])
  expect(meta.refreshed_at).toMatch(/^20/)
  expect(data[4]).toEqual({
    ...{ type: 'routine', schema: 'made', name: 'total', kind: 'function', arguments: 'a text', returns: 'text' },
    ...{ language: 'sql', comment: 'Adds, ,"definition": up' },
  })
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await read(`objects?type=routine&limit=2${cursor && `&cursor=${cursor}`}`)
    found.push(...named(page.data))
    cursor = page.meta.page.cursor
  }
  expect(found).toEqual(named(data))
  expect(named((await read('objects?type=routine&schema=other')).data)).toEqual(['other.total()'])
  expect((await read('objects?type=enum&schema=made')).data).toEqual([
    { ...{ type: 'enum', schema: 'made', name: 'mood', comment: null }, labels: ['good', 'bad, or so', '"quoted"'] },
  ])
})

test('one of them is read with what it does, whatever signs are in its name', async () => {
  const of = async (name: string) => (await call('GET', `kept/objects/routine/${encodeURIComponent(name)}`)).body.data
  expect(await of('made.total(a integer)')).toMatchObject({
    returns: 'integer',
    definition: 'select a -- ,"definition":',
  })
  expect(await of('made.a%2E"b%25c()')).toMatchObject({ name: odd, definition: 'select 2' })
  expect((await call('GET', 'kept/objects/routine/made.total')).status).toBe(404)
  expect((await call('GET', 'kept/objects/table/made.t')).status).toBe(400)
})

test('a schema says how many of each it holds, and nothing where nothing is kept', async () => {
  const { data } = await read('schemas')
  const made = data.find(({ name }: { name: string }) => name === 'made')
  expect(made).toMatchObject({ relations: 1, routines: 4, enums: 1, extensions: 0 })
  const live = (await read('schemas?live=true')).data.find(({ name }: { name: string }) => name === 'made')
  expect(live.routines).toBeUndefined()
})

test('a search finds them where they are wanted, a routine by its bare name first, and only tables elsewhere', async () => {
  const found = async (query: string) => (await read(`search?${query}`)).data as FoundObject[]
  const names = (all: FoundObject[]) => all.map(({ type, name, found_in }) => [type, name, found_in])
  expect(names(await found('q=TOTAL&types=all'))).toEqual([
    ['routine', 'total', 'name'],
    ['routine', 'total', 'name'],
    ['routine', 'total', 'name'],
  ])
  expect(names(await found('q=up&types=all&schema=made'))).toEqual([['routine', 'total', 'comment']])
  expect(names(await found('q=mood&types=all'))).toEqual([['enum', 'mood', 'name']])
  expect(await found('q=mood')).toEqual([])
  const first = await read('search?q=t&types=all&limit=2')
  const rest = await read(`search?q=t&types=all&cursor=${first.meta.page.cursor}`)
  expect(names([...first.data, ...rest.data])).toEqual(names(await found('q=t&types=all')))
})

test('when one of them changed can be asked by its name', async () => {
  const from = new Date().toISOString()
  await target.query(`create or replace function made.total(a int) returns int language sql as 'select a + 1'`)
  const { id } = await refresh('kept')
  const about = `relation=${encodeURIComponent('made.total(a integer)')}&type=routine`
  const { data } = await read(`refreshes?${about}`)
  expect(data.map((one: { id: string }) => one.id)).toEqual([id])
  const span = `from=${from}&to=${new Date(Date.now() + 1_000).toISOString()}`
  const changes = (await read(`changes?${span}&${about}`)).data
  expect(changes).toMatchObject([{ type: 'routine', changes: [{ what: 'definition changed', after: 'select a + 1' }] }])
})

test('of a source that was never read, or that leads elsewhere, nothing is listed', async () => {
  expect((await read('objects?type=routine', 'unread')).data).toEqual([])
  expect((await call('GET', 'unread/objects/routine/made.tidy()')).status).toBe(404)
  expect((await call('GET', 'nothing/objects?type=enum')).status).toBe(404)
  const foreign = (await makeWorkspace()).people.owner
  const id = (await api.call('GET', '/api/connections/kept', { as: people.owner })).body.data.id
  expect((await read('objects?type=enum')).data).toHaveLength(1)
  await db().connection.update({ where: { id }, data: { settingsRevision: { increment: 1 } } })
  expect((await read('objects?type=enum')).data).toEqual([])
  expect((await call('GET', 'kept/objects/enum/made.mood')).status).toBe(404)
  const asked = await api.call('GET', `/api/data-sources/${id}/objects?type=enum`, { as: foreign })
  expect(asked.status).toBe(404)
})
