import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const target = useTarget()

let workspace: TestWorkspace
let people: TestWorkspace['people']
/** People of another workspace of the same organization. */
let sister: Record<'owner' | 'integrator' | 'builder', Person>

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  const { organizationId } = workspace
  const place = { id: newId('workspace'), organizationId, tag: 'sister' }
  await db().workspace.create({ data: { ...place, name: 'Sister' } })
  const [owner, integrator, builder] = [
    await makePerson(place, 'owner'),
    await makePerson(place, 'integrator'),
    await makePerson(place, 'builder'),
  ]
  sister = { owner, integrator, builder }
})

const call = (method: string, url: string, as: Person, body?: object) =>
  api.call(method, url, { as, ...(body && { body }) })
const secret = { username: 'etl', password: 'target-canary' }
const create = (name: string, extra: object = {}, as: Person = people.owner) =>
  call('POST', '/api/credentials', as, { name, type: 'database', config: secret, ...extra })
const shared = (name: string, config: object = {}) =>
  create(name, { scope: 'organization', config: { ...secret, ...config } })
const attach = (conn_id: string, credential_id: string, as: Person, extra: object = {}) =>
  call('POST', '/api/connections', as, {
    conn_id,
    name: conn_id,
    type: 'postgres',
    config: target.config(),
    credential_id,
    ...extra,
  })

test('a credential of the organization is there for all its workspaces, and really opens there', async () => {
  const { id } = (await shared('everywhere', { host: '127.0.0.1' })).body.data
  for (const as of [people.builder, sister.builder]) {
    const read = await call('GET', `/api/credentials/${id}`, as)
    expect(read.body.data).toMatchObject({ id, scope: 'organization' })
    const listed = await call('GET', '/api/credentials?scope=organization', as)
    expect(listed.body.data.map((row: { id: string }) => row.id)).toContain(id)
  }
  const connection = await attach('everywhere', id, sister.builder)
  expect([connection.status, connection.body.errors]).toEqual([201, undefined])
  const tested = await call('POST', '/api/connections/everywhere/test', sister.builder, {})
  expect(tested.body).toMatchObject({ success: true })
  const stranger = (await makeWorkspace()).people.owner
  expect((await call('GET', `/api/credentials/${id}`, stranger)).status).toBe(404)
  expect((await attach('stolen', id, stranger)).status).toBe(400)
  const used = await call('GET', `/api/credentials/${id}/used-by`, people.owner)
  expect(used.body.data).toMatchObject([{ connection: { workspace_name: 'Sister' } }])
  expect((await call('GET', `/api/credentials/${id}/used-by`, people.builder)).body.data).toEqual([])
  const refused = await call('DELETE', `/api/credentials/${id}`, people.owner)
  expect(refused.body).toMatchObject({ code: 'in_use', used_by: ['a connection of another workspace'] })
})

test('only those who look after all of them make, change or delete one', async () => {
  expect((await create('theirs', { scope: 'organization' }, people.integrator)).status).toBe(403)
  const { id } = (await shared('ours')).body.data
  const url = `/api/credentials/${id}`
  expect((await call('PUT', url, people.integrator, { system: 'x' })).status).toBe(403)
  expect((await call('DELETE', url, sister.integrator)).status).toBe(403)
  const elsewhere = await attach('bound-elsewhere', id, sister.integrator)
  expect([elsewhere.status, elsewhere.body.code]).toEqual([403, 'destination_changed'])
  const draft = { type: 'postgres', config: target.config(), credential_id: id }
  expect((await call('POST', '/api/connections/test', sister.integrator, draft)).status).toBe(403)
  expect((await attach('bound', id, sister.owner)).status).toBe(201)
  const typed = { credential: { config: { ...secret, password: 'other-canary' } } }
  const changed = await call('PATCH', '/api/connections/bound', sister.integrator, typed)
  expect(changed.body.data.credential_id).not.toBe(id)
  expect((await call('GET', url, people.owner)).body.data.secret.version).toBe(1)
  expect((await call('PUT', url, sister.owner, { config: { password: 'new-canary' } })).body.meta.changed).toEqual([
    'password',
  ])
})

