import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const call = (role: Role, method: string, path = '', body?: object, headers?: Record<string, string>) =>
  api.call(method, `/api/connection-views${path}`, {
    as: workspace.people[role],
    by: 'cookie',
    ...(body && { body }),
    ...(headers && { headers }),
  })

const namesSeenBy = async (role: Role): Promise<string[]> =>
  (await call(role, 'GET')).body.data.map(({ name }: { name: string }) => name)

test('a view is its owner’s alone until it is shared, and only those who change connections share', async () => {
  const made = await call('viewer', 'POST', '', { name: 'Mine', query: 'environment=prod,none&sort=-last_test' })
  expect([made.status, made.body.data]).toEqual([
    201,
    {
      id: expect.stringMatching(/^view_/),
      name: 'Mine',
      shared: false,
      query: 'environment=prod,none&sort=-last_test',
      columns: null,
      density: null,
      mine: true,
      revision: 1,
    },
  ])
  const shared = {
    name: 'Failing',
    query: 'status=failed',
    shared: true,
    columns: ['name', 'status'],
    density: 'compact',
  }
  expect((await call('viewer', 'POST', '', shared)).status).toBe(403)
  const open = await call('builder', 'POST', '', shared)
  expect(open.status).toBe(201)
  expect(await namesSeenBy('viewer')).toEqual(['Failing', 'Mine'])
  expect(await namesSeenBy('owner')).toEqual(['Failing'])

  const path = `/${made.body.data.id}`
  expect((await call('owner', 'PATCH', path, { name: 'Taken over' })).status).toBe(404)
  expect((await call('owner', 'DELETE', path)).status).toBe(404)
  expect((await call('viewer', 'PATCH', path, { shared: true })).status).toBe(403)
  const foreign = `/${open.body.data.id}`
  expect((await call('integrator', 'PATCH', foreign, { name: 'Theirs' })).status).toBe(403)
  // Whoever looks after the workspace tidies up what is shared.
  expect((await call('admin', 'PATCH', foreign, { shared: false })).body.data).toMatchObject({
    shared: false,
    mine: false,
  })
  expect(await namesSeenBy('admin')).toEqual([])
  expect(await namesSeenBy('builder')).toEqual(['Failing'])
})

test('a name is one view of its owner, however it is written, and another person may use it too', async () => {
  expect((await call('integrator', 'POST', '', { name: 'Stale ones', query: '' })).status).toBe(201)
  const twin = await call('integrator', 'POST', '', { name: 'STALE ONES', query: '' })
  expect([twin.status, twin.body.code, twin.body.errors[0].pointer]).toEqual([409, 'name_taken', '/name'])
  expect((await call('builder', 'POST', '', { name: 'Stale ones', query: '' })).status).toBe(201)
  const other = await call('integrator', 'POST', '', { name: 'Other', query: '' })
  expect((await call('integrator', 'PATCH', `/${other.body.data.id}`, { name: 'stale ones' })).status).toBe(409)
})

test('a view holds a list’s query and nothing else', async () => {
  const wrong = ['unknown=1', 'sort=nonsense', 'cursor=abc', 'limit=5', 'type=a&type=b', 'status=passed,broken']
  for (const query of wrong) {
    const answer = await call('owner', 'POST', '', { name: query, query })
    expect([query, answer.status, answer.body.errors?.[0].pointer]).toEqual([query, 400, '/query'])
  }
  for (const body of [{ columns: ['<b>'] }, { density: 'tiny' }, { mine: true }, { owner_id: 'usr_x' }]) {
    expect([body, (await call('owner', 'POST', '', { name: 'x', query: '', ...body })).status]).toEqual([body, 400])
  }
})

test('changes name what changed, refuse an older revision, and are in the trail', async () => {
  const made = (await call('owner', 'POST', '', { name: 'First', query: 'q=a' })).body.data
  const path = `/${made.id}`
  const changed = await call(
    'owner',
    'PATCH',
    path,
    { name: 'Second', query: 'q=a', columns: ['name'] },
    { 'if-match': '"1"' },
  )
  expect([changed.body.meta.changed, changed.body.data.revision, changed.headers.get('etag')]).toEqual([
    ['columns', 'name'],
    2,
    '"2"',
  ])
  expect((await call('owner', 'PATCH', path, { name: 'Third' }, { 'if-match': '"1"' })).status).toBe(412)
  expect((await call('owner', 'DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412)
  expect((await call('owner', 'DELETE', path)).body.data).toEqual({ id: made.id, deleted: true })
  const events = await db().auditEvent.findMany({
    where: { targetId: made.id, outcome: 'success' },
    orderBy: { id: 'asc' },
  })
  expect(events.map(({ event }) => event)).toEqual(
    ['created', 'updated', 'deleted'].map((what) => `connection_view.${what}`),
  )
})

test('views are paged by name, each once', async () => {
  const place = await makeWorkspace()
  const as = { as: place.people.owner, by: 'cookie' as const }
  for (let i = 0; i < 7; i++)
    await api.call('POST', '/api/connection-views', { ...as, body: { name: `V${i}`, query: '' } })
  const names: string[] = []
  for (let cursor = ''; ; ) {
    const { body } = await api.call('GET', `/api/connection-views?limit=3${cursor}`, as)
    names.push(...body.data.map(({ name }: { name: string }) => name))
    if (body.meta.page.cursor === null) break
    cursor = `&cursor=${body.meta.page.cursor}`
  }
  expect(names).toEqual(['V0', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'])
})
