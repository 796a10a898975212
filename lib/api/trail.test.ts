import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { auditEvents } from '#lib/audit/events'
import { db } from '#lib/db/client'
import { useEngine } from './testing/engine.ts'
import { type Answer, type CallOptions, makeKey, makeWorkspace, type TestWorkspace, useApi } from './testing/install.ts'
import { targetPassword, useTarget } from './testing/target.ts'

const api = useApi()
useEngine()
const target = useTarget()
const app = path.join(import.meta.dirname, '../../app')
const from = { 'x-jackfield-client-ip': '192.0.2.7', 'user-agent': 'trail-test/1' }
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const handler = z.object({
  operation: z.object({ permission: z.string().nullable(), effect: z.string(), audit: z.string().optional() }),
})

/** Every route that a route file exports, with what its operation says it records. */
const recordedRoutes = async () => {
  const found: { method: string; pattern: string; effect: string; audit: string | undefined }[] = []
  for (const file of readdirSync(path.join(app, 'api'), { recursive: true, encoding: 'utf8' })) {
    if (path.basename(file) !== 'route.ts' || file.startsWith('auth/')) continue
    const pattern = `/api/${path.dirname(file)}`.replace(/\[(?:\.\.\.)?(\w+)\]/g, '{$1}')
    const exported = Object.entries(await import(pathToFileURL(path.join(app, 'api', file)).href))
    for (const [method, value] of exported) {
      const parsed = handler.safeParse(Object.assign({}, value))
      if (parsed.success && parsed.data.operation.permission !== null)
        found.push({ method, pattern, effect: parsed.data.operation.effect, audit: parsed.data.operation.audit })
    }
  }
  return found
}

const eventsOf = (answer: Answer) =>
  db().auditEvent.findMany({ where: { requestId: answer.headers.get('x-request-id') }, orderBy: { id: 'asc' } })

test('every route that changes something has an event of its own, and a refused call of it is in the trail (AUDIT-5)', async () => {
  const routes = await recordedRoutes()
  const writes = routes.filter(({ effect }) => effect === 'write')
  expect(writes.length).toBeGreaterThan(25)
  for (const { method, pattern, audit } of writes) {
    expect([method, pattern, audit !== undefined && audit in auditEvents]).toEqual([method, pattern, true])
  }
  const { id, key } = await makeKey({ ...workspace }, { role: 'owner', scopes: [] })
  const as = { ...workspace.people.owner, key }
  for (const { method, pattern, audit } of routes.filter((route) => route.audit !== 'none')) {
    const url = pattern.replaceAll(/\{\w+\}/g, 'nothing')
    const answer = await api.call(method, url, { as, headers: from, ...(method !== 'GET' && { body: {} }) })
    expect([method, pattern, answer.status]).toEqual([method, pattern, 403])
    const [event, ...more] = await eventsOf(answer)
    expect([method, pattern, more]).toEqual([method, pattern, []])
    expect([pattern, event]).toEqual([
      pattern,
      expect.objectContaining({
        event: audit,
        outcome: 'denied',
        actorKind: 'api_key',
        actorId: id,
        workspaceId: workspace.id,
        ip: '192.0.2.7',
        userAgent: 'trail-test/1',
        details: expect.objectContaining({ code: 'forbidden' }),
      }),
    ])
  }
})

