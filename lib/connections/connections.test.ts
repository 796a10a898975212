import { readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type Answer, makeKey, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let other: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  other = await makeWorkspace()
  people = workspace.people
})

const flat = (conn_id: string, extra: object = {}) => ({
  conn_id,
  type: 'postgres',
  host: 'db.example.com',
  port: 5432,
  schema: 'mydb',
  login: 'etl_user',
  password: 'secret123-canary',
  ...extra,
})

const canonical = (conn_id: string, extra: object = {}) => ({
  conn_id,
  name: `Name of ${conn_id}`,
  type: 'postgres',
  role: 'source',
  config: { host: 'db.example.com', port: 5432, database: 'mydb', ssl_mode: 'require' },
  credential: { type: 'database', config: { username: 'etl', password: 'secret123-canary' } },
  ...extra,
})

const create = async (body: object, as: Person = people.owner): Promise<Answer['body']> => {
  const answer = await api.call('POST', '/api/connections', { as, body })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data
}

const patch = (ref: string, body: object, as: Person = people.owner, headers: Record<string, string> = {}) =>
  api.call('PATCH', `/api/connections/${ref}`, { as, body, headers })

const get = async (ref: string, as: Person = people.owner) =>
  (await api.call('GET', `/api/connections/${ref}`, { as })).body.data

test('the call of the documentation works as it stands', async () => {
  const answer = await api.call('POST', '/api/connections', { as: people.integrator, body: flat('prod-postgres') })
  expect(answer.status).toBe(201)
  expect(answer.body.data).toMatchObject({
    conn_id: 'prod-postgres',
    name: 'prod-postgres',
    role: 'source',
    type: 'postgres',
    host: 'db.example.com',
    port: 5432,
    schema: 'mydb',
    login: 'etl_user',
    password: '********',
    extra: null,
    config: { host: 'db.example.com', port: 5432, database: 'mydb', schema: 'public', ssl_mode: 'verify-full' },
    summary: 'db.example.com:5432/mydb',
    last_test: null,
    test_state: 'never_tested',
    revision: 1,
    used_by_count: 0,
  })
  expect(answer.headers.get('etag')).toBe('"1"')
  expect(answer.headers.get('location')).toBe(`/api/connections/${answer.body.data.id}`)
  expect(answer.text).not.toContain('canary')
  const credential = await api.call('GET', `/api/credentials/${answer.body.data.credential_id}`, { as: people.owner })
  expect(credential.body.data).toMatchObject({
    kind: 'database.password',
    config: { username: 'etl_user' },
    sealed_to: 'postgresql://db.example.com:5432 (verify-full)',
    used_by_count: 1,
    secret: { set: true, fields: ['password'], version: 1, locked: false },
  })
})

test('both shapes of the body give the same connection, and both views are in every answer', async () => {
  const one = await create(canonical('same-a', { config: { host: 'same.example.com', database: 'mydb' } }))
  const two = await create(flat('same-b', { host: 'same.example.com', login: 'etl' }))
  expect(one.config).toEqual(two.config)
  for (const key of ['host', 'port', 'schema', 'login', 'password']) expect(one[key]).toEqual(two[key])
})

test('extra is sealed as a whole, whichever way it is sent', async () => {
  const asText = await create(flat('extra-text', { extra: '{"sslcert":"extra-canary"}' }))
  const asObject = await create(flat('extra-object', { extra: { token: 'extra-canary' } }))
  for (const view of [asText, asObject]) {
    expect(view.extra).toBe('********')
    expect(view.credential.secret.fields).toEqual(['extra', 'password'])
    expect(JSON.stringify(view)).not.toContain('extra-canary')
  }
  expect(
    (await api.call('POST', '/api/connections', { as: people.owner, body: flat('extra-no', { extra: 'no json' }) }))
      .body.errors,
  ).toEqual([{ pointer: '/extra', message: 'This must be a JSON object.' }])
})

