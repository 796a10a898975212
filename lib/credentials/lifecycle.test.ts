import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']
beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const secret = (extra: object = {}) => ({ username: 'etl', password: 'first-canary', ...extra })
const call = (method: string, url: string, body?: object, as: Person = people.owner, headers = {}) =>
  api.call(method, url, { as, headers, ...(body && { body }) })
const create = async (name: string, config: object = secret(), extra: object = {}) => {
  const answer = await call('POST', '/api/credentials', { name, type: 'database', config, ...extra })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data
}
const put = (id: string, body: object, as?: Person, headers?: object) =>
  call('PUT', `/api/credentials/${id}`, body, as, headers)
const target = { host: 'db.example.com', port: 5432, database: 'd' }
const attach = (conn_id: string, credential_id: string, config: object = {}, as?: Person) =>
  call(
    'POST',
    '/api/connections',
    { conn_id, name: conn_id, type: 'postgres', config: { ...target, ...config }, credential_id },
    as,
  )
const eventsOf = async (targetId: string) =>
  (await db().auditEvent.findMany({ where: { targetId, outcome: 'success' }, orderBy: { id: 'asc' } })).map(
    ({ event }) => event,
  )

test('PUT is a merge: what is left out stays, null clears, the mask keeps, and the answer says what changed', async () => {
  const { id, revision } = await create('merge', secret({ database: 'staging', ssh_password: 'second-canary' }))
  const first = await put(id, { description: 'Nightly load', config: { password: '********', database: null } })
  expect(first.body.meta).toEqual({ changed: ['description', 'config.database'] })
  expect(first.body.data).toMatchObject({
    description: 'Nightly load',
    config: { username: 'etl' },
    secret: { version: 1, fields: ['password', 'ssh_password'] },
  })
  expect(first.body.data.config.database).toBeUndefined()
  expect(first.headers.get('etag')).toBe(`"${revision + 1}"`)
  const second = await put(id, { config: { password: 'third-canary' } })
  expect(second.body.meta.changed).toEqual(['password'])
  expect(second.body.data.secret).toMatchObject({ version: 2, fields: ['password', 'ssh_password'] })
  const third = await put(id, { description: null, config: { ssh_password: null } })
  expect(third.body.meta.changed).toEqual(['description', 'ssh_password'])
  expect(third.body.data).toMatchObject({ description: null, secret: { version: 3, fields: ['password'] } })
  expect(first.text + second.text + third.text).not.toContain('canary')
  const { body } = await call('GET', `/api/credentials/${id}/versions`)
  expect(body.data.map((row: { version: number; state: string }) => [row.version, row.state])).toEqual([
    [3, 'current'],
    [2, 'previous'],
    [1, 'previous'],
  ])
})

test('a change that changes nothing says so, and seals nothing', async () => {
  const { id, revision } = await create('same', secret({ port: 5432, host: 'db.example.com' }))
  const answer = await put(id, { name: 'same', config: secret({ port: 5432 }) })
  expect(answer.body.meta.changed).toEqual([])
  expect(answer.body.data).toMatchObject({ revision, secret: { version: 1 } })
})

test('If-Match decides between two that changed the same revision', async () => {
  const { id } = await create('etag')
  const headers = { 'if-match': '"1"' }
  expect((await put(id, { system: 'A' }, people.owner, headers)).status).toBe(200)
  expect((await put(id, { system: 'B' }, people.owner, headers)).status).toBe(412)
  expect((await call('DELETE', `/api/credentials/${id}`, undefined, people.owner, headers)).status).toBe(412)
  expect((await call('GET', `/api/credentials/${id}`)).body.data.system).toBe('A')
})

test('the mask of a field that is not stored is a 400 at the field', async () => {
  const { id } = await create('mask')
  const answer = await put(id, { config: { ssh_password: '********' } })
  expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/config/ssh_password'])
})

test('a kept secret does not move to another host without the right to bind, and moving it is an event', async () => {
  const { id } = await create('hint', secret({ host: 'db.example.com', port: 5432 }))
  const config = { host: 'evil.example.com' }
  const refused = await put(id, { config }, people.integrator)
  expect([refused.status, refused.body.code]).toEqual([403, 'destination_changed'])
  expect((await put(id, { config: { port: null } }, people.integrator)).status).toBe(403)
  expect((await put(id, { config: { ...config, password: '********' } }, people.integrator)).status).toBe(403)
  const typed = await put(id, { config: { ...config, password: 'typed-canary' } }, people.integrator)
  expect(typed.status).toBe(200)
  expect((await put(id, { config: { host: 'db.example.com' } }, people.admin)).status).toBe(200)
  expect(await eventsOf(id)).toEqual([
    'credential.created',
    'credential.replaced',
    'credential.updated',
    'credential.bound',
    'credential.updated',
  ])
})

