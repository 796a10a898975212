import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type Answer, makePerson, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const target = useTarget()

let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  await target.query("create role etl_b login password 'second-canary'; grant select on orders to etl_b")
  await target.query('create database closed')
  await target.query('revoke connect on database closed from public; grant connect on database closed to etl')
})

let count = 0

/** A credential of the target's first login, used by connections to these databases. */
const setUp = async (databases = ['postgres', 'postgres'], as = people.owner) => {
  const body = {
    name: `login ${++count}`,
    type: 'database',
    config: { username: 'etl', password: targetPassword },
  }
  const credential = await api.call('POST', '/api/credentials', { as, body })
  const id: string = credential.body.data.id
  const connections: string[] = []
  for (const database of databases) connections.push(await connect(id, database))
  return { id, connections }
}

const connect = async (credentialId: string, database = 'postgres', as = people.owner) => {
  const body = {
    name: `Orders ${++count}`,
    type: 'postgres',
    role: 'source',
    config: target.config({ database }),
    credential_id: credentialId,
  }
  const answer = await api.call('POST', '/api/connections', { as, body })
  expect(answer.status, answer.text).toBe(201)
  return String(answer.body.data.id)
}

const second = { username: 'etl_b', password: 'second-canary' }
const rotate = (id: string, config: object = second, more: object = {}, as = people.integrator) =>
  api.call('POST', `/api/credentials/${id}/rotate`, { as, body: { config, ...more } })

const step = (id: string, rotation: string, name: string, body: object = {}, as = people.integrator) =>
  api.call('POST', `/api/credentials/${id}/rotations/${rotation}/${name}`, { as, body })

const read = async (id: string, rotation: string) =>
  (await api.call('GET', `/api/credentials/${id}/rotations/${rotation}`, { as: people.builder })).body.data

const until = async (id: string, rotation: string, ...states: string[]) => {
  const end = Date.now() + 60_000
  for (;;) {
    const view = await read(id, rotation)
    if (states.includes(view.state)) return view
    if (Date.now() > end) throw new Error(`still ${view.state}: ${JSON.stringify(view.tests)}`)
    await sleep(100)
  }
}

const testWith = async (connection: string, as = people.owner): Promise<Answer['body']> =>
  (await api.call('POST', `/api/connections/${connection}/test`, { as, body: {} })).body

const credentialOf = async (id: string) =>
  (await api.call('GET', `/api/credentials/${id}`, { as: people.owner })).body.data

const versionsOf = (credentialId: string) =>
  db().credentialVersion.findMany({ where: { credentialId }, orderBy: { version: 'asc' } })

test('every dependent connection is tested before anything changes, and one step changes all of them', async () => {
  const { id, connections } = await setUp()
  const started = await rotate(id)
  expect(started.status, started.text).toBe(201)
  expect(started.text).not.toContain('canary')
  expect(started.body.data).toMatchObject({ state: 'testing', from_version: 1, to_version: 2, soak_hours: 72 })
  expect(started.body.data.tests.map((t: { state: string }) => t.state)).toEqual(['pending', 'pending'])
  expect(await credentialOf(id)).toMatchObject({ config: { username: 'etl' }, secret: { version: 1 } })

  const rotation = started.body.data.id
  const ready = await until(id, rotation, 'ready', 'failed')
  expect(ready).toMatchObject({ state: 'ready', progress: { total: 2, done: 2, failed: 0 } })
  expect(ready.tests).toEqual(
    connections.map((connection) =>
      expect.objectContaining({ connection: expect.objectContaining({ id: connection }), state: 'passed' }),
    ),
  )
  expect(await credentialOf(id)).toMatchObject({ config: { username: 'etl' }, secret: { version: 1 } })

  const promoted = await step(id, rotation, 'promote')
  expect(promoted.body.data).toMatchObject({ state: 'soaking', promoted_at: expect.any(String) })
  expect(await credentialOf(id)).toMatchObject({ config: { username: 'etl_b' }, secret: { version: 2 } })
  for (const connection of connections) {
    // Its last test is the one that the new secret passed, and is not stale.
    const view = (await api.call('GET', `/api/connections/${connection}`, { as: people.owner })).body.data
    expect(view.last_test).toMatchObject({ status: 'passed' })
    expect(await testWith(connection)).toMatchObject({ success: true, server: expect.anything() })
  }
  expect((await versionsOf(id)).map(({ envelope }) => envelope !== null)).toEqual([true, true])

  const finished = await step(id, rotation, 'finish')
  expect(finished.body.data).toMatchObject({ state: 'finished', finished_at: expect.any(String) })
  const versions = await versionsOf(id)
  expect(versions[0]).toMatchObject({ envelope: null, destroyedAt: expect.any(Date) })
  expect(versions[1]?.envelope).not.toBeNull()
  expect(await testWith(connections[0] ?? '')).toMatchObject({ success: true })
})

