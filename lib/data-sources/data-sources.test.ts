import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { relationSegment } from './schema.ts'

const api = useApi()
useEngine()
const { config } = useTarget()

let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await create('works', targetPassword)
})

const create = async (conn_id: string, password: string) => {
  const credential = { config: { username: 'etl', password } }
  const body = { conn_id, name: conn_id, type: 'postgres', config: config(), credential }
  expect((await api.call('POST', '/api/connections', { as: people.owner, body })).status).toBe(201)
}

test('a data source is browsed: schemas, tables by page, one table, and everything at once', async () => {
  const read = (url: string) => api.call('GET', `/api/data-sources/works/${url}`, { as: people.viewer })
  const schemas = await read('schemas')
  expect(schemas.body.data.map((schema: { name: string }) => schema.name)).toContain('public')
  const first = await read('tables?schema=public&limit=1')
  expect(first.body.data).toMatchObject([{ schema: 'public', name: 'odd.name%' }])
  const second = await read(`tables?schema=public&limit=1&cursor=${first.body.meta.page.cursor}`)
  expect(second.body.data).toMatchObject([{ name: 'orders' }])
  expect(second.body.meta.page.cursor).toBeNull()
  const one = await read('tables/public.orders')
  expect(one.body.data).toMatchObject({ name: 'orders', kind: 'table', columns: [{ name: 'id' }, { name: 'note' }] })
  expect((await read(`tables/${relationSegment('public', 'odd.name%')}`)).body.data.name).toBe('odd.name%')
  expect((await read('tables/public.nothing')).status).toBe(404)
  for (const wrong of ['tables/public', 'tables/.x', 'tables/x.', 'tables/public.%25zz'])
    expect((await read(wrong)).status).toBe(400)
  const all = await read('discovery')
  const lines = all.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.slice(0, -1).filter((line) => line.type === 'relation').length).toBeGreaterThan(1)
  expect(lines.filter((line) => 'end' in line)).toHaveLength(1)
  expect(lines.at(-1).end.bytes).toBeGreaterThan(0)
})

test('browsing something that cannot be reached is a problem with a sentence', async () => {
  await create('unreachable', 'wrong-password-canary')
  const answer = await api.call('GET', '/api/data-sources/unreachable/schemas', { as: people.viewer })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).not.toBe(500)
  expect(answer.body.detail).toMatch(/\w+/)
  expect(answer.text).not.toContain('canary')
})

test('a data source is found by the slug it had before it was renamed, until another connection takes that', async () => {
  await create('before', targetPassword)
  const owner = { as: people.owner }
  expect((await api.call('PATCH', '/api/connections/before', { ...owner, body: { conn_id: 'after' } })).status).toBe(
    200,
  )
  for (const ref of ['before', 'after'])
    expect([ref, (await api.call('GET', `/api/data-sources/${ref}/schemas`, owner)).status]).toEqual([ref, 200])
  const body = { conn_id: 'before', name: 'Another', type: 'generic', config: { host: 'h', port: 9 } }
  expect((await api.call('POST', '/api/connections', { ...owner, body })).status).toBe(201)
  const other = await api.call('GET', '/api/data-sources/before/schemas', owner)
  expect([other.status, other.body.detail]).toEqual([422, expect.stringContaining('Another')])
})
