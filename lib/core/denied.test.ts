import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { AppError } from './errors.ts'
import { operation } from './operation.ts'

const api = useApi()
useEngine()

let workspace: TestWorkspace
let people: TestWorkspace['people']
beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const config = { host: 'db.example.com', port: 5432, database: 'd' }
const send = (method: string, url: string, body: object, as: Person, by: 'key' | 'cookie' = 'key') =>
  api.call(method, url, { as, by, body })

let made = 0
const saved = async () => {
  const conn_id = `saved-${++made}`
  const credential = { config: { username: 'etl', password: 'stored-canary' } }
  const body = { conn_id, name: conn_id, type: 'postgres', config, credential }
  const answer = await send('POST', '/api/connections', body, people.owner)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data as { id: string; conn_id: string; credential_id: string }
}
const lastEvent = async () =>
  (await db().auditEvent.findFirst({ where: { workspaceId: workspace.id }, orderBy: { id: 'desc' } }))?.id ?? ''
/** What a call left in the trail, whatever it was. */
const traceOf = async (call: () => Promise<{ status: number; body: { code?: string } }>) => {
  const last = await lastEvent()
  const { status, body } = await call()
  const events = await db().auditEvent.findMany({ where: { workspaceId: workspace.id, id: { gt: last } } })
  expect(JSON.stringify(events)).not.toContain('canary')
  return { status, code: body.code, events }
}
const denied = (event: string, code: string, over: object = {}) =>
  expect.objectContaining({ event, outcome: 'denied', details: expect.objectContaining({ code }), ...over })

test('a secret that is kept from another destination is one event, and nothing else of the try stays', async () => {
  const { id, conn_id, credential_id } = await saved()
  const body = { name: `${conn_id} moved`, config: { ...config, host: 'evil.example.com' } }
  for (const method of ['PUT', 'PATCH']) {
    const { code, events } = await traceOf(() => send(method, `/api/connections/${id}`, body, people.integrator))
    expect(code).toBe('destination_changed')
    const who = { actorName: expect.any(String), targetType: 'connection', targetId: id }
    expect(events).toEqual([denied('connection.updated', 'destination_changed', who)])
  }
  expect(await db().connection.findUnique({ where: { id } })).toMatchObject({ name: conn_id, revision: 1 })

  const other = { conn_id: `other-${made}`, type: 'postgres', config: { ...config, host: 'evil.example.com' } }
  const created = await traceOf(() => send('POST', '/api/connections', { ...other, credential_id }, people.builder))
  const details = expect.objectContaining({ code: 'destination_changed', credential_id })
  expect(created.events).toEqual([denied('connection.created', 'destination_changed', { details })])

  await send('POST', '/api/connections', other, people.owner)
  const attach = () => send('PATCH', `/api/connections/${other.conn_id}`, { credential_id }, people.builder)
  const byName = { targetName: other.conn_id, details }
  expect((await traceOf(attach)).events).toEqual([denied('connection.updated', 'destination_changed', byName)])
})

test('a sign-in that is too old for typing a secret is an event', async () => {
  const { credential_id } = await saved()
  const person = await makePerson(workspace, 'owner')
  const authenticatedAt = new Date(Date.now() - 11 * 60_000)
  await db().session.updateMany({ where: { userId: person.userId }, data: { authenticatedAt } })
  const body = { config: { password: 'typed-canary' } }
  const put = await traceOf(() => send('PUT', `/api/credentials/${credential_id}`, body, person, 'cookie'))
  const object = { actorId: person.userId, targetId: credential_id }
  expect(put.events).toEqual([denied('credential.updated', 'reauth_required', object)])
  const create = { name: 'old sign-in', type: 'database', config: { username: 'u', password: 'typed-canary' } }
  const post = await traceOf(() => send('POST', '/api/credentials', create, person, 'cookie'))
  expect(post.events).toEqual([denied('credential.created', 'reauth_required')])
})

test('what only turns out inside to need more rights is an event', async () => {
  const config = { username: 'u', password: 'typed-canary' }
  const body = { name: 'for all', type: 'database', scope: 'organization', config }
  const create = await traceOf(() => send('POST', '/api/credentials', body, people.integrator))
  expect(create.events).toEqual([denied('credential.created', 'forbidden')])
  const { id } = await saved()
  const typed = { credential: { config } }
  const change = await traceOf(() => send('PATCH', `/api/connections/${id}`, typed, people.builder))
  expect(change.events).toEqual([denied('connection.updated', 'forbidden', { targetId: id })])
})

test('a refusal is recorded once: by the engine what it refuses, by the operation what never reached it', async () => {
  const { id, conn_id } = await saved()
  const moved = { type: 'postgres', config: { ...config, host: 'evil.example.com' }, connection_ref: conn_id }
  const inEngine = await traceOf(() => send('POST', '/api/connections/test', moved, people.builder))
  expect(inEngine.code).toBe('destination_changed')
  expect(inEngine.events).toEqual([denied('connection.draft_tested', 'destination_changed')])
  const typed = { ...moved, credential: { config: { username: 'u', password: 'typed-canary' } } }
  const before = await traceOf(() => send('POST', '/api/connections/test', typed, people.builder))
  expect(before.events).toEqual([denied('connection.draft_tested', 'forbidden')])
  const atTheDoor = await traceOf(() => send('PATCH', `/api/connections/${id}`, {}, people.viewer))
  expect(atTheDoor.events).toEqual([denied('connection.updated', 'forbidden', { targetId: id })])
})

test('so is what an operation refuses before its transaction', async () => {
  const refusing = operation({
    summary: 'Refuses',
    effect: 'write',
    permission: 'connections:write',
    audit: 'connection.updated',
    input: z.object({ id: z.string() }),
    output: z.object({}),
    async before() {
      throw new AppError('forbidden', 'Not now.')
    },
    async run() {
      return {}
    },
  })
  const actor = { kind: 'system', id: 'system', name: 'test', role: 'owner' } as const
  const place = { workspaceId: workspace.id, organizationId: workspace.organizationId }
  const call = () =>
    refusing({ ...actor, ...place }, { id: 'canary: not an id' }).then(
      () => ({ status: 200, body: {} }),
      ({ code }: AppError) => ({ status: 403, body: { code } }),
    )
  const object = { targetId: null, targetName: null }
  expect((await traceOf(call)).events).toEqual([denied('connection.updated', 'forbidden', object)])
})

test('mistakes are not: a field that is wrong, an object that is not there, a name that is taken', async () => {
  const { id } = await saved()
  const { conn_id } = await saved()
  const wrong = [
    () => send('PATCH', `/api/connections/${id}`, { config: { port: 'x' } }, people.owner),
    () => send('PATCH', '/api/connections/nothing', { name: 'x' }, people.owner),
    () => send('PATCH', `/api/connections/${id}`, { name: conn_id }, people.owner),
  ]
  for (const call of wrong) {
    const { status, events } = await traceOf(call)
    expect([400, 404, 409]).toContain(status)
    expect(events).toEqual([])
  }
})
