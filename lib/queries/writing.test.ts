import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeKey, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { runJob } from '#lib/engine/client'
import { createSource, linesOf } from './testing/queries.ts'

const api = useApi()
useEngine()
const target = useTarget()
let workspace: TestWorkspace
let people: TestWorkspace['people']
let connectionId: string

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  connectionId = await createSource(api, target, people.owner, { conn_id: 'sales', environment: 'prod' })
  await target.query('create table notes (n int); grant all on notes to etl')
})

const sql = 'insert into notes values (1), (2)'
const write = (more: object = {}, as: { key: string } = people.integrator) =>
  api.call('POST', '/api/data-sources/sales/queries', { as, body: { sql, mode: 'write', confirm: true, ...more } })
const allow = (writes: boolean) =>
  api.call('PUT', '/api/data-sources/sales/configuration', { as: people.owner, body: { writes } })
const kept = async () => (await target.query('select count(*)::int as n from notes'))[0]?.n

test('nothing is written unless the source allows it, somebody may, and said so', async () => {
  const off = await write()
  expect([off.status, off.body.code]).toEqual([403, 'forbidden'])
  await allow(true)
  const builder = await write({}, people.builder)
  expect([builder.status, builder.body.detail]).toEqual([403, expect.stringContaining('data-sources:write')])
  const narrow = await makeKey(workspace, { role: 'owner', scopes: ['data-sources:query'] })
  expect((await write({}, narrow)).status).toBe(403)
  expect((await write({ confirm: false })).body.errors?.[0]?.pointer).toBe('/confirm')
  expect((await write({ explain: 'analyzed' })).body.errors?.[0]?.pointer).toBe('/explain')
  await write({ mode: 'read' })
  expect(await kept()).toBe(0)
  const denied = await db().auditEvent.findMany({ where: { outcome: 'denied' } })
  expect(new Set(denied.map(({ event }) => event))).toEqual(new Set(['query.written']))
})

test('where all of it holds, it is written, and the trail says so before', async () => {
  await allow(true)
  const answer = await write()
  expect(linesOf(answer.text).at(-1)).toMatchObject({ affected: 2, command: 'INSERT' })
  expect(await kept()).toBe(2)
  const events = await db().auditEvent.findMany({ where: { requestId: answer.headers.get('x-request-id') } })
  expect(events).toMatchObject([{ event: 'query.written', outcome: 'success', details: { statement: 'INSERT' } }])
})

test('on a production system somebody who signed in long ago signs in again first', async () => {
  await allow(true)
  const { userId } = people.integrator
  const ask = (minutes: number) =>
    db()
      .session.updateMany({ where: { userId }, data: { authenticatedAt: new Date(Date.now() - minutes * 60_000) } })
      .then(() =>
        api.call('POST', '/api/data-sources/sales/queries', {
          as: people.integrator,
          by: 'cookie',
          body: { sql, mode: 'write', confirm: true },
        }),
      )
  expect((await ask(11)).body.code).toBe('reauth_required')
  expect((await ask(1)).status).toBe(200)
})

test('the engine decides for itself, whatever the web process says', async () => {
  const before = await kept()
  const limits = { rows: 10, bytes: 1_000_000, cell_bytes: 1_000, columns: 10, timeout_ms: 10_000 }
  const actor = {
    kind: 'user',
    ...{ id: people.integrator.userId, name: 'x', may_bind: false },
    ...{ workspace_id: workspace.id, organization_id: workspace.organizationId },
  } as const
  const ask = (event: 'query.run' | 'query.written', permission: 'data-sources:query' | 'data-sources:write') =>
    runJob(
      {
        ticket: { event, permission, request_id: 'req_1', actor },
        target: { connection_id: connectionId },
        job: { capability: 'query', request: { sql, parameters: [], mode: 'write', limits } },
      },
      AbortSignal.timeout(10_000),
    )
  await allow(true)
  await expect(ask('query.run', 'data-sources:query')).rejects.toMatchObject({ code: 'forbidden' })
  await expect(ask('query.run', 'data-sources:write')).rejects.toMatchObject({ code: 'forbidden' })
  await allow(false)
  await expect(ask('query.written', 'data-sources:write')).rejects.toMatchObject({ code: 'forbidden' })
  expect(await kept()).toBe(before)
})
