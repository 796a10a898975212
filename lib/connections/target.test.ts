import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { type EmbeddedServer, startEmbedded } from '#lib/db/embedded'

const api = useApi()
useEngine()

const password = 'target-canary'
let workspace: TestWorkspace
let people: TestWorkspace['people']
let target: EmbeddedServer
let home: string
let rogue: Server
let roguePort = 0
let rogueBytes = 0

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  home = mkdtempSync(path.join(tmpdir(), 'jackfield-target-'))
  target = await startEmbedded({ home, name: 'target', port: 0, durable: false })
  const client = new Client({ connectionString: target.adminUrl() })
  await client.connect()
  await client.query(`create role etl login password '${password}'`)
  await client.query('create table orders (id int primary key, note text)')
  await client.query('create table "odd.name%" (a int)')
  await client.query('grant select on all tables in schema public to etl')
  await client.end()
  rogue = createServer((socket) => {
    socket.on('data', (bytes) => {
      rogueBytes += bytes.length
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((done) => rogue.listen(0, '127.0.0.1', done))
  const address = rogue.address()
  roguePort = typeof address === 'object' && address !== null ? address.port : 0
})

afterAll(async () => {
  await target?.stop()
  rogue?.close()
  rmSync(home, { recursive: true, force: true })
})

const config = (extra: object = {}) => ({
  host: '127.0.0.1',
  port: target.port,
  database: 'postgres',
  ssl_mode: 'disable',
  ...extra,
})

const create = async (conn_id: string, secret = password) => {
  const credential = { config: { username: 'etl', password: secret } }
  const body = { conn_id, name: conn_id, type: 'postgres', config: config(), credential }
  const answer = await api.call('POST', '/api/connections', { as: people.owner, body })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data
}

const testSaved = (ref: string, as: Person = people.runner) =>
  api.call('POST', `/api/connections/${ref}/test`, { as, body: {} })

const testDraft = (body: object, as: Person = people.owner) =>
  api.call('POST', '/api/connections/test', { as, body: { type: 'postgres', ...body } })

test('a saved connection that works answers success, its stages, and leaves a record', async () => {
  await create('works')
  const answer = await testSaved('works')
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    success: true,
    message: 'Connected successfully (pg)',
    driver: 'pg',
    cause: null,
  })
  expect(answer.body.stages.map((stage: { name: string }) => stage.name)).toContain('authenticate')
  const view = (await api.call('GET', '/api/connections/works', { as: people.owner })).body.data
  expect(view).toMatchObject({
    test_state: 'passed',
    last_test: { id: answer.body.test_id, status: 'passed', stale: false },
  })
  const history = await api.call('GET', '/api/connections/works/tests', { as: people.viewer })
  expect(history.body.data).toMatchObject([{ test_id: answer.body.test_id, success: true }])
})

test('an edit and a new secret both make the last test stale; a new label does not', async () => {
  const { id } = await create('stale')
  const patch = (body: object) => api.call('PATCH', `/api/connections/${id}`, { as: people.owner, body })
  const state = async () => (await api.call('GET', `/api/connections/${id}`, { as: people.owner })).body.data.test_state
  await testSaved(id)
  await patch({ description: 'only words' })
  expect(await state()).toBe('passed')
  await patch({ config: { schema: 'other' } })
  expect(await state()).toBe('stale')
  await patch({ config: { schema: 'public' } })
  await testSaved(id)
  expect(await state()).toBe('passed')
  await patch({ password: 'something else' })
  expect(await state()).toBe('stale')
})

test('a wrong password is a 200 with the cause at the field, and is recorded as failed', async () => {
  await create('wrong', 'wrong-password-canary')
  const answer = await testSaved('wrong')
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    success: false,
    cause: { code: 'auth.password_rejected', stage: 'authenticate' },
  })
  expect(answer.text).not.toContain('canary')
  const view = (await api.call('GET', '/api/connections/wrong', { as: people.owner })).body.data
  expect(view).toMatchObject({
    test_state: 'failed',
    last_test: { status: 'failed', cause_code: 'auth.password_rejected' },
  })
})

test('stages stream as lines, and the last line is the whole report', async () => {
  const answer = await api.call('POST', '/api/connections/works/test', {
    as: people.runner,
    body: {},
    headers: { accept: 'application/x-ndjson' },
  })
  const lines = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.slice(0, -1).every((line) => line.stage)).toBe(true)
  expect(lines.at(-1).end).toMatchObject({ success: true, test_id: expect.stringMatching(/^test_/) })
})