test('bad input of every field is a 400 with a sentence at the field that was sent', async () => {
  const long = 'x'.repeat(70_000)
  const config = (extra: object) => canonical('bad', { config: { host: 'h.example.com', database: 'd', ...extra } })
  const credential = (extra: object) =>
    canonical('bad', { credential: { type: 'database', config: { username: 'u', ...extra } } })
  const cases: [object, string][] = [
    [flat('Not A Slug'), '/conn_id'],
    [flat(''), '/conn_id'],
    [flat('x'.repeat(65)), '/conn_id'],
    [flat('ünïcode'), '/conn_id'],
    [flat(`conn_${'0'.repeat(26)}`), '/conn_id'],
    [{ ...flat('bad'), conn_id: undefined }, '/conn_id'],
    [{ ...canonical('bad'), conn_id: undefined, name: undefined }, '/name'],
    [flat('bad', { type: 'nonsense' }), '/type'],
    [flat('bad', { type: '__proto__' }), '/type'],
    [flat('bad', { type: 'toString' }), '/type'],
    [flat('bad', { type: 7 }), '/type'],
    [{ ...flat('bad'), type: undefined }, '/type'],
    [flat('bad', { host: '' }), '/host'],
    [flat('bad', { host: undefined }), '/host'],
    [flat('bad', { host: 5 }), '/host'],
    [flat('bad', { host: long }), '/host'],
    [flat('bad', { host: 'postgres://u:p@h/db' }), '/host'],
    [flat('bad', { host: 'a b' }), '/host'],
    [flat('bad', { host: 'a\0b' }), '/host'],
    [flat('bad', { host: '-oProxyCommand=x' }), '/host'],
    [flat('bad', { host: 'h/../../etc' }), '/host'],
    [flat('bad', { host: '/var/run/postgresql' }), '/host'],
    [flat('bad', { port: 0 }), '/port'],
    [flat('bad', { port: 65_536 }), '/port'],
    [flat('bad', { port: -1 }), '/port'],
    [flat('bad', { port: 1.5 }), '/port'],
    [flat('bad', { port: 'abc' }), '/port'],
    [flat('bad', { port: {} }), '/port'],
    [flat('bad', { schema: '' }), '/schema'],
    [flat('bad', { schema: undefined }), '/schema'],
    [flat('bad', { schema: long }), '/schema'],
    [flat('bad', { schema: 'a\0b' }), '/schema'],
    [flat('bad', { login: undefined }), '/login'],
    [flat('bad', { login: '' }), '/login'],
    [flat('bad', { login: ['a'] }), '/login'],
    [flat('bad', { login: 'a\u202eb' }), '/login'],
    [flat('bad', { password: 5 }), '/password'],
    [flat('bad', { password: long }), '/password'],
    [flat('bad', { password: 'a\0b' }), '/password'],
    [flat('bad', { password: '********' }), '/password'],
    [flat('bad', { config: {} }), '/host'],
    [flat('bad', { credential_id: 'cred_x' }), '/host'],
    [flat('bad', { role: 'both' }), '/role'],
    [flat('bad', { environment: 'qa' }), '/environment'],
    [flat('bad', { tags: 'a' }), '/tags'],
    [flat('bad', { tags: ['A B'] }), '/tags/0'],
    [flat('bad', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }), '/tags'],
    [flat('bad', { name: '' }), '/name'],
    [flat('bad', { name: '   ' }), '/name'],
    [flat('bad', { name: 'x'.repeat(129) }), '/name'],
    [flat('bad', { name: 'a\u200bb' }), '/name'],
    [flat('bad', { name: 'a\nb' }), '/name'],
    [flat('bad', { name: '\ud800' }), '/name'],
    [flat('bad', { name: ['a'] }), '/name'],
    [flat('bad', { description: 'x'.repeat(4001) }), '/description'],
    [flat('bad', { description: 'a\0b' }), '/description'],
    [config({ host: undefined }), '/config/host'],
    [config({ port: '5432x' }), '/config/port'],
    [config({ ssl_mode: 'maybe' }), '/config/ssl_mode'],
    [config({ password: 'p' }), '/config/password'],
    [config({ sslmode: 'require' }), '/config/sslmode'],
    [config({ host: 'https://user:pw@h' }), '/config/host'],
    [canonical('bad', { config: 'text' }), '/config'],
    [canonical('bad', { config: [] }), '/config'],
    [credential({ passwort: 'x' }), '/credential/config/passwort'],
    [credential({ password: 5 }), '/credential/config/password'],
    [credential({ username: null }), '/credential/config/username'],
    [canonical('bad', { credential: { type: 'aws', config: {} } }), '/credential/type'],
    [canonical('bad', { credential: { kind: 'nope', config: {} } }), '/credential/kind'],
    [canonical('bad', { credential: {} }), '/credential/config'],
    [canonical('bad', { credential_id: 'cred_nope' }), '/credential'],
    [{ ...canonical('bad', { credential_id: 'cred_nope' }), credential: undefined }, '/credential_id'],
    [{ ...canonical('bad', { credential_id: { not: '' } }), credential: undefined }, '/credential_id'],
  ]
  for (const [body, pointer] of cases) {
    const answer = await api.call('POST', '/api/connections', { as: people.owner, body })
    const shown = JSON.stringify(body).slice(0, 160)
    expect([shown, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([shown, 400, pointer])
    expect(answer.body.errors[0].message).toMatch(/\w.{5,}/)
    expect(answer.text).not.toContain('canary')
  }
  expect(await db().connection.count({ where: { workspaceId: workspace.id, connId: 'bad' } })).toBe(0)
})

test('columns of the database cannot be written through the body', async () => {
  const columns = [
    'id',
    'workspace_id',
    'workspaceId',
    'name_key',
    'nameKey',
    'connId',
    'summary',
    'revision',
    'settings_revision',
    'settingsRevision',
    'last_test_id',
    'lastTestId',
    'ever_passed',
    'everPassed',
    'created_by',
    'createdBy',
    'updated_by',
    'created_at',
    'updated_at',
    'deleted_at',
    'deletedAt',
    'status',
    'version',
    'used_by_count',
    'last_test',
    'test_state',
    'constructor_',
    '$set',
  ]
  await create(flat('mass'))
  for (const column of columns) {
    for (const [method, url] of [
      ['POST', '/api/connections'],
      ['PATCH', '/api/connections/mass'],
      ['PUT', '/api/connections/mass'],
    ] as const) {
      const answer = await api.call(method, url, { as: people.owner, body: { ...flat('mass-2'), [column]: 'x' } })
      expect([method, column, answer.status, answer.body.errors[0].pointer]).toEqual([
        method,
        column,
        400,
        `/${column}`,
      ])
    }
  }
  const credential = { name: 'mass', type: 'database', config: { username: 'u' } }
  for (const column of [
    'id',
    'workspace_id',
    'destination',
    'sealed_to',
    'version',
    'revision',
    'status',
    'created_by',
    'envelope',
  ]) {
    const answer = await api.call('POST', '/api/credentials', {
      as: people.owner,
      body: { ...credential, [column]: 'x' },
    })
    expect([column, answer.status]).toEqual([column, 400])
  }
})

test('another workspace gets exactly the answer of a thing that does not exist', async () => {
  const mine = await create(flat('tenant'))
  const stranger = other.people.owner
  const calls: [string, (ref: string) => string, object?][] = [
    ['GET', (ref) => `/api/connections/${ref}`],
    ['PATCH', (ref) => `/api/connections/${ref}`, { name: 'taken over' }],
    ['PUT', (ref) => `/api/connections/${ref}`, { name: 'taken over' }],
    ['DELETE', (ref) => `/api/connections/${ref}`],
    ['POST', (ref) => `/api/connections/${ref}/test`, {}],
    ['GET', (ref) => `/api/connections/${ref}/tests`],
    ['POST', (ref) => `/api/connections/${ref}/restore`, {}],
    ['DELETE', (ref) => `/api/connections/${ref}/permanent`],
    ['POST', (ref) => `/api/connections/${ref}/duplicate`, {}],
    ['GET', (ref) => `/api/data-sources/${ref}/schemas`],
    ['GET', (ref) => `/api/data-sources/${ref}/tables`],
    ['GET', (ref) => `/api/data-sources/${ref}/tables/a.b`],
    ['GET', (ref) => `/api/data-sources/${ref}/discovery`],
  ]
  const seen = ({ status, body }: Answer) => ({ status, ...body, request_id: '' })
  for (const [method, url, body] of calls) {
    const options = { as: stranger, ...(body && { body }) }
    const missing = await api.call(method, url(`conn_${'0'.repeat(26)}`), options)
    expect([method, url(''), missing.status]).toEqual([method, url(''), 404])
    for (const ref of [mine.id, mine.conn_id]) {
      expect(seen(await api.call(method, url(ref), options))).toEqual(seen(missing))
    }
  }
  const foreign = await api.call('GET', `/api/credentials/${mine.credential_id}`, { as: stranger })
  const missing = await api.call('GET', '/api/credentials/cred_0', { as: stranger })
  expect(seen(foreign)).toEqual(seen(missing))
  const attach = (credential_id: string) =>
    api.call('POST', '/api/connections', {
      as: stranger,
      body: { ...canonical('steal'), credential: undefined, credential_id },
    })
  expect(seen(await attach(mine.credential_id))).toEqual(seen(await attach('cred_0')))
  expect((await attach(mine.credential_id)).status).toBe(400)
  const draft = (credential_id: string) =>
    api.call('POST', '/api/connections/test', {
      as: stranger,
      body: { type: 'postgres', config: canonical('x').config, credential_id },
    })
  expect(seen(await draft(mine.credential_id))).toEqual(seen(await draft('cred_0')))
  expect((await get(mine.id)).name).toBe('tenant')
  expect((await api.call('GET', '/api/connections', { as: stranger })).body.data).toEqual([])
})

test('of fifty simultaneous changes of one revision exactly one is written, and nothing is lost', async () => {
  const { id } = await create(flat('race'))
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => patch(id, { description: `by ${i}` }, people.owner, { 'if-match': '"1"' })),
  )
  const statuses = answers.map((answer) => answer.status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status === 412)).toHaveLength(49)
  const winner = answers.find((answer) => answer.status === 200)
  expect((await get(id)).description).toBe(winner?.body.data.description)
  expect((await get(id)).revision).toBe(2)
})

