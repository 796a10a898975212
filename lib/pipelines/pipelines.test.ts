import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import {
  type CallOptions,
  makeKey,
  makePerson,
  makeWorkspace,
  type TestWorkspace,
  useApi,
} from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()

let workspace: TestWorkspace
beforeAll(async () => {
  workspace = await makeWorkspace()
})

const call = (method: string, url: string, body?: object, more: CallOptions = {}) =>
  api.call(method, url, { as: workspace.people.owner, ...(body && { body }), ...more })
const done = async (method: string, url: string, body?: object, more: CallOptions = {}) => {
  const answer = await call(method, url, body, more)
  if (answer.status >= 300) throw new Error(answer.text)
  return answer.body
}

const config = { host: 'db.example.com', database: 'd' }
const connect = async (conn_id: string): Promise<string> =>
  (await done('POST', '/api/connections', { conn_id, name: conn_id, type: 'postgres', role: 'source', config })).data.id
const naming = (...names: string[]) => ({
  nodes: names.map((conn_id) => ({ id: `read_${conn_id}`, config: { conn_id } })),
})
const register = (key: string, definition: object, more: object = {}) =>
  done('PUT', `/api/pipelines/${key}`, { definition, ...more })
const statesOf = async (key: string) =>
  (await done('GET', `/api/pipelines/${key}`)).data.references.map(
    ({ conn_id, state, connection }: { conn_id: string; state: string; connection: { conn_id: string } | null }) => [
      conn_id,
      state,
      connection?.conn_id ?? null,
    ],
  )

test('a pipeline registers itself; the same call again changes nothing, another one has a revision and an event', async () => {
  await connect('orders')
  const body = { name: 'Nightly orders', definition: naming('orders') }
  const first = await call('PUT', '/api/pipelines/nightly.orders', body)
  expect([first.status, first.headers.get('etag')]).toEqual([200, '"1"'])
  expect(first.body).toMatchObject({
    data: {
      key: 'nightly.orders',
      active: true,
      references: [
        { pointer: '/nodes/0/config/conn_id', node: 'read_orders', state: 'bound', connection: { name: 'orders' } },
      ],
    },
    meta: { created: true, warnings: [] },
  })
  const again = await call('PUT', '/api/pipelines/nightly.orders', body)
  expect(again.body).toMatchObject({
    data: { id: first.body.data.id, revision: 1 },
    meta: { created: false, changed: [] },
  })
  expect(again.body.data.updated_at).toBe(first.body.data.updated_at)
  expect(Date.parse(again.body.data.last_seen_at)).toBeGreaterThanOrEqual(Date.parse(first.body.data.last_seen_at))

  const stale = await call(
    'PUT',
    '/api/pipelines/nightly.orders',
    { ...body, active: false },
    { headers: { 'if-match': '"7"' } },
  )
  expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed'])
  const changed = await call(
    'PUT',
    '/api/pipelines/nightly.orders',
    { ...body, active: false },
    { headers: { 'if-match': '"1"' } },
  )
  expect(changed.body).toMatchObject({ data: { revision: 2, active: false }, meta: { changed: ['active'] } })
  const events = await db().auditEvent.findMany({ where: { targetId: first.body.data.id }, orderBy: { id: 'asc' } })
  expect(events.map(({ event, details }) => [event, details])).toEqual([
    ['pipeline.registered', expect.objectContaining({ created: true, conn_ids: ['orders'], references: 1 })],
    ['pipeline.registered', expect.objectContaining({ created: false, changed: [] })],
    ['pipeline.registered', expect.objectContaining({ changed: ['active'] })],
  ])
})

test('twenty registrations of one key at the same moment make one pipeline', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => call('PUT', '/api/pipelines/crowd', { definition: naming(`c${n}`) })),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1)
  expect(answers.filter(({ body }) => body.meta.created)).toHaveLength(1)
  const { data } = await done('GET', '/api/pipelines/crowd')
  expect([data.revision, data.references.length]).toEqual([20, 1])
})

