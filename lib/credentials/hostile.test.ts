import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let people: TestWorkspace['people']
let id: string
beforeAll(async () => {
  people = (await makeWorkspace()).people
  const body = { name: 'target', type: 'database', config: { username: 'etl', password: 'stored-canary' } }
  id = (await api.call('POST', '/api/credentials', { as: people.owner, body })).body.data.id
})

const row = () => db().credential.findUniqueOrThrow({ where: { id }, include: { versions: true } })

/** Columns, relations and shown facts: none of them is an input, whatever the ORM below would do with it (AUTHZ-6). */
const readOnly = [
  ...['workspaceId', 'organizationId', 'workspace_id', 'organization_id', 'workspace', 'versions', 'connections'],
  ...[
    'createdBy',
    'created_by',
    'updatedBy',
    'created_at',
    'createdAt',
    'deletedAt',
    'deleted_at',
    'version',
    'revision',
  ],
  ...[
    'destination',
    'sealed_to',
    'nameKey',
    'name_key',
    'inline',
    'secret',
    'envelope',
    'keyId',
    'key_id',
    'fingerprint',
  ],
  ...['rotateReason', 'rotate_reason', 'lastUsedAt', 'type_off', 'AND', 'OR', 'NOT', 'set', 'connect', 'data', 'where'],
  ...['__proto__x', 'constructor', 'toString', 'if_match'],
]
const values = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant({ not: '' }),
  fc.constant({ set: 'x' }),
  fc.constant({ increment: 1 }),
  fc.constant({ connect: { id: 'x' } }),
  fc.constant([]),
)

test('no field that is not an input gets through a write, whatever it holds', async () => {
  const before = await row()
  const writes = fc.constantFrom<[string, string]>(
    ['PUT', `/api/credentials/${id}`],
    ['POST', '/api/credentials'],
    ['POST', `/api/credentials/${id}/restore`],
  )
  await fc.assert(
    fc.asyncProperty(writes, fc.constantFrom(...readOnly), values, async ([method, url], field, value) => {
      const full = { name: 'new', type: 'database', config: { username: 'etl' } }
      const body = { ...(url === '/api/credentials' && full), [field]: value }
      const answer = await api.call(method, url, { as: people.owner, body })
      expect([method, field, answer.status]).toEqual([method, field, 400])
    }),
    { numRuns: 250 },
  )
  expect(await row()).toEqual(before)
  expect(await db().credential.count()).toBe(1)
})

test('an input holds what its schema says: no operator, no other state, no other shape', async () => {
  const before = await row()
  const fields = ['name', 'environment', 'system', 'owner_team', 'description', 'expires_at', 'rotate_every_days']
  const given: object[] = [
    { status: 'deleted' },
    { status: { set: 'active' } },
    { status: null },
    { unseal: false },
    { restricted: 'true' },
    { type: 'aws' },
    { kind: 'aws.access_key' },
    { scope: 'organization' },
    { config: { password: { set: 'x' } } },
    { config: { username: { set: 'x' } } },
    { config: { username: ['x'] } },
    { config: { config: { a: 'b' } } },
    ...fields.flatMap((field) => [{ [field]: { set: 'x' } }, { [field]: ['x'] }, { [field]: true }]),
  ]
  for (const body of given) {
    const answer = await api.call('PUT', `/api/credentials/${id}`, { as: people.owner, body })
    expect([body, answer.status]).toEqual([body, 400])
  }
  expect(await row()).toEqual(before)
})

test('the path names the record, never the body or the query', async () => {
  const body = { name: 'other', type: 'database', config: { username: 'etl' } }
  const other = (await api.call('POST', '/api/credentials', { as: people.owner, body })).body.data.id
  for (const given of [other, { not: '' }, { contains: '' }, null]) {
    await api.call('PUT', `/api/credentials/${id}`, { as: people.owner, body: { id: given, system: 'mine' } })
    const untouched = await api.call('GET', `/api/credentials/${other}`, { as: people.owner })
    expect([given, untouched.body.data.system]).toEqual([given, null])
  }
})

test('filters are words of the list, never operators of the database (AUTHZ-7)', async () => {
  const lists = ['/api/credentials', `/api/credentials/${id}/used-by`, `/api/credentials/${id}/versions`]
  const names = [
    'id',
    'name',
    'q',
    'type',
    'status',
    'scope',
    'environment',
    'used',
    'due',
    'sort',
    'cursor',
    'workspaceId',
  ]
  const operators = ['contains', 'not', 'in', 'gt', 'startsWith', '$ne', '']
  const query = fc.oneof(
    fc.tuple(fc.constantFrom(...names), fc.constantFrom(...operators)).map(([name, op]) => `${name}[${op}]=`),
    fc.constantFrom('workspaceId', 'workspace_id', 'OR', 'where', 'include').map((name) => `${name}=x`),
    fc
      .constantFrom('type', 'status', 'scope', 'environment', 'used', 'due', 'sort', 'cursor')
      .map((name) => `${name}={"not":""}`),
    fc.constantFrom('limit=0', 'limit=201', 'limit=NaN', 'limit=1e9', 'type=aws&type=gcp', 'deleted=true'),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...lists), query, async (url, text) => {
      const answer = await api.call('GET', `${url}?${text}`, { as: people.owner })
      expect([url, text, answer.status]).toEqual([url, text, 400])
    }),
    { numRuns: 250 },
  )
})

test('a made-up id or cursor is a 404 or a 400 on every route, never a 500', async () => {
  const routes = [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/restore'],
    ['DELETE', '/permanent'],
    ['GET', '/used-by'],
    ['GET', '/versions'],
  ] as const
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }).filter((id) => !/^\.{1,2}$/.test(id))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), text, async ([method, rest], given) => {
      const url = `/api/credentials/${encodeURIComponent(given)}${rest}`
      const body = method === 'PUT' || method === 'POST' ? { body: {} } : {}
      const { status } = await api.call(method, url, { as: people.owner, ...body })
      expect([method, rest, given, [400, 404].includes(status)]).toEqual([method, rest, given, true])
    }),
    { numRuns: 150 },
  )
  const cursor = Buffer.from(JSON.stringify(['-version', 'x', 'x'])).toString('base64url')
  const made = await api.call('GET', `/api/credentials/${id}/versions?cursor=${cursor}`, { as: people.owner })
  expect([made.status, made.body.data]).toEqual([200, []])
})
