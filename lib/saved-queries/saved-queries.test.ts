import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
  const config = { host: 'db.example.com', database: 'app' }
  for (const conn_id of ['sales', 'hidden']) {
    const body = { conn_id, name: conn_id, type: 'postgres', config }
    expect((await api.call('POST', '/api/connections', { as: workspace.people.owner, body })).status).toBe(201)
  }
})

const call = (role: Role, method: string, path = '', body?: object, headers?: Record<string, string>) =>
  api.call(method, `/api/saved-queries${path}`, {
    as: workspace.people[role],
    by: 'cookie',
    ...(body && { body }),
    ...(headers && { headers }),
  })

const namesSeenBy = async (role: Role, query = ''): Promise<string[]> =>
  (await call(role, 'GET', query)).body.data.map(({ name }: { name: string }) => name)

test('a query is its owner’s alone until it is shared, and a shared one is changed by its owner and by admins', async () => {
  const made = await call('builder', 'POST', '', { name: 'Open orders', sql: 'select 1', connection: 'sales' })
  expect([made.status, made.body.data]).toEqual([
    201,
    expect.objectContaining({ shared: false, mine: true, editable: true, revision: 1, description: '' }),
  ])
  expect(made.body.data.connection).toMatchObject({ conn_id: 'sales' })
  const path = `/${made.body.data.id}`
  expect(await namesSeenBy('integrator')).toEqual([])
  expect((await call('integrator', 'GET', path)).status).toBe(404)
  expect((await call('owner', 'PATCH', path, { name: 'Mine now' })).status).toBe(404)

  const shared = await call('builder', 'PATCH', path, { shared: true, description: 'Of this month' })
  expect(shared.body).toMatchObject({
    data: { shared: true, revision: 2 },
    meta: { changed: ['description', 'shared'] },
  })
  expect((await call('integrator', 'GET', path)).body.data).toMatchObject({ mine: false, editable: false })
  expect((await call('integrator', 'PATCH', path, { name: 'Theirs' })).status).toBe(403)
  expect((await call('integrator', 'DELETE', path)).status).toBe(403)
  expect((await call('admin', 'PATCH', path, { name: 'Orders' })).body.data.name).toBe('Orders')
  const late = await call('builder', 'PATCH', path, { name: 'Late' }, { 'if-match': '"1"' })
  expect(late.status).toBe(412)
  expect((await call('builder', 'DELETE', path)).body.data.deleted).toBe(true)
  expect(await namesSeenBy('builder')).toEqual([])
})

test('the list is read in pages, searched in names and statements, and narrowed to a data source', async () => {
  const make = (name: string, more: object = {}) =>
    call('integrator', 'POST', '', { name, sql: `select '${name}' from t`, ...more })
  await make('b one')
  await make('a two', { sql: 'select needle_100% from hay' })
  await make('c three', { connection: 'sales' })
  await make('d four', { connection: 'hidden', shared: true })
  const first = await call('integrator', 'GET', '?limit=2')
  expect(first.body.data.map(({ name }: { name: string }) => name)).toEqual(['a two', 'b one'])
  expect(await namesSeenBy('integrator', `?limit=2&cursor=${first.body.meta.page.cursor}`)).toEqual([
    'c three',
    'd four',
  ])
  expect(await namesSeenBy('integrator', '?q=NEEDLE_100%25')).toEqual(['a two'])
  expect(await namesSeenBy('integrator', '?connection=sales')).toEqual(['a two', 'b one', 'c three'])
  const twin = await make('B ONE')
  expect([twin.status, twin.body.errors[0].pointer]).toEqual([409, '/name'])
})

test('a query of a data source that somebody may not see is not there for them', async () => {
  expect(await namesSeenBy('builder')).toEqual(['d four'])
  await db().connection.updateMany({ where: { connId: 'hidden' }, data: { restricted: true } })
  expect(await namesSeenBy('builder')).toEqual([])
  expect(await namesSeenBy('admin')).toEqual(['d four'])
  const refused = await call('builder', 'POST', '', { name: 'x', sql: 'select 1', connection: 'hidden' })
  expect(refused.status).toBe(404)
})

test('a deleted query is nowhere, and comes back whole within a day for whoever may change it', async () => {
  const fields = { name: 'Gone soon', sql: 'select 7', shared: true, description: 'Seven' }
  const { data } = (await call('builder', 'POST', '', fields)).body
  const path = `/${data.id}`
  expect((await call('builder', 'POST', `${path}/restore`, {})).status).toBe(404)
  await call('builder', 'DELETE', path)
  expect(await namesSeenBy('builder', '?q=Gone')).toEqual([])
  expect((await call('builder', 'GET', path)).status).toBe(404)
  expect((await call('builder', 'PATCH', path, { name: 'x' })).status).toBe(404)
  expect((await call('builder', 'DELETE', path)).status).toBe(404)
  expect((await call('integrator', 'POST', `${path}/restore`, {})).status).toBe(403)

  const taken = await call('builder', 'POST', '', { name: 'gone SOON', sql: 'select 8' })
  expect(taken.status).toBe(201)
  const refused = await call('builder', 'POST', `${path}/restore`, {})
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([409, '/name'])
  await call('builder', 'DELETE', `/${taken.body.data.id}`)
  const back = await call('builder', 'POST', `${path}/restore`, {})
  expect([back.status, back.body.data]).toEqual([200, expect.objectContaining({ ...fields, id: data.id, mine: true })])
  expect(await namesSeenBy('integrator', '?q=Gone')).toEqual(['Gone soon'])

  await call('builder', 'DELETE', path)
  await db().savedQuery.update({ where: { id: data.id }, data: { deletedAt: new Date(Date.now() - 86_401_000) } })
  expect((await call('builder', 'POST', `${path}/restore`, {})).status).toBe(404)
  const other = await call('builder', 'POST', '', { name: 'Sweeps', sql: 'select 9' })
  await call('builder', 'DELETE', `/${other.body.data.id}`)
  expect(await db().savedQuery.findMany({ where: { id: data.id } })).toEqual([])
})

test('what looks like a secret is kept only by somebody who says so, and the trail never holds the statement (SQL-10)', async () => {
  const sql = "alter user etl password 'correct-horse-77'"
  const flagged = await call('builder', 'POST', '', { name: 'Rotate', sql })
  expect([flagged.status, flagged.body.errors[0].pointer, flagged.body.looks_like_secret]).toEqual([400, '/sql', true])
  const kept = await call('builder', 'POST', '', { name: 'Rotate', sql, allow_secrets: true })
  expect(kept.status).toBe(201)
  const share = { shared: true }
  expect((await call('builder', 'PATCH', `/${kept.body.data.id}`, share)).status).toBe(400)
  const answer = await call('builder', 'PATCH', `/${kept.body.data.id}`, { ...share, allow_secrets: true })
  expect(answer.status).toBe(200)
  const events = await db().auditEvent.findMany({ where: { workspaceId: workspace.id } })
  expect(events.filter(({ event }) => event.startsWith('saved_query.')).length).toBeGreaterThan(5)
  expect(JSON.stringify(events, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
    'correct-horse-77',
  )
})