test('a reference to nothing is kept, said, and bound when such a connection appears', async () => {
  const { meta } = await register('early', naming('later'))
  expect(meta.warnings).toEqual([
    { pointer: '/definition/nodes/0/config/conn_id', message: expect.stringContaining('“later”') },
  ])
  expect(await statesOf('early')).toEqual([['later', 'missing', null]])
  expect((await done('GET', '/api/pipelines?broken=true')).data.map(({ key }: { key: string }) => key)).toContain(
    'early',
  )
  const id = await connect('later')
  expect(await statesOf('early')).toEqual([['later', 'bound', 'later']])
  await register('by-id', { conn_id: id })
  expect(await statesOf('by-id')).toEqual([[id, 'bound', 'later']])
  // A copy under a name that is waited for, too.
  await register('waits', naming('copied'))
  await done('POST', `/api/connections/${id}/duplicate`, { conn_id: 'copied' })
  expect(await statesOf('waits')).toEqual([['copied', 'bound', 'copied']])
})

test('a renamed connection keeps its references, and its former slug leads there until another one takes it', async () => {
  const id = await connect('old-name')
  await register('loyal', { a: { conn_id: 'old-name' }, b: { conn_id: id } })
  await done('PATCH', `/api/connections/${id}`, { conn_id: 'new-name', name: 'new name' })
  expect(await statesOf('loyal')).toEqual([
    ['old-name', 'bound', 'new-name'],
    [id, 'bound', 'new-name'],
  ])
  // Registered after the rename, and read by whoever still says the old name.
  await register('late', naming('old-name', 'new-name'))
  expect(await statesOf('late')).toEqual([
    ['old-name', 'bound', 'new-name'],
    ['new-name', 'bound', 'new-name'],
  ])
  expect((await done('GET', '/api/connections/old-name')).data.id).toBe(id)
  const viewer = { as: workspace.people.viewer, by: 'cookie' } as const
  const { userId: subjectId } = workspace.people.viewer
  expect((await call('POST', '/api/connections/old-name/test', {}, viewer)).status).toBe(403)
  await db().grant.create({
    data: { workspaceId: workspace.id, objectId: id, subjectId, level: 'use', createdBy: 'test' },
  })
  expect((await call('POST', '/api/connections/old-name/test', {}, viewer)).status).not.toBe(403)

  const other = await connect('old-name')
  expect((await done('GET', '/api/connections/old-name')).data.id).toBe(other)
  expect(await statesOf('loyal')).toEqual([
    ['old-name', 'bound', 'old-name'],
    [id, 'bound', 'new-name'],
  ])
})

test('renamed back and forth, and onto a name that was free, a slug never leads to two', async () => {
  const [one, two] = [await connect('ping'), await connect('pong')]
  await register('table-tennis', naming('ping', 'pong', 'third'))
  await done('PATCH', `/api/connections/${one}`, { conn_id: 'third' })
  await done('PATCH', `/api/connections/${two}`, { conn_id: 'ping' })
  expect(await statesOf('table-tennis')).toEqual([
    ['ping', 'bound', 'ping'],
    ['pong', 'bound', 'ping'],
    ['third', 'bound', 'third'],
  ])
  await done('PATCH', `/api/connections/${two}`, { conn_id: 'pong' })
  expect(await statesOf('table-tennis')).toEqual([
    ['ping', 'bound', 'pong'],
    ['pong', 'bound', 'pong'],
    ['third', 'bound', 'third'],
  ])
})

test('a deleted connection keeps its references for its return; purged, they wait for another one', async () => {
  const id = await connect('comes-back')
  await register('patient', naming('comes-back'), { active: false })
  await done('DELETE', `/api/connections/${id}`)
  expect(await statesOf('patient')).toEqual([['comes-back', 'deleted', 'comes-back']])
  const { meta } = await register('patient', naming('comes-back'), { active: true })
  expect(meta.warnings).toEqual([expect.objectContaining({ message: expect.stringContaining('is deleted') })])
  await done('POST', `/api/connections/${id}/restore`, {})
  expect(await statesOf('patient')).toEqual([['comes-back', 'bound', 'comes-back']])
  await done('PATCH', '/api/pipelines/patient', { active: false })
  await done('DELETE', `/api/connections/${id}`)
  await done('DELETE', `/api/connections/${id}/permanent`)
  expect(await statesOf('patient')).toEqual([['comes-back', 'missing', null]])
  const next = await connect('comes-back')
  expect((await done('GET', '/api/pipelines/patient')).data.references[0].connection.id).toBe(next)
})

