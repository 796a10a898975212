import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type CallOptions, makeKey, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'
import { recordUse } from '../engine/use-store.ts'

const api = useApi()
useEngine()
const target = useTarget()

let workspace: TestWorkspace
beforeAll(async () => {
  workspace = await makeWorkspace()
})

const done = async (method: string, url: string, body?: object, more: CallOptions = {}) => {
  const answer = await api.call(method, url, { as: workspace.people.owner, ...(body && { body }), ...more })
  if (answer.status >= 300) throw new Error(answer.text)
  return answer.body
}
const connect = async (conn_id: string): Promise<string> => {
  const credential = { type: 'database', config: { username: 'etl', password: targetPassword } }
  const body = { conn_id, name: conn_id, type: 'postgres', role: 'source', config: target.config(), credential }
  return (await done('POST', '/api/connections', body)).data.id
}
const usedBy = (ref: string, query = '') => done('GET', `/api/connections/${ref}/used-by${query}`)
const asKey = async (role: 'runner' | 'owner' = 'runner') => {
  const { id, key } = await makeKey(workspace, { role })
  return { id, as: { ...workspace.people.runner, key } }
}
const longAgo = new Date(Date.now() - 40 * 86_400_000)
/** As if all of it had happened forty days ago. */
const age = async (connectionId: string) => {
  await db().pipelineReference.updateMany({ where: { connectionId }, data: { declaredAt: longAgo } })
  await db().connectionUse.updateMany({ where: { connectionId }, data: { day: longAgo, lastUsedAt: longAgo } })
}

test('every place where a pipeline names the connection is listed, page by page, with its node and how many are active', async () => {
  const id = await connect('listed')
  const definition = {
    nodes: [
      { id: 'source_db', conn_id: 'listed' },
      { id: 'lookup', conn_id: id },
    ],
  }
  await done('PUT', '/api/pipelines/one', { name: 'One', definition })
  await done('PUT', '/api/pipelines/two', { active: false, definition: { conn_id: 'listed' } })
  const { data, meta } = await usedBy('listed')
  expect(data).toMatchObject([
    {
      pipeline: { key: 'one', name: 'One', active: true },
      node: 'source_db',
      pointer: '/nodes/0/conn_id',
      declared: true,
    },
    { pipeline: { key: 'one' }, node: 'lookup', last_used_at: null, idle: false },
    { pipeline: { key: 'two', active: false }, node: null },
  ])
  expect(meta).toMatchObject({ active: 1, last_use: null, days: [], users: [] })
  const first = await usedBy(id, '?limit=2')
  const rest = await usedBy(id, `?limit=2&cursor=${first.meta.page.cursor}`)
  expect([...first.data, ...rest.data]).toEqual(data)
})

test('a test counts as a use, with who, how and for which pipeline they said it was', async () => {
  const id = await connect('observed')
  await done('PUT', '/api/pipelines/nightly', { definition: { conn_id: 'observed' } })
  await done('POST', `/api/connections/${id}/test`, {}, { by: 'cookie' })
  const engine = await asKey()
  const headers = { 'jackfield-pipeline': 'nightly' }
  for (const _ of [1, 2, 3]) await done('POST', `/api/connections/${id}/test`, {}, { as: engine.as, headers })
  const { data, meta } = await usedBy(id)
  expect(data).toMatchObject([
    { pipeline: { key: 'nightly' }, declared: true, last_used_at: expect.any(String), idle: false },
  ])
  expect(meta.last_use).toEqual({
    at: data[0].last_used_at,
    purpose: 'test',
    by: { kind: 'api_key', id: engine.id, name: 'runner' },
  })
  expect(meta.days).toEqual([{ day: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/), count: 4 }])
  expect(meta.users).toMatchObject([
    { kind: 'api_key', id: engine.id, count: 3, pipeline: 'nightly' },
    { kind: 'user', id: workspace.people.owner.userId, count: 1, pipeline: null },
  ])
  // Who may not see keys or members learns that there was one, and not who.
  const other = await asKey()
  const seen = await done('GET', `/api/connections/${id}/used-by`, undefined, { as: other.as })
  expect(seen.meta.users.map(({ name }: { name: string | null }) => name)).toEqual([null, null])
})