test('a dependent that the new secret does not open is shown with its cause, and holds the promotion back', async () => {
  const { id, connections } = await setUp(['postgres', 'closed'])
  const rotation = (await rotate(id, second, { auto_promote: true })).body.data.id
  const failed = await until(id, rotation, 'ready', 'failed', 'soaking')
  expect(failed).toMatchObject({ state: 'failed', progress: { total: 2, done: 2, failed: 1 } })
  expect(failed.tests.find((t: { connection: { id: string } }) => t.connection.id === connections[1])).toMatchObject({
    state: 'failed',
    cause: { code: expect.any(String), sentence: expect.any(String) },
  })
  // The connection itself works as before: a failed rotation is no failed connection.
  const view = (await api.call('GET', `/api/connections/${connections[1]}`, { as: people.owner })).body.data
  expect(view.last_test?.status).not.toBe('failed')
  expect(await testWith(connections[1] ?? '')).toMatchObject({ success: true })

  expect((await step(id, rotation, 'promote')).status).toBe(409)
  const nameless = await step(id, rotation, 'promote', { force: true })
  expect(nameless.body).toMatchObject({ status: 400, errors: [{ pointer: '/reason' }] })
  expect((await credentialOf(id)).secret.version).toBe(1)

  await target.query('grant connect on database closed to etl_b')
  expect((await step(id, rotation, 'retry')).body.data.state).toBe('testing')
  const soaking = await until(id, rotation, 'soaking', 'failed')
  expect(soaking.state).toBe('soaking')
  await target.query('revoke connect on database closed from etl_b')
  await step(id, rotation, 'finish')
})

test('a promotion in spite of failed tests needs a reason, which is recorded', async () => {
  const { id } = await setUp(['closed'])
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'failed')
  const forced = await step(id, rotation, 'promote', { force: true, reason: 'the old login is known to others' })
  expect(forced.body.data.state).toBe('soaking')
  const event = await db().auditEvent.findFirst({ where: { event: 'rotation.promoted', targetId: id } })
  expect(event?.details).toMatchObject({ forced: true, reason: 'the old login is known to others' })
})

test('one click goes back to the secret before, with its username, and destroys the new one', async () => {
  const { id, connections } = await setUp(['postgres'])
  await db().credential.update({ where: { id }, data: { rotateReason: 'somebody left' } })
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'ready')
  await step(id, rotation, 'promote')
  expect((await credentialOf(id)).rotate_reason).toBeNull()
  const back = await step(id, rotation, 'roll-back')
  expect(back.body.data.state).toBe('rolled_back')
  expect(await credentialOf(id)).toMatchObject({
    config: { username: 'etl' },
    secret: { version: 1 },
    rotate_reason: 'somebody left',
  })
  expect(await testWith(connections[0] ?? '')).toMatchObject({ success: true })
  expect((await versionsOf(id))[1]).toMatchObject({ envelope: null })
  expect((await step(id, rotation, 'finish')).status).toBe(409)
  // The number of the destroyed version is never used again.
  expect((await rotate(id)).body.data.to_version).toBe(3)
})

test('a rotation promotes itself where that was asked for, and ends by itself after the soak', async () => {
  const { id, connections } = await setUp()
  const rotation = (await rotate(id, second, { auto_promote: true, soak_hours: 0 })).body.data.id
  await until(id, rotation, 'finished')
  const versions = await versionsOf(id)
  expect(versions.map(({ envelope }) => envelope !== null)).toEqual([false, true])
  expect(await testWith(connections[0] ?? '')).toMatchObject({ success: true })
  const events = await db().auditEvent.findMany({ where: { targetId: id }, orderBy: { id: 'asc' } })
  expect(events.map(({ event }) => event)).toEqual([
    'credential.created',
    'rotation.started',
    'rotation.promoted',
    'credential.version_destroyed',
    'rotation.finished',
  ])
  const tested = await db().auditEvent.findMany({ where: { event: 'rotation.tested', targetId: { in: connections } } })
  expect(tested).toHaveLength(2)
  expect(tested[0]?.details).toMatchObject({ credential_id: id, credential_version: 2 })
})