test('a connection that active pipelines use is deleted only by force with a reason, and the trail has both', async () => {
  const id = await connect('needed')
  await register('needs-it', naming('needed'), { name: 'Needs it' })
  const url = `/api/connections/${id}`
  const refused = await call('DELETE', url)
  expect(refused.body).toMatchObject({
    status: 409,
    code: 'in_use',
    used_by: ['Needs it'],
    pipelines: [{ key: 'needs-it' }],
  })
  const forced = `${url}?force=true&reason=Moved%20to%20the%20warehouse`
  const integrator = await call('DELETE', forced, undefined, { as: workspace.people.integrator })
  expect([integrator.status, integrator.body.code]).toEqual([403, 'forbidden'])
  const silent = await call('DELETE', `${url}?force=true`)
  expect([silent.status, silent.body.errors[0].pointer]).toEqual([400, '/reason'])
  expect((await call('DELETE', forced)).body).toMatchObject({
    data: { status: 'deleted' },
    meta: { used_by: ['Needs it'] },
  })
  const event = await db().auditEvent.findFirst({
    where: { targetId: id, event: 'connection.deleted', outcome: 'success' },
  })
  expect(event?.details).toMatchObject({ forced: true, reason: 'Moved to the warehouse', used_by: ['Needs it'] })
  expect(await statesOf('needs-it')).toEqual([['needed', 'deleted', 'needed']])
})

test('inactive and forgotten pipelines keep nobody from deleting, and one that is switched on again does', async () => {
  const id = await connect('idle')
  await register('sleeper', naming('idle'))
  await done('PATCH', '/api/pipelines/sleeper', { active: false })
  await done('DELETE', `/api/connections/${id}?`)
  await done('POST', `/api/connections/${id}/restore`, {})
  const { meta } = await done('PATCH', '/api/pipelines/sleeper', { active: true })
  expect(meta).toEqual({ changed: ['active'], warnings: [] })
  expect((await call('DELETE', `/api/connections/${id}`)).body.code).toBe('in_use')
  await done('DELETE', '/api/pipelines/sleeper')
  expect((await call('GET', '/api/pipelines/sleeper')).status).toBe(404)
  await done('DELETE', `/api/connections/${id}`)
})

test('the list is paged, searched and filtered, and counts what is active', async () => {
  const place = await makeWorkspace()
  const as = { as: place.people.owner }
  for (const n of [1, 2, 3, 4, 5])
    await done(
      'PUT',
      `/api/pipelines/p${n}`,
      { name: `Pipeline % ${n}`, active: n !== 3, definition: { conn_id: `x${n % 2}` } },
      as,
    )
  const keys = async (query: string) => {
    const { data, meta } = await done('GET', `/api/pipelines?${query}`, undefined, as)
    return { keys: data.map(({ key }: { key: string }) => key), cursor: meta.page.cursor, counts: meta.counts }
  }
  const first = await keys('limit=2')
  expect(first).toMatchObject({ keys: ['p1', 'p2'], counts: { all: 5, active: 4, inactive: 1 } })
  const second = await keys(`limit=2&cursor=${first.cursor}`)
  expect(second.keys).toEqual(['p3', 'p4'])
  expect((await keys(`limit=2&cursor=${second.cursor}`)).keys).toEqual(['p5'])
  expect((await keys('sort=-key&limit=1')).keys).toEqual(['p5'])
  expect((await keys('q=E%20%25%204')).keys).toEqual(['p4'])
  expect((await keys('active=false')).keys).toEqual(['p3'])
  const { data } = await done('POST', '/api/connections', { conn_id: 'x1', name: 'x1', type: 'postgres', config }, as)
  expect((await keys('connection=x1')).keys).toEqual(['p1', 'p3', 'p5'])
  expect((await keys(`connection=${data.id}&active=true`)).keys).toEqual(['p1', 'p5'])
  expect((await keys('broken=true')).keys).toEqual(['p2', 'p4'])
  await done('PATCH', `/api/connections/${data.id}`, { conn_id: 'x1-renamed' }, as)
  for (const ref of ['x1', 'x1-renamed']) expect((await keys(`connection=${ref}`)).keys).toEqual(['p1', 'p3', 'p5'])
})

