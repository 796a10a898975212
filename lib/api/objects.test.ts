import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { grantLevels } from '#lib/auth/grant-levels'
import { roles } from '#lib/auth/permissions'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { loadRoutes } from '#lib/web/routes'
import { useEngine } from './testing/engine.ts'
import { type Answer, makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from './testing/install.ts'

const api = useApi()
useEngine()

interface Objects {
  connection: string
  credential: string
  member: string
  invitation: string
  apiKey: string
  view: string
  savedQuery: string
  query: string
}

let own: TestWorkspace
let other: TestWorkspace
let foreign: Objects
let deleted: Objects

const make = async ({ people }: TestWorkspace): Promise<Objects> => {
  const as = { as: people.owner, by: 'cookie' as const }
  const config = { engine: 'postgresql', host: 'db.example.com', username: 'etl', password: 'typed once' }
  const bodies: [keyof Objects, string, object][] = [
    ['credential', '/api/credentials', { name: 'a', type: 'database', config }],
    [
      'connection',
      '/api/connections',
      { name: 'a', conn_id: 'a', type: 'postgres', role: 'source', config: { host: 'h', database: 'd' } },
    ],
    ['invitation', '/api/invitations', { email: 'a@example.com', role: 'viewer' }],
    ['apiKey', '/api/api-keys', { name: 'a', scopes: ['connections:read'] }],
    ['view', '/api/connection-views', { name: 'a', query: 'q=a' }],
    ['savedQuery', '/api/saved-queries', { name: 'a', sql: 'select 1', shared: true }],
  ]
  const made: Partial<Objects> = { member: people.runner.userId }
  for (const [kind, url, body] of bodies) {
    const answer = await api.call('POST', url, { ...as, body })
    expect([kind, answer.status]).toEqual([kind, 201])
    made[kind] = answer.body.data.id
  }
  const ran = {
    kind: 'run',
    mode: 'read',
    sql: 'select 1',
    status: 'done',
    actorKind: 'user',
    actorId: people.owner.userId,
  }
  const { connection: connectionId = '' } = made
  made.query = newId('query')
  await db().queryRun.create({ data: { ...ran, id: made.query, workspaceId: people.owner.workspaceId, connectionId } })
  return made as Objects
}

beforeAll(async () => {
  own = await makeWorkspace()
  other = await makeWorkspace()
  foreign = await make(other)
  deleted = await make(own)
  const as = { as: own.people.owner, by: 'cookie' as const }
  // Gone altogether: whatever could still be restored is its makers' to see.
  await db().connection.deleteMany({ where: { id: deleted.connection } })
  await db().credential.deleteMany({ where: { id: deleted.credential } })
  await api.call('DELETE', `/api/members/${deleted.member}`, as)
  await api.call('DELETE', `/api/invitations/${deleted.invitation}`, as)
  await db().apiKey.deleteMany({ where: { id: deleted.apiKey } })
  await db().connectionView.deleteMany({ where: { id: deleted.view } })
  await db().savedQuery.deleteMany({ where: { id: deleted.savedQuery } })
  await db().queryRun.deleteMany({ where: { id: deleted.query } })
})

const kinds: [prefix: string, kind: keyof Objects, random: () => string][] = [
  ['/api/connections/{ref}', 'connection', () => newId('connection')],
  ['/api/data-sources/{ref}', 'connection', () => newId('connection')],
  ['/api/credentials/{id}', 'credential', () => newId('credential')],
  ['/api/members/{id}', 'member', () => newId('user')],
  ['/api/invitations/{id}', 'invitation', () => newId('invitation')],
  ['/api/api-keys/{id}', 'apiKey', () => newId('apiKey')],
  ['/api/connection-views/{id}', 'view', () => newId('view')],
  ['/api/queries/{id}', 'query', () => newId('query')],
  ['/api/saved-queries/{id}', 'savedQuery', () => newId('savedQuery')],
]

const app = path.join(import.meta.dirname, '../../app/api')

/** Every route below an object, read from the files. */
const routes = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts')
  .map((file) => `/api/${path.dirname(file)}`.replace(/\[(?:\.\.\.)?(\w+)\]/g, '{$1}'))
  .flatMap((url) => {
    const found = kinds.find(([prefix]) => url === prefix || url.startsWith(`${prefix}/`))
    return found ? [{ url, kind: found[1], random: found[2] }] : []
  })

// What a route needs to be asked at all, so that it is the object that is not found and not a field.
const bodies: Record<string, object> = {
  'PATCH /api/members/{id}': { role: 'viewer' },
  'PATCH /api/connections/{ref}': { name: 'x' },
  'PUT /api/connections/{ref}': { name: 'x', config: { host: 'h', database: 'd' } },
  'PATCH /api/credentials/{id}': { name: 'x' },
  'PUT /api/connections/{ref}/grants': { restricted: true, grants: [] },
  'PUT /api/credentials/{id}/grants': { restricted: true, grants: [] },
  'POST /api/credentials/{id}/disable': { reason: 'x' },
  'POST /api/data-sources/{ref}/queries': { sql: 'select 1' },
  'POST /api/data-sources/{ref}/exports': { sql: 'select 1', format: 'csv' },
  'PUT /api/data-sources/{ref}/tabs': { tabs: [], active: '' },
}

/** Every route below an object with its methods, as an address of this object. */
const callsOf = async (): Promise<
  { route: string; method: string; kind: keyof Objects; random(): string; at(id: string): string }[]
> => {
  const loaded = await loadRoutes(path.join(app, '..'), ['/api/auth/'])
  return routes.flatMap(({ url, kind, random }) => {
    const at = (id: string) =>
      url
        .replace(/\{\w+\}/, id)
        .replace('{table}', 'a.b')
        .replace('{type}/{object}', 'enum/a.b')
        .replace(/\{\w+\}/g, 'nothing')
    const handlers = loaded.match(at('x'))?.route.handlers ?? {}
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => method in handlers)
    return methods.map((method) => ({ route: `${method} ${url}`, method, kind, random, at }))
  })
}

