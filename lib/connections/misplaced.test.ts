import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

// Made here, so that nothing that looks like a secret stands in the source.
const mark = 'q7w8e9r0t1z2'
const token = `ghp_${mark.repeat(3)}`
const inUrl = `postgresql://etl:${mark}@db.example.com/app`
const lower = `sk_live_${mark}${mark}`

const base = { conn_id: 'plain', type: 'postgres', config: { host: 'db.example.com', database: 'app' } }
const places: [pointer: string, method: string, url: string, body: object][] = [
  ['/name', 'POST', '/api/connections', { ...base, name: `Prod ${token}` }],
  ['/description', 'POST', '/api/connections', { ...base, description: `Log in with ${inUrl}` }],
  ['/conn_id', 'POST', '/api/connections', { ...base, conn_id: lower }],
  ['/tags/0', 'POST', '/api/connections', { ...base, tags: [lower] }],
  ['/config/host', 'POST', '/api/connections', { ...base, config: { host: inUrl, database: 'app' } }],
  [
    '/config/database',
    'POST',
    '/api/connections',
    { ...base, config: { host: 'h', database: `app?password=${mark}` } },
  ],
  ['/host', 'POST', '/api/connections', { conn_id: 'flat', type: 'postgres', host: inUrl, schema: 'app' }],
  ['/login', 'POST', '/api/connections', { conn_id: 'flat', type: 'postgres', host: 'h', schema: 'a', login: token }],
  ['/config/database', 'POST', '/api/connections/test', { ...base, config: { host: 'h', database: token } }],
  ['/name', 'POST', '/api/credentials', { name: token, type: 'password', config: { password: 'x' } }],
  ['/config/username', 'POST', '/api/credentials', { name: 'a', type: 'password', config: { username: token } }],
  ['/description', 'POST', '/api/credentials', { name: 'a', type: 'password', config: {}, description: token }],
  ['/name', 'POST', '/api/api-keys', { name: token, scopes: ['connections:read'] }],
  ['/name', 'PUT', '/api/pipelines/nightly', { name: token, definition: {} }],
  ['/definition/url', 'PUT', '/api/pipelines/nightly', { name: 'Nightly', definition: { url: inUrl } }],
]

test.each(places)('a secret at %s is refused with a sentence (%s %s)', async (pointer, method, url, body) => {
  const answer = await api.call(method, url, { as: workspace.people.owner, by: 'cookie', body })
  expect([answer.status, answer.body.errors?.map((one: { pointer: string }) => one.pointer)]).toEqual([
    400,
    expect.arrayContaining([pointer]),
  ])
  expect(answer.text).toMatch(/This (?:looks like|holds) /)
  expect(answer.text).not.toContain(mark)
})

test('a change of what is saved is refused the same way', async () => {
  const as = workspace.people.owner
  expect((await api.call('POST', '/api/connections', { as, body: { ...base, conn_id: 'saved' } })).status).toBe(201)
  for (const [pointer, body] of [
    ['/name', { name: token }],
    ['/config/host', { config: { host: inUrl } }],
    ['/tags/0', { tags: [lower] }],
  ] as const) {
    const answer = await api.call('PATCH', '/api/connections/saved', { as, body })
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer])
  }
})

test('nothing of it is anywhere in the database, the trail included', async () => {
  const tables = await db().$queryRaw<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`
  expect(tables.length).toBeGreaterThan(20)
  for (const { name } of tables) {
    const found = await db().$queryRawUnsafe<unknown[]>(`select 1 from "${name}" t where t::text like '%${mark}%'`)
    expect([name, found]).toEqual([name, []])
  }
})