test('what was done is there once: who, from where, to what, before and after; of secrets only that they changed', async () => {
  const call = (method: string, url: string, body?: object, more: CallOptions = {}) =>
    api.call(method, url, { as: workspace.people.owner, by: 'cookie', headers: from, ...(body && { body }), ...more })
  const done = async (answer: Answer, event: string) => {
    expect([event, answer.status < 300, answer.text]).toEqual([event, true, answer.text])
    const events = await eventsOf(answer)
    expect([event, events.map((one) => one.event)]).toEqual([event, [event]])
    const [found] = events
    expect([event, found]).toEqual([
      event,
      expect.objectContaining({
        outcome: 'success',
        actorKind: 'user',
        actorId: workspace.people.owner.userId,
        actorName: expect.stringMatching(/./),
        workspaceId: workspace.id,
        ip: '192.0.2.7',
        userAgent: 'trail-test/1',
      }),
    ])
    return found
  }
  const login = { username: 'etl', password: targetPassword }
  const credential = await call('POST', '/api/credentials', { name: 'login', type: 'database', config: login })
  const credentialId = credential.body.data.id
  expect(await done(credential, 'credential.created')).toMatchObject({ targetId: credentialId, targetName: 'login' })

  const made = await call('POST', '/api/connections', {
    ...{ name: 'Orders', type: 'postgres', role: 'source', config: target.config(), credential_id: credentialId },
  })
  const connection = `/api/connections/${made.body.data.id}`
  await done(made, 'connection.created')
  const moved = await call('PATCH', connection, { name: 'Orders 2' })
  expect(await done(moved, 'connection.updated')).toMatchObject({ targetId: made.body.data.id })
  const tested = await done(await call('POST', `${connection}/test`, {}), 'connection.tested')
  expect(tested?.details).toMatchObject({
    credential_id: credentialId,
    destination: expect.stringContaining('127.0.0.1'),
  })

  const key = await call('POST', '/api/api-keys', { name: 'ci', scopes: ['connections:read'] })
  await done(key, 'api_key.created')
  await done(await call('DELETE', `/api/api-keys/${key.body.data.id}`), 'api_key.revoked')
  const invited = await call('POST', '/api/invitations', { email: 'new@example.com', role: 'viewer' })
  await done(invited, 'member.invited')
  const sink = await call('POST', '/api/audit/sinks', { name: 'file', kind: 'file', config: { file: 'trail' } })
  await done(sink, 'audit_sink.created')
  const off = await call('PATCH', `/api/audit/sinks/${sink.body.data.id}`, { enabled: false })
  expect((await done(off, 'audit_sink.updated'))?.details).toEqual({
    changed: ['enabled'],
    before: { enabled: true },
    after: { enabled: false },
  })
  await done(await call('DELETE', `/api/audit/sinks/${sink.body.data.id}`), 'audit_sink.deleted')
  await done(await call('GET', '/api/audit/export?format=csv'), 'audit.exported')
  await done(await call('GET', '/api/audit/verify'), 'audit.verified')
  await done(await call('DELETE', connection), 'connection.deleted')
  await done(await call('POST', `${connection}/restore`, {}), 'connection.restored')

  const everything = JSON.stringify(await db().auditEvent.findMany())
  expect(everything).not.toContain(targetPassword)
  expect(everything).not.toContain(key.body.data.key)
})

test('a verification says how far it is, ends when nobody listens, and leaves the engine free for others', async () => {
  const as = workspace.people.owner
  await db().$transaction(
    async (tx) => {
      const { record } = await import('#lib/audit/record')
      const actor = { kind: 'user', id: 'usr_1', name: 'Ada', workspaceId: workspace.id } as const
      for (let n = 0; n < 2_500; n++) await record(tx, { actor, event: 'connection.tested', outcome: 'success' })
    },
    { timeout: 120_000 },
  )
  const headers = { accept: 'application/x-ndjson' }
  // More often than may run at once: each that is left makes room.
  for (let n = 0; n < 4; n++) {
    const left = await api.send('GET', '/api/audit/verify', { as, headers })
    const reader = left.body?.getReader()
    await reader?.read()
    await reader?.cancel()
  }
  const { text, status } = await api.call('GET', '/api/audit/verify', { as, headers })
  expect(status).toBe(200)
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const mine = lines.filter(({ chain }) => chain === workspace.id)
  expect(mine.length).toBeGreaterThanOrEqual(3)
  expect(mine.map(({ checked }) => checked)).toEqual(mine.map(({ checked }) => checked).toSorted((a, b) => a - b))
  expect(lines.at(-1).end).toMatchObject({ ok: true, warnings: [] })
  expect(mine.at(-1).checked).toBe(mine.at(-1).events)
})