test('settings are tested before they are saved, with a typed and with a kept secret', async () => {
  const typed = await testDraft({ config: config(), credential: { config: { username: 'etl', password } } })
  expect(typed.body).toMatchObject({ success: true, test_id: null })
  const flat = await testDraft({ host: '127.0.0.1', port: target.port, schema: 'postgres', login: 'etl', password })
  expect(flat.status).toBe(200)
  expect(flat.body.cause?.stage).toBe('tls')
  const kept = await testDraft({ config: config({ schema: 'public' }), connection_ref: 'works' }, people.builder)
  expect(kept.body.success).toBe(true)
  const masked = await testDraft(
    { config: config(), connection_ref: 'works', credential: { config: { username: 'etl', password: '********' } } },
    people.builder,
  )
  expect(masked.body.success).toBe(true)
  expect((await testDraft({ config: { host: '' } })).body.errors[0].pointer).toBe('/config/host')
})

test('a kept secret is not sent to a place it was not entered for: not one byte arrives', async () => {
  const { credential_id } = (await api.call('GET', '/api/connections/works', { as: people.owner })).body.data
  const elsewhere = config({ port: roguePort })
  for (const as of [people.builder, people.integrator, people.owner]) {
    const attempts = [
      testDraft({ config: elsewhere, connection_ref: 'works' }, as),
      testDraft({ config: elsewhere, credential_id }, as),
      testDraft({ config: elsewhere, connection_ref: 'works', credential: { config: { password: '********' } } }, as),
      testDraft({ config: elsewhere, connection_ref: 'works', credential: { config: { username: 'etl' } } }, as),
    ]
    for (const answer of await Promise.all(attempts))
      expect([answer.status, answer.body.code]).toEqual([403, 'destination_changed'])
  }
  expect(rogueBytes).toBe(0)
})

test('a data source is browsed: schemas, tables by page, one table, and everything at once', async () => {
  const read = (url: string) => api.call('GET', `/api/data-sources/works/${url}`, { as: people.viewer })
  const schemas = await read('schemas')
  expect(schemas.body.data.map((schema: { name: string }) => schema.name)).toContain('public')
  const first = await read('tables?schema=public&limit=1')
  expect(first.body.data).toMatchObject([{ schema: 'public', name: 'odd.name%' }])
  const second = await read(`tables?schema=public&limit=1&cursor=${first.body.meta.page.cursor}`)
  expect(second.body.data).toMatchObject([{ name: 'orders' }])
  expect(second.body.meta.page.cursor).toBeNull()
  const one = await read('tables/public.orders')
  expect(one.body.data).toMatchObject({ name: 'orders', kind: 'table', columns: [{ name: 'id' }, { name: 'note' }] })
  const { relationSegment } = await import('#lib/data-sources/schema')
  expect((await read(`tables/${relationSegment('public', 'odd.name%')}`)).body.data.name).toBe('odd.name%')
  expect((await read('tables/public.nothing')).status).toBe(404)
  for (const wrong of ['tables/public', 'tables/.x', 'tables/x.', 'tables/public.%25zz'])
    expect((await read(wrong)).status).toBe(400)
  const all = await read('discovery')
  const lines = all.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.slice(0, -1).filter((line) => line.type === 'relation').length).toBeGreaterThan(1)
  expect(lines.filter((line) => 'end' in line)).toHaveLength(1)
  expect(lines.at(-1).end.bytes).toBeGreaterThan(0)
})

test('browsing something that cannot be reached is a problem with a sentence', async () => {
  await create('unreachable', 'wrong-password-canary')
  const answer = await api.call('GET', '/api/data-sources/unreachable/schemas', { as: people.viewer })
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.status).not.toBe(500)
  expect(answer.body.detail).toMatch(/\w+/)
  expect(answer.text).not.toContain('canary')
})

test('every use of a secret is in the trail with who, what and from where', async () => {
  const headers = { 'x-jackfield-client-ip': '192.0.2.7', 'user-agent': 'audit-test' }
  await api.call('POST', '/api/connections/works/test', { as: people.builder, by: 'cookie', body: {}, headers })
  const event = await db().auditEvent.findFirst({
    where: { event: 'connection.tested', actorId: people.builder.userId },
  })
  expect(event).toMatchObject({
    workspaceId: workspace.id,
    actorKind: 'user',
    ip: '192.0.2.7',
    userAgent: 'audit-test',
  })
  expect(event?.requestId).toMatch(/^req_/)
})
