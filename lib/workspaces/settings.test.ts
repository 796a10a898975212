import path from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { loadRoutes } from '#lib/web/routes'

const api = useApi()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeEach(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const call = (method: string, url: string, as: Person, body?: object, headers = {}) =>
  api.call(method, url, { as, by: 'cookie', headers, ...(body && { body }) })
const change = (body: object, headers = {}) => call('PATCH', '/api/workspace', people.admin, body, headers)

test('the settings of a workspace change one by one, are versioned, and say in the trail what they were', async () => {
  const named = await change({ name: 'Data platform' }, { 'if-match': '"1"' })
  expect(named.body.data).toMatchObject({ name: 'Data platform', require_if_match: false, revision: 2 })
  expect([named.headers.get('etag'), named.body.meta.changed]).toEqual(['"2"', ['name']])
  expect((await change({ name: 'Late' }, { 'if-match': '"1"' })).status).toBe(412)
  expect((await change({ name: '' })).status).toBe(400)
  const same = await change({ name: 'Data platform' })
  expect([same.body.data.revision, same.body.meta.changed]).toEqual([2, []])
  const seen = await call('GET', '/api/workspace', people.viewer)
  expect(seen.body.data.workspace).toMatchObject({ name: 'Data platform', revision: 2 })
  const event = await db().auditEvent.findFirst({ where: { workspaceId: workspace.id, event: 'workspace.updated' } })
  expect(event?.details).toMatchObject({ changed: ['name'], after: { name: 'Data platform' } })
})

test('where the workspace wants it, a change without If-Match is refused on every route that has versions', async () => {
  const config = { host: 'db.example.com', database: 'app' }
  const given = { name: 'a', conn_id: 'a', type: 'postgres', role: 'source', config }
  expect((await call('POST', '/api/connections', people.builder, given)).status).toBe(201)
  expect((await change({ require_if_match: true })).status).toBe(200)

  const rename = (headers = {}) => call('PATCH', '/api/connections/a', people.builder, { name: 'b' }, headers)
  expect((await rename()).body).toMatchObject({ status: 428, code: 'precondition_required' })
  expect((await rename({ 'if-match': '"7"' })).status).toBe(412)
  expect((await rename({ 'if-match': '"1"' })).status).toBe(200)
  // Who may not do it is told that, and nothing else.
  expect((await call('DELETE', '/api/connections/a', people.viewer)).status).toBe(403)

  const app = path.join(import.meta.dirname, '../../app')
  const routes = await loadRoutes(app, ['/api/auth/'])
  const urls = [
    'connections/x',
    'credentials/x',
    'members/x',
    'connections/x/grants',
    'credentials/x/grants',
    'workspace',
  ]
  const asked: string[] = []
  for (const url of urls.map((end) => `/api/${end}`)) {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      if (!(method in (routes.match(url)?.route.handlers ?? {}))) continue
      const body = url.endsWith('grants')
        ? { restricted: true, grants: [] }
        : url.includes('members')
          ? { role: 'viewer' }
          : {}
      const { status } = await call(method, url, people.owner, method === 'DELETE' ? undefined : body)
      expect([method, url, status]).toEqual([method, url, 428])
      asked.push(`${method} ${url}`)
    }
  }
  expect(asked.length).toBeGreaterThan(10)
})

test('new things, and other workspaces, need no If-Match', async () => {
  await change({ require_if_match: true })
  const config = { host: 'db.example.com', database: 'app' }
  const given = { name: 'a', conn_id: 'a', type: 'postgres', role: 'source', config }
  expect((await call('POST', '/api/connections', people.builder, given)).status).toBe(201)
  const other = await makeWorkspace()
  expect((await call('POST', '/api/connections', other.people.builder, given)).status).toBe(201)
  expect((await call('PATCH', '/api/connections/a', other.people.builder, { name: 'b' })).status).toBe(200)
  expect((await change({ require_if_match: false }, { 'if-match': '*' })).body.data.require_if_match).toBe(false)
})
