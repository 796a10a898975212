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

const config = { host: 'db.example.com', port: 5432, database: 'app' }
const secret = { engine: 'postgresql', username: 'etl', password: 'typed once' }

const store = async (url: string, body: object): Promise<string> => {
  const { status, body: answer } = await api.call('POST', url, { as: people.admin, by: 'cookie', body })
  expect(status).toBe(201)
  return answer.data.id
}
const storeCredential = (name: string, more: object = {}) =>
  store('/api/credentials', { name, type: 'database', config: { ...config, ...secret }, ...more })
const storeConnection = (name: string, more: object = {}) =>
  store('/api/connections', { name, conn_id: name, type: 'postgres', role: 'source', config, ...more })

beforeEach(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  credential = await storeCredential('shared')
  connection = await storeConnection('prod', { credential_id: credential })
  await storeCredential('other')
  await storeConnection('other')
})

const statusOf = async (method: string, url: string, as: Person, body?: object) =>
  (await api.call(method, url, { as, by: 'cookie', ...(body && { body }) })).status
const give = async (path: string, subject: string, level: string) => {
  const body = { restricted: false, grants: [{ subject_id: subject, level }] }
  expect(await statusOf('PUT', `/api/${path}/grants`, people.admin, body)).toBe(200)
}
const takeAll = (path: string) => statusOf('DELETE', `/api/${path}/grants`, people.admin)

test('a grant to use a connection lets a viewer test that one and no other, and is gone as soon as it is taken back', async () => {
  const { viewer } = people
  const tries = async () => [
    await statusOf('POST', '/api/connections/prod/test', viewer, {}),
    await statusOf('POST', `/api/connections/${connection}/test`, viewer, {}),
    await statusOf('POST', '/api/connections/other/test', viewer, {}),
    await statusOf('PATCH', '/api/connections/prod', viewer, { name: 'mine' }),
    await statusOf('POST', '/api/connections/test', viewer, { type: 'postgres', config, connection_ref: 'prod' }),
  ]
  expect(await tries()).toEqual([403, 403, 403, 403, 403])
  await give('connections/prod', viewer.userId, 'view')
  expect(await tries()).toEqual([403, 403, 403, 403, 403])
  await give('connections/prod', viewer.userId, 'use')
  expect(await tries()).toEqual([200, 200, 403, 403, 403])
  await takeAll('connections/prod')
  expect(await tries()).toEqual([403, 403, 403, 403, 403])
})

test('a grant to use lets a runner browse the source', async () => {
  const { runner } = people
  expect(await statusOf('GET', '/api/data-sources/prod/schemas', runner)).toBe(403)
  await give('connections/prod', runner.userId, 'use')
  expect(await statusOf('GET', '/api/data-sources/prod/schemas', runner)).not.toBe(403)
  expect(await statusOf('GET', '/api/data-sources/other/schemas', runner)).toBe(403)
})

test('a grant to edit changes and tries out that connection, and makes, copies, deletes or shares nothing', async () => {
  const { viewer } = people
  await give('connections/prod', viewer.userId, 'edit')
  const mine = { type: 'postgres', role: 'source', config }
  expect(await statusOf('PATCH', '/api/connections/prod', viewer, { name: 'mine' })).toBe(200)
  const draft = { type: 'postgres', config, connection_ref: 'prod' }
  expect(await statusOf('POST', '/api/connections/test', viewer, draft)).toBe(200)
  const refused: [string, string, object?][] = [
    ['POST', '/api/connections/test', { type: 'postgres', config }],
    ['POST', '/api/connections/test', { ...draft, connection_ref: 'other' }],
    ['PATCH', '/api/connections/other', { name: 'mine too' }],
    ['POST', '/api/connections', { ...mine, name: 'new', conn_id: 'new' }],
    ['POST', '/api/connections/prod/duplicate', {}],
    ['DELETE', '/api/connections/prod'],
    ['GET', '/api/connections/prod/grants'],
    ['PUT', '/api/connections/prod/grants', { restricted: false, grants: [] }],
    // Attaching and typing secrets are rights on credentials.
    ['PATCH', '/api/connections/prod', { credential: { type: 'database', config: { ...secret, password: 'x' } } }],
  ]
  for (const [method, url, body] of refused)
    expect([method, url, await statusOf(method, url, viewer, body)]).toEqual([method, url, 403])
})