test('simultaneous changes of different settings without If-Match are all kept', async () => {
  const { id } = await create(flat('merge-race'))
  const bodies = [
    { config: { database: 'other' } },
    { config: { schema: 's2' } },
    { description: 'd' },
    { tags: ['t'] },
    { environment: 'prod' },
  ]
  const answers = await Promise.all(bodies.map((body) => patch(id, body)))
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200])
  expect(await get(id)).toMatchObject({
    config: { database: 'other', schema: 's2' },
    description: 'd',
    tags: ['t'],
    environment: 'prod',
    revision: 6,
  })
})

test('a stale or nonsense If-Match is refused on every write, * and the right one pass', async () => {
  const { id } = await create(flat('etag'))
  for (const tag of ['"2"', 'W/"1"', '1', '', '"x"', '"1 "']) {
    expect([tag, (await patch(id, { description: 'x' }, people.owner, { 'if-match': tag })).status]).toEqual([tag, 412])
    const headers = { 'if-match': tag }
    expect((await api.call('DELETE', `/api/connections/${id}`, { as: people.owner, headers })).status).toBe(412)
  }
  expect((await patch(id, { description: 'x' }, people.owner, { 'if-match': '*' })).headers.get('etag')).toBe('"2"')
  expect((await patch(id, { description: 'y' }, people.owner, { 'if-match': '"9", "2"' })).headers.get('etag')).toBe(
    '"3"',
  )
})