const bodyOf = (route: string) => (/^(GET|DELETE)/.test(route) ? {} : { body: bodies[route] ?? {} })

const withoutId = ({ status, body }: Answer) => ({ status, body: { ...body, request_id: '', instance: '' } })

test('objects of others, gone ones and ones that never were answer the same on every route to every role', {
  timeout: 180_000,
}, async () => {
  const calls = await callsOf()
  expect(routes.length).toBeGreaterThan(15)
  for (const { route, method, kind, random, at } of calls) {
    for (const role of roles) {
      // The one who would be asked for cannot ask any more.
      if (role === 'runner') continue
      const ask = (id: string) =>
        api.call(method, at(id), { as: own.people[role], by: 'cookie', ...bodyOf(route) }).then(withoutId)
      const never = await ask(random())
      expect([route, role, [400, 403, 404, 422].includes(never.status)]).toEqual([route, role, true])
      expect([route, role, await ask(foreign[kind])]).toEqual([route, role, never])
      expect([route, role, await ask(deleted[kind])]).toEqual([route, role, never])
    }
  }
})

test('a restricted object answers on every route, to every role without a grant, as if it never was', {
  timeout: 180_000,
}, async () => {
  const place = await makeWorkspace()
  const hidden = await make(place)
  await db().connection.update({ where: { id: hidden.connection }, data: { restricted: true } })
  await db().credential.update({ where: { id: hidden.credential }, data: { restricted: true } })
  for (const { route, method, kind, at } of await callsOf()) {
    if (kind !== 'connection' && kind !== 'credential') continue
    for (const role of ['integrator', 'builder', 'viewer', 'runner'] as const) {
      const ask = (id: string) =>
        api.call(method, at(id), { as: place.people[role], by: 'cookie', ...bodyOf(route) }).then(withoutId)
      expect([route, role, await ask(hidden[kind])]).toEqual([route, role, await ask(newId(kind))])
    }
  }
})