test('a key of an engine registers with its scope alone; without it, and in another workspace, nothing', async () => {
  const runner = await makeKey(workspace, { role: 'runner', scopes: ['pipelines:write'] })
  const as = { ...workspace.people.runner, key: runner.key }
  expect((await call('PUT', '/api/pipelines/engine', { definition: {} }, { as })).status).toBe(200)
  expect((await call('GET', '/api/pipelines/engine', undefined, { as })).status).toBe(403)
  const reader = await makeKey(workspace, { role: 'owner', scopes: ['connections:read'] })
  const none = await call('PUT', '/api/pipelines/engine', { definition: {} }, { as: { ...as, key: reader.key } })
  expect(none.status).toBe(403)
  const other = { as: (await makeWorkspace()).people.owner }
  expect((await call('GET', '/api/pipelines/engine', undefined, other)).status).toBe(404)
  expect((await call('PUT', '/api/pipelines/engine', { definition: {} }, other)).body.meta.created).toBe(true)
})

test('a restricted connection is to those without a grant as if it were not there, and still protected', async () => {
  const place = await makeWorkspace()
  const as = { as: place.people.owner }
  const { data } = await done(
    'POST',
    '/api/connections',
    { conn_id: 'secretive', name: 'Zq hidden', type: 'postgres', config },
    as,
  )
  await db().connection.update({ where: { id: data.id }, data: { restricted: true } })
  const builder = { as: await makePerson(place, 'builder'), by: 'cookie' } as const
  const guessed = await call('PUT', '/api/pipelines/guess', { definition: naming('secretive', 'no-such') }, builder)
  const [hidden, missing] = guessed.body.data.references
  expect(hidden).toEqual({ ...missing, pointer: hidden.pointer, conn_id: 'secretive', node: 'read_secretive' })
  expect(
    guessed.body.meta.warnings.map(({ message }: { message: string }) => message.replace('secretive', 'no-such')),
  ).toEqual(guessed.body.meta.warnings.map(() => guessed.body.meta.warnings[1].message))
  const listed = await call('GET', '/api/pipelines', undefined, builder)
  expect(listed.body.data[0]).toMatchObject({ connections: [], missing: ['secretive', 'no-such'] })
  for (const ref of [data.id, 'secretive'])
    expect((await call('GET', `/api/pipelines?connection=${ref}`, undefined, builder)).body.data).toEqual([])
  expect((await call('DELETE', `/api/connections/${data.id}`, undefined, as)).body.code).toBe('in_use')
})

test('a large definition of a machine is taken, and what is larger, deeper or secret is refused', async () => {
  const nodes = Array.from({ length: 1_500 }, (_, n) => ({
    id: `n${n}`,
    type: 'copy',
    conn_id: `x${n % 7}`,
    note: 'x'.repeat(300),
  }))
  const { data } = await register('large', { nodes })
  expect(data.references).toHaveLength(1_500)
  const tooLarge = await call('PUT', '/api/pipelines/large', { definition: { text: 'x'.repeat(1_100_000) } })
  expect(tooLarge.status).toBe(413)
  const deep = Array.from({ length: 70 }).reduce<object>((inner) => ({ inner }), {})
  expect((await call('PUT', '/api/pipelines/large', { definition: deep })).status).toBe(400)
  const secret = await call('PUT', '/api/pipelines/large', { definition: { url: 'mysql://root:hunter22@db/x' } })
  expect([secret.status, secret.body.errors[0].pointer, secret.text.includes('hunter22')]).toEqual([
    400,
    '/definition/url',
    false,
  ])
  expect(await db().pipeline.count({ where: { definition: { string_contains: 'hunter22' } } })).toBe(0)
})