test('a credential that was sealed loses its seal only by the right to bind', async () => {
  const { id } = await create('sealed')
  expect((await attach('sealed', id)).status).toBe(201)
  expect((await call('GET', `/api/credentials/${id}`)).body.data.sealed_to).toContain('db.example.com:5432')
  expect((await put(id, { unseal: true }, people.integrator)).body.code).toBe('destination_changed')
  expect((await put(id, { config: { host: 'evil.example.com' } }, people.integrator)).status).toBe(403)
  expect((await put(id, { config: { host: 'db.example.com' } }, people.integrator)).status).toBe(200)
  expect((await call('GET', `/api/credentials/${id}`)).body.data.sealed_to).toContain('db.example.com:5432')
  const answer = await put(id, { unseal: true }, people.admin)
  expect(answer.body).toMatchObject({ meta: { changed: ['sealed_to'] }, data: { sealed_to: null } })
  expect(await eventsOf(id)).toContain('credential.bound')
})

test.each(['workspace', 'organization'])(
  'what was changed in the database stays refused until the secret is typed again: %s',
  async (scope) => {
    const name = `tampered-${scope}`
    const { id } = await create(name, secret(), { scope })
    const { conn_id } = (await attach(name, id)).body.data
    await db().$executeRaw`update credentials set destination = null where id = ${id}`
    const refusals = [
      await put(id, { config: { ssh_password: 'typed-canary' } }),
      await put(id, { config: { host: 'db.example.com' } }),
      await attach(`${name}-2`, id),
      await call('PATCH', `/api/connections/${conn_id}`, { name: `${name} again` }),
      await call('POST', `/api/connections/${conn_id}/test`, {}),
    ]
    expect(refusals.map(({ body }) => body.code)).toEqual(refusals.map(() => 'credential_locked'))
    expect((await put(id, { config: secret() })).status).toBe(200)
    expect((await attach(`${name}-2`, id)).status).toBe(201)
    expect((await call('PATCH', `/api/connections/${conn_id}`, { name: `${name} again` })).status).toBe(200)
  },
)

test('an old sign-in may look and label, but neither replace a secret, nor move it, nor destroy it', async () => {
  const { id } = await create('step-up')
  const person = await makePerson(workspace, 'owner')
  await db().session.updateMany({
    where: { userId: person.userId },
    data: { authenticatedAt: new Date(Date.now() - 11 * 60_000) },
  })
  const by = (method: string, url: string, body?: object) =>
    api.call(method, url, { as: person, by: 'cookie', ...(body && { body }) })
  const url = `/api/credentials/${id}`
  expect((await by('PUT', url, { system: 'Shop' })).status).toBe(200)
  const refusals = [
    await by('PUT', url, { config: { password: 'other-canary' } }),
    await by('PUT', url, { unseal: true, config: { host: 'a.example.com' } }),
    await by('POST', '/api/credentials', { name: 'x', type: 'database', config: secret() }),
    await by('DELETE', `${url}/permanent`),
  ]
  // Nothing to unseal yet, so the second one is allowed.
  expect(refusals.map(({ status, body }) => [status, body.code])).toEqual([
    [403, 'reauth_required'],
    [200, undefined],
    [403, 'reauth_required'],
    [403, 'reauth_required'],
  ])
})

test('an old sign-in does not send a stored secret to another destination, a recent one of somebody who may does', async () => {
  const { id } = await create('moved')
  expect((await attach('moved', id)).status).toBe(201)
  const person = await makePerson(workspace, 'owner')
  const signedIn = (minutesAgo: number) =>
    db().session.updateMany({
      where: { userId: person.userId },
      data: { authenticatedAt: new Date(Date.now() - minutesAgo * 60_000) },
    })
  const move = () =>
    api.call('PATCH', '/api/connections/moved', {
      ...{ as: person, by: 'cookie', body: { config: { host: 'other.example.com' } } },
    })
  await signedIn(11)
  expect((await move()).body.code).toBe('reauth_required')
  await signedIn(0)
  expect((await move()).status).toBe(200)
  expect((await call('GET', `/api/credentials/${id}`)).body.data.sealed_to).toContain('other.example.com:5432')
})

test('disabled is not usable until enabled again; both are events', async () => {
  const { id } = await create('switch')
  expect((await put(id, { status: 'disabled' })).body.data.status).toBe('disabled')
  expect((await attach('switch-1', id)).status).toBe(400)
  expect((await put(id, { status: 'active' })).body.meta.changed).toEqual(['status'])
  expect((await attach('switch-2', id)).status).toBe(201)
  expect(await eventsOf(id)).toEqual(
    expect.arrayContaining(['credential.disabled', 'credential.enabled', 'credential.updated']),
  )
})