test('a write says what changed, and nothing when nothing did', async () => {
  const { id } = await create(canonical('changed'))
  const one = await patch(id, { config: { host: 'db.example.com' }, name: 'New name', tags: ['b', 'a'] })
  expect(one.body.meta.changed).toEqual(['name', 'tags'])
  const none = await patch(id, {
    config: { host: 'db.example.com', port: 5432 },
    tags: ['a', 'b'],
    credential: { config: { username: 'etl', password: '********' } },
  })
  expect(none.body.meta.changed).toEqual([])
  expect(none.body.data.revision).toBe(one.body.data.revision)
  const login = await patch(id, { credential: { config: { username: 'other' } } })
  expect(login.body.meta.changed).toEqual(['credential.username'])
  expect(login.body.data.credential.secret.version).toBe(1)
})

test('a masked secret stays, a typed one is a new version, null clears it, and the same one changes nothing', async () => {
  const { id } = await create(
    canonical('secrets', { credential: { config: { username: 'u', password: 'one', extra: '{"a":1}' } } }),
  )
  const version = async () => (await get(id)).credential.secret
  const send = (config: object) => patch(id, { credential: { config } })
  expect((await send({ password: '********' })).body.meta.changed).toEqual([])
  expect((await send({ password: 'one' })).body.meta.changed).toEqual([])
  expect(await version()).toMatchObject({ version: 1, fields: ['extra', 'password'] })
  expect((await send({ password: 'two' })).body.meta.changed).toEqual(['password'])
  expect(await version()).toMatchObject({ version: 2, fields: ['extra', 'password'] })
  expect((await send({ extra: null })).body.meta.changed).toEqual(['extra'])
  expect(await version()).toMatchObject({ version: 3, fields: ['password'] })
  expect((await patch(id, { password: null })).body.meta.changed).toEqual(['password'])
  expect(await version()).toMatchObject({ version: 4, fields: [], set: false })
  expect((await get(id)).password).toBeNull()
  expect((await send({ password: '' })).status).toBe(400)
})

