import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const make = async (name: string, more: object = {}): Promise<string> => {
  const body = { name, conn_id: name, type: 'postgres', role: 'source', config: { host: 'h', database: 'd' }, ...more }
  const answer = await api.call('POST', '/api/connections', { as: workspace.people.owner, by: 'cookie', body })
  expect(answer.status).toBe(201)
  return answer.body.data.id
}

const bulk = (what: string, body: object, role: Role = 'integrator', headers: Record<string, string> = {}) =>
  api.call('POST', `/api/connections/bulk/${what}`, { as: workspace.people[role], by: 'cookie', body, headers })

const read = async (id: string) =>
  (await api.call('GET', `/api/connections/${id}`, { as: workspace.people.owner })).body.data

const statuses = (items: { id: string; status: string; code: string | null }[]) =>
  items.map(({ status, code }) => code ?? status)

const eventsOf = (ids: string[], event: string) =>
  db().auditEvent.findMany({ where: { event, outcome: 'success', targetId: { in: ids } } })

test('tags are added and taken away beside those that are there, each connection with its own event', async () => {
  const ids = [
    await make('tag-a', { tags: ['old', 'kept'] }),
    await make('tag-b'),
    await make('tag-c', { tags: ['new'] }),
  ]
  const { status, body } = await bulk('tags', { ids: [...ids, ids[0]], add: ['new'], remove: ['old'] })
  expect([status, statuses(body.items), body.done, body.unchanged, body.failed]).toEqual([
    200,
    ['done', 'done', 'unchanged'],
    2,
    1,
    0,
  ])
  expect((await read(ids[0] ?? '')).tags).toEqual(['kept', 'new'])
  expect((await eventsOf(ids.slice(0, 2), 'connection.updated')).length).toBe(2)
  expect((await bulk('tags', { ids })).status).toBe(400)
})

test('two people who tag the same connections at once lose nothing of each other', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, (_, i) => make(`race-${i}`)))
  const answers = await Promise.all(['one', 'two', 'three'].map((tag) => bulk('tags', { ids, add: [tag] })))
  expect(answers.map(({ body }) => [body.done, body.failed])).toEqual(answers.map(() => [6, 0]))
  for (const id of ids) expect((await read(id)).tags).toEqual(['one', 'three', 'two'])
})

test('what cannot be changed is told one by one, and stops no other', async () => {
  const used = await make('used')
  const pipeline = { name: 'P', definition: { nodes: [{ conn_id: 'used' }] } }
  const owner = { as: workspace.people.owner, by: 'cookie' as const }
  expect((await api.call('PUT', '/api/pipelines/p', { ...owner, body: pipeline })).status).toBeLessThan(300)
  const hidden = await make('hidden')
  await db().connection.update({ where: { id: hidden }, data: { restricted: true } })
  const stranger = await makeWorkspace()
  const foreign = newId('connection')
  const facts = { type: 'postgres', role: 'source', config: {}, summary: '', createdBy: 'u', updatedBy: 'u' }
  await db().connection.create({
    data: { id: foreign, workspaceId: stranger.id, connId: 'f', name: 'f', nameKey: 'f', ...facts },
  })
  const free = await make('free')
  const ids = [used, hidden, foreign, newId('connection'), free]
  const { body } = await bulk('delete', { ids })
  expect(statuses(body.items)).toEqual(['in_use', 'not_found', 'not_found', 'not_found', 'done'])
  expect(body.items[0].message).toContain('P')
  expect((await read(used)).deleted_at).toBeNull()
  expect((await eventsOf(ids, 'connection.deleted')).map(({ targetId }) => targetId)).toEqual([free])

  // Its name was taken meanwhile.
  const other = await make('other')
  await bulk('delete', { ids: [other] })
  await make('free')
  const restored = await bulk('restore', { ids: [free, other, used] })
  expect(statuses(restored.body.items)).toEqual(['name_taken', 'done', 'conflict'])
})

test('everybody may do to several what they may do to each, and no more', async () => {
  const [mine, theirs] = [await make('granted'), await make('not-granted')]
  const viewer = workspace.people.viewer
  expect((await bulk('environment', { ids: [mine], environment: 'prod' }, 'viewer')).status).toBe(403)
  await db().grant.create({
    data: { workspaceId: workspace.id, objectId: mine, subjectId: viewer.userId, level: 'edit', createdBy: 'u' },
  })
  const moved = await bulk('environment', { ids: [mine, theirs], environment: 'prod' }, 'viewer')
  expect(statuses(moved.body.items)).toEqual(['done', 'forbidden'])
  expect([(await read(mine)).environment, (await read(theirs)).environment]).toEqual(['prod', null])
  expect((await bulk('delete', { ids: [mine] }, 'builder')).status).toBe(403)
  expect((await bulk('delete', { ids: [mine] }, 'viewer')).status).toBe(403)
})

test('a dry run changes nothing, and lines tell of each as it is done', async () => {
  const id = await make('dry')
  const as = { as: workspace.people.owner, by: 'cookie' as const }
  const dry = await api.call('POST', '/api/connections/bulk/delete?validate_only=true', { ...as, body: { ids: [id] } })
  expect([dry.status, statuses(dry.body.items)]).toEqual([200, ['done']])
  expect((await read(id)).deleted_at).toBeNull()
  const lines = await bulk('environment', { ids: [id], environment: 'dev' }, 'owner', {
    accept: 'application/x-ndjson',
  })
  expect(
    lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { item: { id, status: 'done', code: null, message: null } },
    { end: { items: [{ id, status: 'done', code: null, message: null }], done: 1, unchanged: 0, failed: 0 } },
  ])
  const many = Array.from({ length: 201 }, () => newId('connection'))
  expect((await bulk('delete', { ids: many })).status).toBe(400)
})

test('the facets count what whoever asks may see', async () => {
  const place = await makeWorkspace()
  const [first, second] = [newId('connection'), newId('connection')]
  const facts = { workspaceId: place.id, role: 'source', config: {}, summary: '', createdBy: 'u', updatedBy: 'u' }
  await db().connection.createMany({
    data: [
      {
        ...facts,
        id: first,
        connId: 'a',
        name: 'a',
        nameKey: 'a',
        type: 'postgres',
        tags: ['x', 'y'],
        environment: 'prod',
      },
      { ...facts, id: second, connId: 'b', name: 'b', nameKey: 'b', type: 'mysql', tags: ['x'], restricted: true },
    ],
  })
  const facets = async (role: Role, query = '') =>
    (await api.call('GET', `/api/connections/facets${query}`, { as: place.people[role] })).body.data
  expect(await facets('owner')).toEqual({
    types: [
      { value: 'mysql', count: 1 },
      { value: 'postgres', count: 1 },
    ],
    environments: expect.arrayContaining([
      { value: 'prod', count: 1 },
      { value: 'none', count: 1 },
    ]),
    tags: [
      { value: 'x', count: 2 },
      { value: 'y', count: 1 },
    ],
    statuses: [{ value: 'never_tested', count: 2 }],
    used: 0,
    unused: 2,
  })
  expect(await facets('viewer')).toMatchObject({ types: [{ value: 'postgres', count: 1 }], unused: 1 })
  expect(await facets('owner', '?role=destination')).toMatchObject({ types: [], tags: [], used: 0, unused: 0 })
})