test('delete, restore and purge answer exactly what the contract says', async () => {
  const { id, name } = await create('gone')
  expect((await call('DELETE', `/api/credentials/${id}/permanent`)).status).toBe(409)
  expect((await call('POST', `/api/credentials/${id}/restore`, {})).status).toBe(409)
  const deleted = await call('DELETE', `/api/credentials/${id}`)
  expect(deleted.body.data).toEqual({ id, status: 'deleted', deleted_at: expect.any(String) })
  expect((await call('DELETE', `/api/credentials/${id}`)).status).toBe(404)
  expect((await put(id, { system: 'x' })).status).toBe(404)
  expect((await attach('gone', id)).status).toBe(400)
  const listed = await call('GET', '/api/credentials?status=deleted')
  expect(listed.body.data).toMatchObject([{ id, status: 'deleted' }])
  const restored = await call('POST', `/api/credentials/${id}/restore`, {})
  expect(restored.body.data).toEqual({ id, status: 'active', deleted_at: null })
  await call('DELETE', `/api/credentials/${id}`)
  await create(name)
  const conflict = await call('POST', `/api/credentials/${id}/restore`, {})
  expect([conflict.status, conflict.body.errors[0].pointer]).toEqual([409, '/name'])
  expect((await call('POST', `/api/credentials/${id}/restore`, { name: 'gone 2' })).status).toBe(200)
  expect((await call('GET', `/api/credentials/${id}`)).body.data.name).toBe('gone 2')
  await call('DELETE', `/api/credentials/${id}`)
  expect((await call('DELETE', `/api/credentials/${id}/permanent`, undefined, people.integrator)).status).toBe(403)
  const purged = await call('DELETE', `/api/credentials/${id}/permanent`)
  expect(purged.body.data).toEqual({ id, purged: true })
  expect(await db().credentialVersion.count({ where: { credentialId: id } })).toBe(0)
  expect((await call('GET', `/api/credentials/${id}`)).status).toBe(404)
  expect(await eventsOf(id)).toEqual(
    expect.arrayContaining(['credential.deleted', 'credential.restored', 'credential.purged']),
  )
})

test('one that was disabled comes back disabled', async () => {
  const { id } = await create('stays-off')
  await put(id, { status: 'disabled' })
  await call('DELETE', `/api/credentials/${id}`)
  expect((await call('POST', `/api/credentials/${id}/restore`, {})).body.data.status).toBe('disabled')
})

test('one in use is not deleted without force, a reason and the right to purge', async () => {
  const { id } = await create('used')
  const connection = (await attach('user-1', id)).body.data
  const url = `/api/credentials/${id}`
  const refused = await call('DELETE', url)
  expect(refused.body).toMatchObject({ status: 409, code: 'in_use', used_by: ['user-1'] })
  expect((await call('DELETE', `${url}?force=true&reason=leak`, undefined, people.integrator)).status).toBe(403)
  const unexplained = await call('DELETE', `${url}?force=true`)
  expect([unexplained.status, unexplained.body.errors[0].pointer]).toEqual([400, '/reason'])
  expect((await call('DELETE', `${url}?force=true&reason=leak`)).status).toBe(200)
  expect((await call('DELETE', `${url}/permanent`)).body.code).toBe('in_use')
  expect((await call('DELETE', `${url}/permanent?force=true&reason=leak`)).status).toBe(200)
  const after = (await call('GET', `/api/connections/${connection.id}`)).body.data
  expect([after.credential_id, after.revision]).toEqual([null, connection.revision + 1])
  const events = await db().auditEvent.findMany({ where: { targetId: id, event: 'credential.purged' } })
  expect(events).toMatchObject([{ details: { forced: true, reason: 'leak', used_by: ['user-1'] } }])
})

test('used-by lists the connections, deleted ones too, with where they differ', async () => {
  const { id } = await create('attached', secret(), { environment: 'prod' })
  const one = (await attach('attached-a', id)).body.data
  const two = (await attach('attached-b', id)).body.data
  await call('PATCH', `/api/connections/${one.id}`, { environment: 'dev' })
  await call('DELETE', `/api/connections/${two.id}`)
  const { body } = await call('GET', `/api/credentials/${id}/used-by?limit=1`)
  expect(body.data).toMatchObject([
    {
      connection: { conn_id: 'attached-a', deleted: false, workspace_id: workspace.id },
      environment_mismatch: true,
      last_test: null,
      pipelines: 0,
    },
  ])
  const next = await call('GET', `/api/credentials/${id}/used-by?limit=1&cursor=${body.meta.page.cursor}`)
  expect(next.body.data).toMatchObject([{ connection: { deleted: true }, environment_mismatch: false }])
  expect(next.body.meta.page.cursor).toBeNull()
})

test('another workspace finds nothing of it, by any route', async () => {
  const { id } = await create('private')
  const { owner } = (await makeWorkspace()).people
  const url = `/api/credentials/${id}`
  for (const [method, path, body] of [
    ['GET', url],
    ['PUT', url, { system: 'x' }],
    ['DELETE', url],
    ['POST', `${url}/restore`, {}],
    ['DELETE', `${url}/permanent`],
    ['GET', `${url}/used-by`],
    ['GET', `${url}/versions`],
  ] as const) {
    expect([method, path, (await call(method, path, body, owner)).status]).toEqual([method, path, 404])
  }
  expect((await attach('stolen', id, {}, owner)).status).toBe(400)
})

test('a dry run changes nothing', async () => {
  const { id } = await create('dry')
  const answer = await call('PUT', `/api/credentials/${id}?validate_only=true`, { config: { password: 'dry-canary' } })
  expect(answer.body.meta).toMatchObject({ validated_only: true, changed: ['password'] })
  expect((await call('GET', `/api/credentials/${id}`)).body.data).toMatchObject({ revision: 1, secret: { version: 1 } })
})