test('a connection that keeps its secret cannot be pointed elsewhere without the right to bind', async () => {
  const { id, credential_id } = await create(canonical('bound'))
  const elsewhere = [
    { config: { host: 'evil.example.com' } },
    { config: { port: 5433 } },
    { config: { ssl_mode: 'disable' } },
    { config: { ssl_mode: 'prefer' } },
    { host: 'evil.example.com' },
    { config: { host: 'evil.example.com' }, credential: { config: { password: '********' } } },
    { config: { host: 'evil.example.com' }, credential: { config: { username: 'etl' } } },
    { config: { host: 'evil.example.com' }, credential_id },
  ]
  for (const as of [people.builder, people.integrator]) {
    for (const body of elsewhere) {
      const answer = await patch(id, body, as)
      expect([body, answer.status, answer.body.code]).toEqual([body, 403, 'destination_changed'])
      const put = await api.call('PUT', `/api/connections/${id}`, {
        as,
        body: {
          ...body,
          config: { ...canonical('x').config, ...('config' in body ? body.config : { host: 'evil.example.com' }) },
          host: undefined,
        },
      })
      expect([body, put.status]).toEqual([body, 403])
    }
  }
  expect((await get(id)).config.host).toBe('db.example.com')
  expect((await patch(id, { config: { ssl_mode: 'verify-full', database: 'other' } }, people.builder)).status).toBe(200)
  expect((await patch(id, { config: { ssl_mode: 'require' } }, people.builder)).status).toBe(200)
})

test('the secret typed again goes with the change; so does a change by someone who may bind, and the trail tells', async () => {
  const { id, credential_id } = await create(canonical('rebound'))
  const typed = await patch(
    id,
    { config: { host: 'new.example.com' }, credential: { config: { password: 'again' } } },
    people.integrator,
  )
  expect(typed.body.meta.changed).toEqual(['config.host', 'password'])
  const sealedTo = async () =>
    (await api.call('GET', `/api/credentials/${credential_id}`, { as: people.owner })).body.data.sealed_to
  expect(await sealedTo()).toBe('postgresql://new.example.com:5432 (require)')
  expect((await patch(id, { config: { host: 'newer.example.com' } }, people.admin)).status).toBe(200)
  expect(await sealedTo()).toBe('postgresql://newer.example.com:5432 (require)')
  const events = await db().auditEvent.findMany({ where: { targetId: credential_id, event: 'credential.bound' } })
  expect(events).toMatchObject([
    {
      actorName: 'admin',
      details: {
        from: 'postgresql://new.example.com:5432 (require)',
        to: 'postgresql://newer.example.com:5432 (require)',
      },
    },
  ])
  expect(JSON.stringify(await db().auditEvent.findMany())).not.toContain('canary')
})

