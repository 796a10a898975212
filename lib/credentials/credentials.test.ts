import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const body = (name: string, config: object = {}) => ({
  name,
  type: 'database',
  config: {
    engine: 'postgresql',
    host: 'db.internal.example.com',
    port: 5432,
    database: 'staging',
    username: 'etl',
    password: 'stored-canary',
    ...config,
  },
})

const create = (given: object) => api.call('POST', '/api/credentials', { as: people.integrator, body: given })

test('the call of the documentation works: hints are kept, the secret is omitted', async () => {
  const answer = await create(body('staging-postgres-etl'))
  expect(answer.status).toBe(201)
  expect(answer.body.data).toMatchObject({
    id: expect.stringMatching(/^cred_/),
    name: 'staging-postgres-etl',
    type: 'database',
    status: 'active',
    created_by: expect.any(String),
    config: { engine: 'postgresql', host: 'db.internal.example.com', port: 5432, database: 'staging', username: 'etl' },
    secret: {
      set: true,
      fields: ['password'],
      version: 1,
      locked: false,
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    },
    deleted_at: null,
  })
  expect(answer.body.data.config.password).toBeUndefined()
  expect(answer.text).not.toContain('canary')
  const read = await api.call('GET', `/api/credentials/${answer.body.data.id}`, { as: people.builder })
  expect(read.body.data).toEqual(answer.body.data)
})

test('bad input of every field is a 400 with a sentence at the field', async () => {
  const cases: [object, string][] = [
    [{ ...body('a'), name: undefined }, '/name'],
    [{ ...body('a'), name: '' }, '/name'],
    [{ ...body('a'), name: 'a\u202eb' }, '/name'],
    [{ ...body('a'), name: 'x'.repeat(129) }, '/name'],
    [{ ...body('a'), type: 'unknown' }, '/type'],
    [{ ...body('a'), type: undefined }, '/type'],
    [{ ...body('a'), type: 'aws' }, '/kind'],
    [{ ...body('a'), kind: 'aws.access_key' }, '/kind'],
    [{ ...body('a'), environment: 'qa' }, '/environment'],
    [{ ...body('a'), config: undefined }, '/config'],
    [{ ...body('a'), config: [] }, '/config'],
    [{ ...body('a'), config: 'x' }, '/config'],
    [{ ...body('a'), status: 'active' }, '/status'],
    [body('a', { username: undefined }), '/config/username'],
    [body('a', { username: '' }), '/config/username'],
    [body('a', { port: 0 }), '/config/port'],
    [body('a', { port: 'x' }), '/config/port'],
    [body('a', { passwort: 'x' }), '/config/passwort'],
    [body('a', { password: 7 }), '/config/password'],
    [body('a', { password: 'a\0b' }), '/config/password'],
    [body('a', { password: '********' }), '/config/password'],
    [body('a', { password: { a: 1 } }), '/config/password'],
    [body('a', { nested: { a: 1 } }), '/config/nested'],
  ]
  for (const [given, pointer] of cases) {
    const answer = await create(given)
    const shown = JSON.stringify(given).slice(0, 120)
    expect([shown, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([shown, 400, pointer])
    expect(answer.text).not.toContain('canary')
  }
})

test('a name is taken however it is written, and free in another workspace', async () => {
  expect((await create(body('Naïve №1'))).status).toBe(201)
  for (const name of ['naïve №1', 'NAÏVE No1', ' Naïve №1']) {
    const answer = await create(body(name))
    expect([name, answer.status, answer.body.errors[0].pointer]).toEqual([name, 409, '/name'])
  }
  const elsewhere = await makeWorkspace()
  const answer = await api.call('POST', '/api/credentials', { as: elsewhere.people.owner, body: body('Naïve №1') })
  expect(answer.status).toBe(201)
  expect((await api.call('GET', '/api/credentials', { as: elsewhere.people.owner })).body.data).toHaveLength(1)
})

test('equal passwords of two credentials look different, and the database holds none in the open', async () => {
  const [one, two] = await Promise.all([create(body('equal-1')), create(body('equal-2'))])
  expect(one.body.data.secret.fingerprint).not.toBe(two.body.data.secret.fingerprint)
  const versions = await db().credentialVersion.findMany()
  for (const { envelope } of versions) expect(Buffer.from(envelope ?? []).toString('latin1')).not.toContain('canary')
  expect(JSON.stringify(await db().credential.findMany())).not.toContain('canary')
  expect(JSON.stringify(await db().auditEvent.findMany())).not.toContain('canary')
})

test('the list pages through each one exactly once, finds by name and hint, and never shows a secret', async () => {
  await Promise.all(Array.from({ length: 12 }, (_, i) => create(body(`page ${i}`, { host: `host-${i}.example.com` }))))
  for (const sort of ['name', '-name', 'created_at', '-created_at']) {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = `sort=${sort}&limit=5&q=page${cursor ? `&cursor=${cursor}` : ''}`
      const page = await api.call('GET', `/api/credentials?${query}`, { as: people.builder })
      seen.push(...page.body.data.map((row: { id: string }) => row.id))
      expect(page.text).not.toContain('canary')
      cursor = page.body.meta.page.cursor
    }
    expect([sort, seen.length, new Set(seen).size]).toEqual([sort, 12, 12])
  }
  const byHost = await api.call('GET', '/api/credentials?q=host-7.example', { as: people.builder })
  expect(byHost.body.data).toMatchObject([{ name: 'page 7' }])
  const fitting = await api.call('GET', '/api/credentials?kind=database.password,api_key.key&q=page%2011', {
    as: people.builder,
  })
  expect(fitting.body.data).toMatchObject([{ name: 'page 11' }])
  expect((await api.call('GET', '/api/credentials?kind=api_key.key&q=page', { as: people.builder })).body.data).toEqual(
    [],
  )
  expect((await api.call('GET', '/api/credentials?kind=nope', { as: people.builder })).status).toBe(400)
  expect((await api.call('GET', '/api/credentials?q=%25', { as: people.builder })).body.data).toEqual([])
})

test('a credential sealed under a key that is not here is shown as locked, everywhere', async () => {
  const { id, name } = (await create(body('locked'))).body.data
  await db().credentialVersion.updateMany({ where: { credentialId: id }, data: { keyId: 'key_that_is_gone' } })
  expect((await api.call('GET', `/api/credentials/${id}`, { as: people.owner })).body.data.secret.locked).toBe(true)
  const workspaceView = (await api.call('GET', '/api/workspace', { as: people.owner })).body.data
  expect(workspaceView.keys).toMatchObject({
    source: 'file',
    problem: expect.stringContaining('locked'),
    locked_credentials: [{ id, name }],
  })
  const viewer = (await api.call('GET', '/api/workspace', { as: people.viewer })).body.data
  expect(viewer.keys.locked_credentials).toEqual([])
})