test('a refused use is none, and a header that names nothing sensible is left out', async () => {
  const id = await connect('refused')
  const { as } = await asKey()
  await done('POST', `/api/connections/${id}/test`, {}, { as, headers: { 'jackfield-pipeline': "x'; drop table" } })
  const viewer = await makeKey(workspace, { role: 'viewer' })
  const denied = await api.call('POST', `/api/connections/${id}/test`, { as: { ...as, key: viewer.key }, body: {} })
  expect(denied.status).toBe(403)
  expect((await usedBy(id)).meta.users).toMatchObject([{ count: 1, pipeline: null }])
})

test('used but undeclared: a pipeline that a key names and that does not name the connection', async () => {
  const id = await connect('undeclared')
  const { as } = await asKey()
  await done('PUT', '/api/pipelines/registered', { name: 'Registered', definition: {} })
  for (const pipeline of ['registered', 'never-heard-of'])
    await done('POST', `/api/connections/${id}/test`, {}, { as, headers: { 'jackfield-pipeline': pipeline } })
  expect((await usedBy(id)).data).toMatchObject([
    { pipeline: { id: null, key: 'never-heard-of', name: 'never-heard-of' }, declared: false, pointer: null },
    { pipeline: { id: expect.stringMatching(/^pipe_/), name: 'Registered' }, declared: false },
  ])
  await done('PUT', '/api/pipelines/registered', { definition: { conn_id: 'undeclared' } })
  expect((await usedBy(id)).data[1]).toMatchObject({
    pipeline: { name: 'registered' },
    declared: true,
    last_used_at: expect.any(String),
  })
  await age(id)
  // What nobody did for thirty days is not held against anybody.
  expect((await usedBy(id)).data).toMatchObject([{ declared: true }])
})

test('declared but idle: thirty days without a use, and never where a key that names no pipeline might have been it', async () => {
  const id = await connect('idle')
  await done('PUT', '/api/pipelines/sleepy', { definition: { conn_id: 'idle' } })
  const isIdle = async () => (await usedBy(id)).data[0].idle
  expect(await isIdle()).toBe(false)
  await age(id)
  expect(await isIdle()).toBe(true)
  // A person is no pipeline.
  await done('POST', `/api/connections/${id}/test`, {}, { by: 'cookie' })
  expect(await isIdle()).toBe(true)
  const { as } = await asKey()
  await done('POST', `/api/connections/${id}/test`, {}, { as })
  expect(await isIdle()).toBe(false)
  await age(id)
  await done('POST', `/api/connections/${id}/test`, {}, { as, headers: { 'jackfield-pipeline': 'sleepy' } })
  expect(await isIdle()).toBe(false)
  await age(id)
  await done('PATCH', '/api/pipelines/sleepy', { active: false })
  expect(await isIdle()).toBe(false)
})

test('many uses at the same moment are all counted, in few rows, and none waits for another', async () => {
  const id = await connect('crowded')
  const actor = {
    kind: 'api_key',
    id: 'key_1',
    name: 'k',
    workspace_id: workspace.id,
    organization_id: workspace.organizationId,
    may_bind: false,
  } as const
  const use = { connectionId: id, purpose: 'resolve' }
  await recordUse(db(), { actor }, use)
  // One transaction holds the counter for as long as it likes.
  await db().$transaction(async (tx) => {
    await recordUse(tx, { actor }, use)
    await Promise.all(Array.from({ length: 60 }, () => db().$transaction((other) => recordUse(other, { actor }, use))))
  })
  for (let n = 0; n < 40; n++) await recordUse(db(), { actor }, use)
  const rows = await db().connectionUse.findMany({ where: { connectionId: id } })
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(102)
  expect(rows.length).toBeLessThan(12)
})

test('uses go with the connection that is deleted permanently', async () => {
  const id = await connect('going')
  await done('POST', `/api/connections/${id}/test`, {}, { by: 'cookie' })
  await done('DELETE', `/api/connections/${id}`)
  expect((await usedBy(id)).meta.users).toHaveLength(1)
  await done('DELETE', `/api/connections/${id}/permanent`)
  expect(await db().connectionUse.count({ where: { connectionId: id } })).toBe(0)
})