test('a part of a secret that is only kept does not travel with a part that is typed', async () => {
  const { id } = await create(
    canonical('partly', { credential: { config: { username: 'u', password: 'p', extra: '{"a":"kept"}' } } }),
  )
  const partly = await patch(
    id,
    { config: { host: 'evil.example.com' }, credential: { config: { password: 'mine' } } },
    people.integrator,
  )
  expect(partly.body.code).toBe('destination_changed')
  const whole = await patch(
    id,
    { config: { host: 'new.example.com' }, credential: { config: { password: 'mine', extra: null } } },
    people.integrator,
  )
  expect(whole.status).toBe(200)
})

test('attaching a credential needs the right, a fitting kind, and the place it is sealed to', async () => {
  const stored = await create(canonical('attach-a'))
  const body = (extra: object) => ({
    ...canonical('attach-b'),
    credential: undefined,
    credential_id: stored.credential_id,
    ...extra,
  })
  const make = (as: Person, extra: object = {}) => api.call('POST', '/api/connections', { as, body: body(extra) })
  const evil = await make(people.builder, { config: { host: 'evil.example.com', database: 'd', ssl_mode: 'require' } })
  expect([evil.status, evil.body.code]).toEqual([403, 'destination_changed'])
  const { key } = await makeKey(workspace, { role: 'builder', scopes: ['connections:write', 'connections:read'] })
  expect((await make({ ...people.builder, key })).body.code).toBe('forbidden')
  expect((await make(people.builder)).status).toBe(201)
})

test('a credential stored on its own is sealed to the first place it is attached to, which its hints must allow', async () => {
  const config = { username: 'u', password: 'p', host: 'hint.example.com', port: 5432 }
  const credential = await api.call('POST', '/api/credentials', {
    as: people.integrator,
    body: { name: 'hinted', type: 'database', config },
  })
  expect(credential.status).toBe(201)
  expect(credential.body.data).toMatchObject({ sealed_to: null, config: { host: 'hint.example.com' } })
  const attach = (host: string) =>
    api.call('POST', '/api/connections', {
      as: people.builder,
      body: {
        ...canonical(`hint-${host.slice(0, 4)}`),
        config: { host, database: 'd' },
        credential: undefined,
        credential_id: credential.body.data.id,
      },
    })
  expect((await attach('evil.example.com')).body.code).toBe('destination_changed')
  expect((await attach('hint.example.com')).status).toBe(201)
  const sealed = await api.call('GET', `/api/credentials/${credential.body.data.id}`, { as: people.owner })
  expect(sealed.body.data.sealed_to).toBe('postgresql://hint.example.com:5432 (verify-full)')
})

test('typing a secret needs more than editing a connection', async () => {
  expect((await api.call('POST', '/api/connections', { as: people.builder, body: flat('by-builder') })).status).toBe(
    403,
  )
  const { id } = await create(canonical('by-owner'))
  expect((await patch(id, { password: 'mine' }, people.builder)).status).toBe(403)
  expect((await patch(id, { login: 'mine' }, people.builder)).status).toBe(403)
  expect((await patch(id, { description: 'mine' }, people.builder)).status).toBe(200)
  const draft = { ...flat('draft'), name: 'x' }
  expect((await api.call('POST', '/api/connections/test', { as: people.builder, body: draft })).status).toBe(403)
})