test('a grant to view a credential shows a viewer that one and no other', async () => {
  const { viewer } = people
  expect(await statusOf('GET', '/api/credentials', viewer)).toBe(403)
  await give(`credentials/${credential}`, viewer.userId, 'view')
  const list = await api.call('GET', '/api/credentials', { as: viewer, by: 'cookie' })
  expect(list.body.data.map(({ id }: { id: string }) => id)).toEqual([credential])
  for (const below of ['', '/used-by', '/versions', '/rotations'])
    expect(await statusOf('GET', `/api/credentials/${credential}${below}`, viewer)).toBe(200)
  expect(await statusOf('GET', '/api/credentials/review', viewer)).toBe(403)
  expect(await statusOf('PUT', `/api/credentials/${credential}`, viewer, { name: 'x' })).toBe(403)
})

test('a grant to attach puts that credential on a connection the member may edit, and on no other', async () => {
  const { viewer } = people
  await give('connections/other', viewer.userId, 'edit')
  const attach = (id: string) => statusOf('PATCH', '/api/connections/other', viewer, { credential_id: id })
  await give(`credentials/${credential}`, viewer.userId, 'view')
  expect(await attach(credential)).toBe(403)
  await give(`credentials/${credential}`, viewer.userId, 'attach')
  expect(await attach(credential)).toBe(200)
  expect(await statusOf('PATCH', '/api/connections/prod', viewer, { credential_id: credential })).toBe(403)
})

test('a grant to replace changes the secret of that credential, and neither who sees it, where it goes, nor whether it is there', async () => {
  const { viewer } = people
  await give(`credentials/${credential}`, viewer.userId, 'replace')
  const url = `/api/credentials/${credential}`
  const change = (body: object) => statusOf('PUT', url, viewer, body)
  expect(await change({ config: { password: 'another' } })).toBe(200)
  for (const body of [{ restricted: true }, { status: 'disabled' }, { unseal: true }, { config: { host: 'evil' } }])
    expect([body, await change(body)]).toEqual([body, 403])
  expect(await statusOf('DELETE', url, viewer)).toBe(403)
  expect(await statusOf('POST', '/api/credentials', viewer, { name: 'n', type: 'database', config: secret })).toBe(403)
  expect(await statusOf('POST', `${url}/rotate`, viewer, { config: { ...secret, password: 'third' } })).toBe(201)
})

test('no grant lifts anybody into the credentials of the whole organization', async () => {
  const shared = await storeCredential('everywhere', { scope: 'organization' })
  await give(`credentials/${shared}`, people.integrator.userId, 'replace')
  expect(await statusOf('PUT', `/api/credentials/${shared}`, people.integrator, { name: 'x' })).toBe(403)
})

test('a key does what its scopes and role say: neither its own grant nor its maker’s lifts it', async () => {
  const { viewer } = people
  const key = await db().apiKey.findFirstOrThrow({ where: { workspaceId: workspace.id, role: 'viewer' } })
  const tested = () => api.call('POST', '/api/connections/prod/test', { as: viewer, body: {} })
  const grants = [key.id, viewer.userId].map((subject_id) => ({ subject_id, level: 'edit' }))
  const body = { restricted: false, grants }
  expect(await statusOf('PUT', '/api/connections/prod/grants', people.admin, body)).toBe(200)
  expect(await statusOf('POST', '/api/connections/prod/test', viewer, {})).toBe(200)
  expect((await tested()).status).toBe(403)
})

test('on a restricted credential the level counts whatever the role: to attach is not to replace', async () => {
  const { integrator } = people
  const set = (level: string) =>
    statusOf('PUT', `/api/credentials/${credential}/grants`, people.admin, {
      restricted: true,
      grants: [{ subject_id: integrator.userId, level }],
    })
  const change = () => statusOf('PUT', `/api/credentials/${credential}`, integrator, { description: 'x' })
  await set('attach')
  expect(await change()).toBe(404)
  expect(await statusOf('DELETE', `/api/credentials/${credential}`, integrator)).toBe(404)
  const copy = await api.call('POST', '/api/connections/prod/duplicate', { as: integrator, by: 'cookie', body: {} })
  expect(copy.body.data.credential_id).toBe(credential)
  await set('replace')
  expect(await change()).toBe(200)
})

test('a copy of a connection does not take a restricted credential along for somebody who may not attach it', async () => {
  await statusOf('PUT', `/api/credentials/${credential}/grants`, people.admin, { restricted: true, grants: [] })
  const copy = await api.call('POST', '/api/connections/prod/duplicate', { as: people.builder, by: 'cookie', body: {} })
  expect([copy.status, copy.body.data.credential_id]).toEqual([201, null])
})
