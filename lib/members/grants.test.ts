import { beforeEach, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']
let connection: string
let credential: string

const password = 'typed once'

const storeBoth = async () => {
  const config = { host: 'db.example.com', port: 5432, database: 'app' }
  const given = {
    name: 'shared',
    type: 'database',
    config: { ...config, engine: 'postgresql', username: 'etl', password },
  }
  const stored = await api.call('POST', '/api/credentials', { as: people.admin, by: 'cookie', body: given })
  expect(stored.status).toBe(201)
  const body = {
    name: 'prod',
    conn_id: 'prod',
    type: 'postgres',
    role: 'source',
    config,
    credential_id: stored.body.data.id,
  }
  const made = await api.call('POST', '/api/connections', { as: people.admin, body })
  expect(made.status).toBe(201)
  return { credential: stored.body.data.id as string, connection: made.body.data.id as string }
}

beforeEach(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  ;({ connection, credential } = await storeBoth())
})

const asCookie = (as: Person) => ({ as, by: 'cookie' as const })
const put = (path: string, grants: { subject_id: string; level: string }[], restricted = true) =>
  api.call('PUT', `/api/${path}/grants`, { ...asCookie(people.admin), body: { restricted, grants } })
const statusOf = async (method: string, url: string, as: Person, body?: object) =>
  (await api.call(method, url, { ...asCookie(as), ...(body && { body }) })).status
const idsOf = async (url: string, as: Person) =>
  (await api.call('GET', url, asCookie(as))).body.data.map((row: { id: string }) => row.id)

test('a restricted connection is not there for members without a grant: not read, listed, counted, tested, browsed or changed', async () => {
  expect((await put('connections/prod', [])).status).toBe(200)
  const { builder, viewer, integrator, admin } = people
  for (const as of [builder, integrator, viewer]) {
    for (const ref of [connection, 'prod']) {
      const hidden = await api.call('GET', `/api/connections/${ref}`, asCookie(as))
      const random = await api.call('GET', '/api/connections/nothing', asCookie(as))
      expect(hidden.status).toBe(404)
      expect({ ...hidden.body, request_id: '' }).toEqual({ ...random.body, request_id: '' })
    }
    const list = await api.call('GET', '/api/connections', asCookie(as))
    expect([list.body.data, list.body.meta.counts.all]).toEqual([[], 0])
    expect(await statusOf('GET', `/api/connections/prod/tests`, as)).toBe(404)
    expect(await statusOf('GET', `/api/data-sources/prod/schemas`, as)).toBe(404)
  }
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(404)
  expect(await statusOf('POST', '/api/connections/prod/duplicate', builder, {})).toBe(404)
  expect(await statusOf('PATCH', '/api/connections/prod', builder, { name: 'mine' })).toBe(404)
  expect(await statusOf('DELETE', '/api/connections/prod', integrator)).toBe(404)
  expect(await statusOf('GET', '/api/connections/prod', admin)).toBe(200)
})

test('levels of a connection: view reads, use tests, edit changes; taking a grant back works at once', async () => {
  const { builder } = people
  const give = (level: string) => put('connections/prod', [{ subject_id: builder.userId, level }])
  await give('view')
  expect(await statusOf('GET', '/api/connections/prod', builder)).toBe(200)
  expect(await idsOf('/api/connections', builder)).toEqual([connection])
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(404)
  await give('use')
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(200)
  expect(await statusOf('PATCH', '/api/connections/prod', builder, { name: 'mine' })).toBe(404)
  await give('edit')
  expect(await statusOf('PATCH', '/api/connections/prod', builder, { name: 'mine' })).toBe(200)
  await put('connections/prod', [])
  expect(await statusOf('GET', '/api/connections/prod', builder)).toBe(404)
  const events = await db().auditEvent.findMany({
    where: { workspaceId: workspace.id, event: { startsWith: 'grant.' } },
  })
  expect(events.map(({ event }) => event).sort()).toEqual(['grant.given', 'grant.given', 'grant.given', 'grant.taken'])
})

test('a restricted credential is not there without a grant, and no connection uses it for somebody who has none', async () => {
  await put(`credentials/${credential}`, [])
  const { builder, integrator } = people
  expect(await statusOf('GET', `/api/credentials/${credential}`, builder)).toBe(404)
  expect(await idsOf('/api/credentials', integrator)).toEqual([])
  expect(await statusOf('DELETE', `/api/credentials/${credential}`, integrator)).toBe(404)
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(423)
  const settings = { type: 'postgres', role: 'source', config: { host: 'db.example.com', port: 5432, database: 'app' } }
  const attach = { ...settings, name: 'mine', conn_id: 'mine', credential_id: credential }
  expect(await statusOf('POST', '/api/connections', builder, attach)).toBe(400)
  const draft = { type: 'postgres', config: settings.config, credential_id: credential }
  expect(await statusOf('POST', '/api/connections/test', builder, draft)).toBe(404)

  await put(`credentials/${credential}`, [{ subject_id: builder.userId, level: 'view' }])
  expect(await statusOf('GET', `/api/credentials/${credential}`, builder)).toBe(200)
  expect(await statusOf('POST', '/api/connections', builder, attach)).toBe(400)
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(423)
  await put(`credentials/${credential}`, [{ subject_id: builder.userId, level: 'attach' }])
  expect(await statusOf('POST', '/api/connections', builder, attach)).toBe(201)
  expect(await statusOf('POST', '/api/connections/prod/test', builder, {})).toBe(200)
})

test('a grant is for members and keys of this workspace, and dies with the membership', async () => {
  const other = await makeWorkspace()
  const wrong = await put('connections/prod', [{ subject_id: other.people.viewer.userId, level: 'view' }])
  expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/grants/0/subject_id'])
  expect((await put('connections/prod', [{ subject_id: people.viewer.userId, level: 'owner' }])).status).toBe(400)
  await put('connections/prod', [{ subject_id: people.viewer.userId, level: 'view' }])
  await api.call('DELETE', `/api/members/${people.viewer.userId}`, asCookie(people.owner))
  const { body } = await api.call('GET', '/api/connections/prod/grants', asCookie(people.admin))
  expect(body.data).toMatchObject({ restricted: true, grants: [] })
  const cleared = await api.call('DELETE', '/api/connections/prod/grants', asCookie(people.admin))
  expect(cleared.body.data.restricted).toBe(false)
  expect(await statusOf('GET', '/api/connections/prod', people.builder)).toBe(200)
})