test('a credential others use stays theirs: a new secret becomes one of its own, a kept one refuses to move', async () => {
  const one = await create(canonical('shared-1'))
  const two = await create({ ...canonical('shared-2'), credential: undefined, credential_id: one.credential_id })
  expect(two.credential_id).toBe(one.credential_id)
  const moved = await patch(two.id, { config: { host: 'new.example.com' } }, people.admin)
  expect([moved.status, moved.body.code, moved.body.used_by]).toEqual([409, 'in_use', ['Name of shared-1']])
  const renamed = await patch(two.id, { credential: { config: { username: 'other' } } })
  expect(renamed.status).toBe(409)
  const typed = await patch(two.id, {
    config: { host: 'new.example.com' },
    credential: { config: { password: 'own' } },
  })
  expect(typed.body.meta.changed).toEqual(['config.host', 'password', 'credential_id'])
  expect(typed.body.data.credential_id).not.toBe(one.credential_id)
  expect((await get(one.id)).credential.secret.version).toBe(1)
})

test('PUT replaces settings and labels and keeps the secret', async () => {
  const { id } = await create(canonical('put', { tags: ['a'], environment: 'prod', description: 'd' }))
  const incomplete = await api.call('PUT', `/api/connections/${id}`, {
    as: people.owner,
    body: { config: { database: 'x' } },
  })
  expect(incomplete.body.errors[0].pointer).toBe('/config/host')
  const config = { host: 'db.example.com', database: 'x', ssl_mode: 'require' }
  const put = await api.call('PUT', `/api/connections/${id}`, {
    as: people.owner,
    body: { config, role: 'destination' },
  })
  expect(put.body.data).toMatchObject({
    role: 'destination',
    tags: [],
    environment: null,
    description: null,
    password: '********',
  })
  expect(put.body.data.config).toEqual({ ...config, port: 5432, schema: 'public' })
  expect((await patch(id, { type: 'mysql' })).body.errors[0].pointer).toBe('/type')
})

test('a deleted connection frees its names, comes back when they are free, and can be purged only then', async () => {
  const { id } = await create(flat('phoenix'))
  expect((await api.call('DELETE', `/api/connections/${id}/permanent`, { as: people.owner })).status).toBe(409)
  const gone = await api.call('DELETE', '/api/connections/phoenix', { as: people.owner })
  expect(gone.body.data).toMatchObject({ id, conn_id: 'phoenix', status: 'deleted' })
  expect((await api.call('GET', '/api/connections/phoenix', { as: people.owner })).status).toBe(404)
  expect((await get(id)).deleted_at).not.toBeNull()
  for (const call of [
    patch(id, { name: 'x' }),
    api.call('POST', `/api/connections/${id}/test`, { as: people.owner, body: {} }),
    api.call('DELETE', `/api/connections/${id}`, { as: people.owner }),
  ]) {
    expect((await call).status).toBe(404)
  }
  const deleted = await api.call('GET', '/api/connections?deleted=true', { as: people.owner })
  expect(deleted.body.data.map((row: { id: string }) => row.id)).toContain(id)
  const successor = await create(flat('phoenix'))
  const conflict = await api.call('POST', `/api/connections/${id}/restore`, { as: people.owner, body: {} })
  expect([conflict.status, conflict.body.code]).toEqual([409, 'name_taken'])
  expect(conflict.body.detail).toContain('phoenix')
  await api.call('DELETE', `/api/connections/${successor.id}`, { as: people.owner })
  const back = await api.call('POST', `/api/connections/${id}/restore`, { as: people.owner, body: {} })
  expect(back.body.data).toMatchObject({ id, conn_id: 'phoenix', deleted_at: null, password: '********' })
  const purged = await api.call('DELETE', `/api/connections/${successor.id}/permanent`, { as: people.owner })
  expect(purged.body.data).toEqual({ id: successor.id, purged: true })
  expect((await api.call('GET', `/api/connections/${successor.id}`, { as: people.owner })).status).toBe(404)
})