test('cancelling destroys the staged secret and leaves the current one alone', async () => {
  const { id } = await setUp()
  const rotation = (await rotate(id, { password: 'wrong-canary' })).body.data.id
  expect((await step(id, rotation, 'cancel')).body.data.state).toBe('cancelled')
  expect((await versionsOf(id)).map(({ envelope }) => envelope !== null)).toEqual([true, false])
  await sleep(1500)
  expect((await read(id, rotation)).state).toBe('cancelled')
  expect((await step(id, rotation, 'promote', { force: true, reason: 'x' })).status).toBe(409)
})

test('a credential has one rotation at a time, however many ask at once', async () => {
  const { id } = await setUp([])
  const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => rotate(id, { password: `canary-${n}` })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
  await expect(
    db()
      .$executeRaw`insert into rotations (id, workspace_id, credential_id, from_version, to_version, state, soak_hours, created_by, updated_at, ticket)
      values ('rot_x', 'w', ${id}, 1, 2, 'testing', 1, 'x', now(), '{}')`,
  ).rejects.toThrow(/rotations_open|unique/i)
})

test('while a rotation is open, a connection’s form cannot replace the secret behind it', async () => {
  const { id, connections } = await setUp(['postgres'])
  const rotation = (await rotate(id)).body.data.id
  const body = { credential: { type: 'database', config: { username: 'etl', password: 'typed-canary' } } }
  const etag = (await api.call('GET', `/api/connections/${connections[0]}`, { as: people.owner })).body.data.revision
  const answer = await api.call('PATCH', `/api/connections/${connections[0]}`, {
    as: people.owner,
    body,
    headers: { 'if-match': `"${etag}"` },
  })
  expect(answer.status, answer.text).toBe(409)
  const put = await api.call('PUT', `/api/credentials/${id}`, {
    as: people.owner,
    body: { config: { password: 'typed-canary' } },
  })
  expect(put.status, put.text).toBe(409)
  await step(id, rotation, 'cancel')
})

test('a connection that is attached meanwhile, or changed after its test, is tested before the promotion', async () => {
  const { id } = await setUp(['postgres'])
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'ready')
  const late = await connect(id)
  expect((await step(id, rotation, 'promote')).body.detail).toMatch(/added or changed/)
  await step(id, rotation, 'retry')
  const again = await until(id, rotation, 'ready')
  expect(again.tests.map((t: { connection: { id: string } }) => t.connection.id)).toContain(late)
  await db().connection.update({ where: { id: late }, data: { settingsRevision: { increment: 1 } } })
  expect((await step(id, rotation, 'promote')).status).toBe(409)
})

test('a staged secret goes nowhere but where the credential is sealed to', async () => {
  const { id, connections } = await setUp(['postgres'])
  const elsewhere = { scheme: 'postgresql', host: 'db.example.com', port: 5432, tls: 'verify-full' }
  await db().credential.update({ where: { id }, data: { destination: elsewhere } })
  const rotation = (await rotate(id)).body.data.id
  const failed = await until(id, rotation, 'failed')
  expect(failed.tests[0].message).toMatch(/db\.example\.com/)
  const event = await db().auditEvent.findFirst({
    where: { event: 'rotation.tested', targetId: connections[0] ?? '' },
  })
  expect(event?.outcome).toBe('denied')
})

test('fields that are not typed are carried over, but never to another host', async () => {
  const { id } = await setUp([])
  const moved = await rotate(id, { host: 'attacker.example.com' })
  expect(moved.body).toMatchObject({ status: 403, errors: [{ pointer: '/config/host' }] })
  expect((await rotate(id, { password: targetPassword })).status).toBe(400)
  expect((await rotate(id, { username: 'renamed' })).status).toBe(201)
  expect((await versionsOf(id))[1]?.fields).toEqual(['password'])
})

test('a rotation whose credential was deleted ends, with the staged secret destroyed', async () => {
  const { id } = await setUp([])
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'ready')
  await db().credential.update({ where: { id }, data: { deletedAt: new Date() } })
  const end = Date.now() + 30_000
  while ((await db().rotation.findFirst({ where: { id: rotation } }))?.state !== 'cancelled' && Date.now() < end)
    await sleep(100)
  expect((await versionsOf(id)).map(({ envelope }) => envelope !== null)).toEqual([true, false])
})