const browsing = [
  'GET cdc',
  'GET cdc/{id}/lag',
  'GET changes',
  'GET comparison',
  'GET configuration',
  'GET discovery',
  'GET files',
  'GET files/preview',
  'GET objects',
  'GET objects/{type}/{object}',
  'POST refresh',
  'GET refreshes',
  'DELETE refreshes/{id}',
  'GET refreshes/{id}',
  'GET schemas',
  'GET search',
  'GET tables',
  'GET tables/{table}',
].map((call) => call.replace(' ', ' /api/data-sources/{ref}/'))
const changing = [
  'PATCH /api/connections/{ref}',
  'POST /api/connections/{ref}/versions/{version}/restore',
  'PUT /api/connections/{ref}',
]
const querying = ['GET /tabs', 'PUT /tabs', 'POST /queries', 'POST /exports'].map((end) =>
  end.replace('/', '/api/data-sources/{ref}/'),
)
const testing = ['POST /api/connections/{ref}/test', 'POST /api/connections/{ref}/pages']
const reading = ['', '/rotations', '/rotations/{rotation_id}', '/used-by', '/versions'].map(
  (end) => `GET /api/credentials/{id}${end}`,
)
const steps = ['cancel', 'finish', 'promote', 'retry', 'roll-back'].map((step) => `rotations/{rotation_id}/${step}`)
const replacing = [
  'PUT /api/credentials/{id}',
  ...['rotate', ...steps].map((end) => `POST /api/credentials/{id}/${end}`),
]

/** What a grant adds to a role, written down by hand and apart from the table of levels. */
const added: Record<'viewer' | 'runner', Record<string, readonly string[]>> = {
  viewer: { view: [], use: [...querying, ...testing], edit: [...querying, ...testing, ...changing] },
  runner: { view: [], use: [...browsing, ...querying], edit: [...browsing, ...querying, ...changing] },
}
const addedToAnybody: Record<string, readonly string[]> = {
  view: reading,
  attach: reading,
  replace: [...reading, ...replacing],
}

test('a grant adds on every route, for every level, exactly what is written down, and only on its own object', {
  timeout: 240_000,
}, async () => {
  const place = await makeWorkspace()
  const [one, two] = [await make(place), await make(await makeWorkspace())]
  const heard = async (as: Person, kind: 'connection' | 'credential', object: string): Promise<string[]> => {
    const calls = (await callsOf()).filter((call) => call.kind === kind)
    const statuses = await Promise.all(
      calls.map(async ({ route, method, at }) => {
        const { status } = await api.call(method, at(object), { as, by: 'cookie', ...bodyOf(route) })
        return status === 403 ? [] : [route]
      }),
    )
    return statuses.flat()
  }
  for (const role of ['viewer', 'runner'] as const) {
    for (const kind of ['connection', 'credential'] as const) {
      const as = await makePerson(place, role)
      const before = await heard(as, kind, one[kind])
      for (const level of grantLevels[kind]) {
        const key = { objectId: one[kind], subjectId: as.userId }
        const data = { ...key, workspaceId: place.id, level, createdBy: 'test' }
        await db().grant.upsert({ where: { objectId_subjectId: key }, create: data, update: { level } })
        const now = await heard(as, kind, one[kind])
        const expected = kind === 'connection' ? added[role][level] : addedToAnybody[level]
        const more = now.filter((route) => !before.includes(route)).sort()
        expect([role, kind, level, more]).toEqual([role, kind, level, [...(expected ?? [])].sort()])
        expect(await heard(as, kind, two[kind])).toEqual(before)
      }
    }
  }
})

test('what belongs to others is still there afterwards, as it was', async () => {
  const as = { as: other.people.owner, by: 'cookie' as const }
  const { body } = await api.call('GET', `/api/connections/${foreign.connection}`, as)
  expect(body.data).toMatchObject({ name: 'a', revision: 1 })
  const credential = await api.call('GET', `/api/credentials/${foreign.credential}`, as)
  expect(credential.body.data).toMatchObject({ name: 'a', status: 'active', restricted: false })
  const members = await api.call('GET', '/api/members', as)
  expect(members.body.data).toHaveLength(roles.length)
})

test('no middleware stands before the routes: every one of them decides by itself', () => {
  const root = path.join(app, '../..')
  const names = ['middleware', 'proxy'].flatMap((name) => ['ts', 'tsx', 'js', 'mjs'].map((end) => `${name}.${end}`))
  for (const name of names) {
    for (const folder of ['', 'app', 'src']) expect(existsSync(path.join(root, folder, name))).toBe(false)
  }
})