test('one that active pipelines use is not deleted', async () => {
  const { id } = await create(flat('in-use'))
  const pipeline = { id: 'pipe_1', workspaceId: workspace.id, key: 'k', name: 'Nightly load', definition: {} }
  await db().pipeline.create({
    data: { ...pipeline, references: { create: { pointer: '/a', connId: 'in-use', connectionId: id } } },
  })
  const answer = await api.call('DELETE', `/api/connections/${id}`, { as: people.owner })
  expect([answer.status, answer.body.code, answer.body.used_by]).toEqual([409, 'in_use', ['Nightly load']])
  expect((await get(id)).used_by_count).toBe(1)
})

test('names are one name however they are written', async () => {
  await create(canonical('names-1', { name: 'Straße №1' }))
  for (const name of ['straße №1', 'STRAßE No1', ' Straße №1 ']) {
    const answer = await api.call('POST', '/api/connections', {
      as: people.owner,
      body: canonical('names-2', { name }),
    })
    expect([name, answer.status, answer.body.errors?.[0].pointer]).toEqual([name, 409, '/name'])
  }
  const twins = await Promise.all(
    Array.from({ length: 10 }, () => api.call('POST', '/api/connections', { as: people.owner, body: flat('twin') })),
  )
  expect(twins.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)])
})

test('a name without an id gets one', async () => {
  const name = 'Übergröße / Nr. 1'
  expect((await create({ ...canonical('x'), conn_id: undefined, name })).conn_id).toBe('ubergro-e-nr-1')
  expect((await create({ ...canonical('x'), conn_id: undefined, name: '数据库' })).conn_id).toBe('postgres')
})

test('a copy has its own names and the same credential, if that may be attached', async () => {
  const original = await create(canonical('original', { tags: ['a'], environment: 'dev' }))
  const copy = await api.call('POST', '/api/connections/original/duplicate', { as: people.builder, body: {} })
  expect(copy.status).toBe(201)
  expect(copy.body.data).toMatchObject({
    conn_id: 'original-copy',
    name: 'Name of original copy',
    tags: ['a'],
    credential_id: original.credential_id,
    test_state: 'never_tested',
  })
  const again = await api.call('POST', '/api/connections/original/duplicate', { as: people.builder, body: {} })
  expect(again.body.data.conn_id).toBe('original-copy-2')
  const { key } = await makeKey(workspace, { role: 'builder', scopes: ['connections:write'] })
  const bare = await api.call('POST', '/api/connections/original/duplicate', {
    as: { ...people.builder, key },
    body: { conn_id: 'bare', name: 'Bare' },
  })
  expect(bare.body.data.credential_id).toBeNull()
  expect(bare.body.meta.credential_kept).toBe(false)
})

test('validate_only checks a whole connection and stores none of it', async () => {
  const count = async () => [
    await db().connection.count(),
    await db().credential.count(),
    await db().auditEvent.count(),
  ]
  const before = await count()
  const dry = await api.call('POST', '/api/connections?validate_only=true', { as: people.owner, body: flat('dry') })
  expect([dry.status, dry.body.data.conn_id]).toEqual([200, 'dry'])
  expect(await count()).toEqual(before)
})

test('a slug that is an address beside the connections’ own is refused, and none is chosen', async () => {
  const folders = ['app/api/connections', 'app/workspace/connections'].flatMap((at) =>
    readdirSync(path.join(import.meta.dirname, '../..', at), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && /^[a-z]/.test(entry.name))
      .map(({ name }) => name),
  )
  expect(folders).toContain('export')
  for (const conn_id of new Set(folders)) {
    const body = { ...flat(conn_id), conn_id }
    const refused = await api.call('POST', '/api/connections', { as: people.owner, body })
    expect([conn_id, refused.status, refused.body.errors?.[0].pointer]).toEqual([conn_id, 400, '/conn_id'])
    const named = { name: conn_id, type: 'postgres', config: { host: 'h', database: 'd' } }
    const made = await api.call('POST', '/api/connections', { as: people.owner, body: named })
    expect([conn_id, made.status, made.body.data?.conn_id]).toEqual([conn_id, 201, `${conn_id}-2`])
  }
})
