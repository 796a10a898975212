import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword as password, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

const { config } = useTarget()
let workspace: TestWorkspace
let people: TestWorkspace['people']
let rogue: Server
let roguePort = 0
let rogueBytes = 0

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
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
  rogue?.close()
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
  const flat = await testDraft({ host: '127.0.0.1', port: config().port, schema: 'postgres', login: 'etl', password })
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