test('names are one name across the workspace and its organization', async () => {
  await shared('Shared name')
  expect((await create('shared name')).status).toBe(409)
  expect((await create('own name', {}, sister.owner)).status).toBe(201)
  const both = await Promise.all([shared('at once'), create('At once'), create('AT ONCE'), shared('at once ')])
  expect(both.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
})

test('a type that the organization switched off cannot be created any more, on a connection neither', async () => {
  const off = await call('PATCH', '/api/organization', people.admin, { types_off: ['database', 'oauth', 'oauth'] })
  expect(off.body).toMatchObject({ data: { types_off: ['database', 'oauth'] }, meta: { changed: ['types_off'] } })
  const seen = (await call('GET', '/api/workspace', sister.builder)).body.data.credential_types
  expect(seen).toEqual(['aws', 'azure', 'gcp', 'api_key', 'password'])
  const refused = await create('off', {}, sister.owner)
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/type'])
  expect(refused.body.detail).toContain('Database login')
  const inline = await call('POST', '/api/connections', people.owner, {
    conn_id: 'off',
    type: 'postgres',
    ...{ host: 'db.example.com', schema: 'd', login: 'etl', password: 'canary' },
  })
  expect([inline.status, inline.body.errors[0].pointer]).toEqual([400, '/password'])
  expect((await call('PATCH', '/api/organization', people.integrator, { types_off: [] })).status).toBe(403)
  await call('PATCH', '/api/organization', people.admin, { types_off: [] })
  expect((await create('on again')).status).toBe(201)
  const event = await db().auditEvent.findFirst({ where: { event: 'organization.updated', outcome: 'success' } })
  expect(event?.details).toMatchObject({ before: { types_off: [] }, after: { types_off: ['database', 'oauth'] } })
})

test('a credential for another environment is attached with a warning, in a dry run too', async () => {
  const { id } = (await create('for prod', { environment: 'prod', config: { ...secret, host: '127.0.0.1' } })).body.data
  const warning = [{ pointer: '/credential_id', message: expect.stringContaining('for prod') }]
  const body = { conn_id: 'mismatch', name: 'm', type: 'postgres', config: target.config(), credential_id: id }
  const dry = await call('POST', '/api/connections?validate_only=true', people.builder, { ...body, environment: 'dev' })
  expect(dry.body.meta.warnings).toEqual(warning)
  const made = await call('POST', '/api/connections', people.builder, body)
  expect([made.status, made.body.meta.warnings]).toEqual([201, undefined])
  const changed = await call('PATCH', '/api/connections/mismatch', people.builder, { environment: 'staging' })
  expect(changed.body.meta).toMatchObject({ changed: ['environment'], warnings: warning })
  const used = await call('GET', `/api/credentials/${id}/used-by`, people.builder)
  expect(used.body.data).toMatchObject([{ environment_mismatch: true }])
})

test('fingerprints compare within one credential, within the workspace, or not at all, as it is set', async () => {
  const of = async (name: string) => (await create(name)).body.data.secret.fingerprint
  expect(await of('fp 1')).not.toBe(await of('fp 2'))
  const set = (fingerprints: string) => call('PATCH', '/api/workspace', people.admin, { fingerprints })
  expect((await set('workspace')).body.meta.changed).toEqual(['fingerprints'])
  expect(await of('fp 3')).toBe(await of('fp 4'))
  await set('off')
  expect(await of('fp 5')).toBeNull()
  expect((await call('GET', '/api/workspace', people.builder)).body.data.workspace.fingerprints).toBe('off')
  await set('credential')
  expect(await of('fp 6')).not.toBe(await of('fp 7'))
})