test('of two steps at the same moment one happens, and the current secret is still there', async () => {
  for (let round = 0; round < 8; round++) {
    const { id } = await setUp([])
    const rotation = (await rotate(id)).body.data.id
    await until(id, rotation, 'ready')
    const answers = await Promise.all([step(id, rotation, 'cancel'), step(id, rotation, 'promote')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const { version } = (await credentialOf(id)).secret
    expect((await versionsOf(id))[version - 1]).toMatchObject({ state: 'stored', envelope: expect.anything() })
  }
})

test('a promotion never overwrites a secret that came in meanwhile', async () => {
  const { id } = await setUp(['postgres'])
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'ready')
  const [first] = await versionsOf(id)
  if (!first) throw new Error('there is no version')
  const { config: _, ...copy } = first
  await db().credentialVersion.create({ data: { ...copy, version: 3 } })
  await db().credential.update({ where: { id }, data: { version: 3 } })
  expect((await step(id, rotation, 'promote', { force: true, reason: 'x' })).status).toBe(409)
  await until(id, rotation, 'cancelled')
  expect((await credentialOf(id)).secret.version).toBe(3)
  expect((await versionsOf(id)).map(({ envelope }) => envelope !== null)).toEqual([true, false, true])
})

test('the current version is never destroyed, also where somebody went back to it by hand', async () => {
  const { id } = await setUp(['postgres'])
  const rotation = (await rotate(id)).body.data.id
  await until(id, rotation, 'ready')
  await step(id, rotation, 'promote')
  await db().credential.update({ where: { id }, data: { version: 1 } })
  await until(id, rotation, 'finished')
  expect((await versionsOf(id))[0]).toMatchObject({ envelope: expect.anything(), destroyedAt: null })
})

test('a credential of the organization is rotated for the connections of all its workspaces at once', async () => {
  const place = { id: newId('workspace'), organizationId: workspace.organizationId, tag: 'sister' }
  await db().workspace.create({ data: { ...place, name: 'Sister' } })
  const sister = await makePerson(place, 'owner')
  const config = { username: 'etl', password: targetPassword }
  const body = { name: 'shared', type: 'database', scope: 'organization', config }
  const id: string = (await api.call('POST', '/api/credentials', { as: people.owner, body })).body.data.id
  const here = await connect(id)
  const there = await connect(id, 'postgres', sister)
  expect((await rotate(id)).status).toBe(403)
  const more = { auto_promote: true, soak_hours: 24 }
  const started = await rotate(id, second, more, people.owner)
  expect(started.status, started.text).toBe(201)
  const soaking = await until(id, started.body.data.id, 'soaking', 'failed')
  expect(soaking).toMatchObject({ state: 'soaking', progress: { total: 2, done: 2, failed: 0 } })
  expect(await testWith(here)).toMatchObject({ success: true })
  expect(await testWith(there, sister)).toMatchObject({ success: true })
  // A member of one workspace learns how many there are, and the names of their own.
  const names = soaking.tests.map((t: { connection: { id: string | null } }) => t.connection.id)
  expect(names).toContain(here)
  expect(names).not.toContain(there)
  await step(id, started.body.data.id, 'roll-back', {}, people.owner)
  expect(await testWith(there, sister)).toMatchObject({ success: true })
})

test('credentials of other workspaces, and rotations of other credentials, are not found', async () => {
  const { id } = await setUp([])
  const other = await setUp([])
  const rotation = (await rotate(id)).body.data.id
  const stranger = (await makeWorkspace()).people.owner
  for (const url of [`/api/credentials/${id}/rotations`, `/api/credentials/${id}/rotations/${rotation}`]) {
    expect((await api.call('GET', url, { as: stranger })).status).toBe(404)
  }
  expect(
    (await api.call('POST', `/api/credentials/${id}/rotate`, { as: stranger, body: { config: second } })).status,
  ).toBe(404)
  expect((await step(other.id, rotation, 'cancel')).status).toBe(404)
  expect((await api.call('GET', `/api/credentials/${id}/rotations`, { as: people.owner })).body.data).toHaveLength(1)
})

test('a restricted credential is rotated, and its rotations are seen, by nobody without a grant', async () => {
  const { id } = await setUp([])
  const rotation = (await rotate(id)).body.data.id
  await db().credential.update({ where: { id }, data: { restricted: true } })
  expect((await api.call('GET', `/api/credentials/${id}/rotations`, { as: people.builder })).status).toBe(404)
  expect((await step(id, rotation, 'cancel')).status).toBe(404)
  expect((await rotate(id)).status).toBe(404)
  expect((await api.call('GET', `/api/credentials/${id}/rotations`, { as: people.admin })).status).toBe(200)
})

test('somebody who signed in long ago confirms first', async () => {
  const { id } = await setUp([])
  await db().session.updateMany({
    where: { userId: people.integrator.userId },
    data: { authenticatedAt: new Date(Date.now() - 3_600_000) },
  })
  const answer = await api.call('POST', `/api/credentials/${id}/rotate`, {
    as: people.integrator,
    by: 'cookie',
    body: { config: second },
  })
  expect(answer.body).toMatchObject({ status: 403, code: 'reauth_required' })
})
