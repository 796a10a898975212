import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type CallOptions, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
const target = useTarget()

let people: TestWorkspace['people']
beforeAll(async () => {
  people = (await makeWorkspace()).people
})

const call = (method: string, url: string, body?: object, more: CallOptions = {}) =>
  api.call(method, url, { as: people.owner, by: 'cookie', ...(body && { body }), ...more })
const done = async (method: string, url: string, body?: object, more: CallOptions = {}) => {
  const answer = await call(method, url, body, more)
  if (answer.status >= 300) throw new Error(answer.text)
  return answer.body
}
const credential = { config: { username: 'etl', password: targetPassword } }
const connect = async (conn_id: string, more: object = { credential }): Promise<string> => {
  const body = { conn_id, name: conn_id, type: 'postgres', role: 'source', config: target.config(), ...more }
  return (await done('POST', '/api/connections', body)).data.id
}
const change = (id: string, body: object) => done('PATCH', `/api/connections/${id}`, body)
const versions = (id: string, query = '') => done('GET', `/api/connections/${id}/versions${query}`)
const restore = (id: string, version: number, body: object = {}, more: CallOptions = {}) =>
  call('POST', `/api/connections/${id}/versions/${version}/restore`, body, more)
const read = async (id: string) => (await done('GET', `/api/connections/${id}`)).data

test('every change is a version with who, when, and before and after; of a secret only that it changed', async () => {
  const id = await connect('history')
  await change(id, { name: 'History', tags: ['finance'], environment: 'prod' })
  await change(id, { config: { schema: 'shop' }, credential: { config: { password: 'a newer secret' } } })
  await change(id, { name: 'History' })
  const { data, meta } = await versions(id)
  expect(data).toMatchObject([
    {
      version: 3,
      current: true,
      created_by: { id: people.owner.userId, name: 'owner' },
      changes: [
        { field: 'config.schema', before: 'public', after: 'shop', secret: false },
        { field: 'password', before: null, after: null, secret: true },
      ],
    },
    {
      version: 2,
      current: false,
      changes: [
        { field: 'name', before: 'history', after: 'History' },
        { field: 'tags', before: [], after: ['finance'] },
        { field: 'environment', before: null, after: 'prod' },
      ],
    },
    { version: 1, changes: [], test: null, restored_from: null },
  ])
  expect(meta.last_green).toBe(null)
  const first = await versions(id, '?limit=1')
  const second = await versions(id, `?limit=2&cursor=${first.meta.page.cursor}`)
  expect([...first.data, ...second.data]).toEqual(data)
  const everything = JSON.stringify(await db().connectionVersion.findMany())
  for (const secret of [targetPassword, 'a newer secret']) expect(everything).not.toContain(secret)
})

test('returning brings back name, labels and settings in one change, and keeps the id for pipelines and the secret', async () => {
  const id = await connect('there-and-back')
  await change(id, { description: 'Good', tags: ['a'], config: { schema: 'one' } })
  await change(id, { conn_id: 'renamed', name: 'Renamed', description: null, tags: [], config: { schema: 'two' } })
  const { body } = await restore(id, 2, { revision: 3 })
  expect(body).toMatchObject({
    data: {
      conn_id: 'renamed',
      name: 'there-and-back',
      description: 'Good',
      tags: ['a'],
      config: { schema: 'one' },
      revision: 4,
    },
    meta: { changed: expect.arrayContaining(['name', 'config.schema']) },
  })
  expect((await versions(id)).data[0]).toMatchObject({ version: 4, restored_from: 2, current: true })
  const event = await db().auditEvent.findFirst({ where: { targetId: id, event: 'connection.reverted' } })
  expect(event?.details).toMatchObject({
    version: 2,
    before: { 'config.schema': 'two' },
    after: { 'config.schema': 'one' },
  })
  // The version before is one more of them: that is how it is undone.
  expect((await restore(id, 3)).body.data).toMatchObject({ name: 'Renamed', config: { schema: 'two' } })
})

test('a return decided on an old state, to no version, to a taken name or by those who may not is refused', async () => {
  const id = await connect('careful')
  await change(id, { name: 'Careful two' })
  await connect('thief', { name: 'careful', credential })
  expect((await restore(id, 1, { revision: 1 })).status).toBe(412)
  expect((await restore(id, 9)).status).toBe(404)
  const taken = await restore(id, 1)
  expect([taken.status, taken.body.code]).toEqual([409, 'name_taken'])
  expect((await restore(id, 1, { name: 'Careful again' })).body.data.name).toBe('Careful again')
  expect((await restore(id, 1, {}, { as: people.viewer })).status).toBe(403)
  const outsider = { as: (await makeWorkspace()).people.owner }
  expect((await restore(id, 1, {}, outsider)).status).toBe(404)
  expect((await call('GET', `/api/connections/${id}/versions`, undefined, outsider)).status).toBe(404)
})

test('an earlier host needs the secret typed again, or the right to bind it, exactly like an edit', async () => {
  const id = await connect('moved', { config: target.config({ host: 'db.example.com', port: 5432 }), credential })
  await change(id, { config: target.config(), credential })
  const builder = { as: people.builder }
  const refused = await restore(id, 1, {}, builder)
  expect([refused.status, refused.body.code]).toEqual([403, 'destination_changed'])
  expect((await read(id)).config.host).toBe('127.0.0.1')
  const integrator = { as: people.integrator }
  expect((await restore(id, 1, {}, integrator)).body.code).toBe('destination_changed')
  const typed = await restore(id, 1, { credential }, integrator)
  expect([typed.status, typed.body.data?.config.host]).toEqual([200, 'db.example.com'])
  // The owner may bind.
  expect((await restore(id, 2)).body.data.config.host).toBe('127.0.0.1')
  expect((await call('POST', `/api/connections/${id}/test`, {})).body.success).toBe(true)
})

test('an earlier credential is attached again only by those who may, and one that is gone can be left out', async () => {
  const made = async (name: string) =>
    (await done('POST', '/api/credentials', { name, type: 'database', config: credential.config })).data.id
  const [one, two] = [await made('one'), await made('two')]
  const id = await connect('swapped', { credential_id: one })
  await change(id, { credential_id: two })
  expect((await versions(id)).data[0].changes).toEqual([
    { field: 'credential', before: 'one', after: 'two', secret: false },
  ])
  expect((await restore(id, 1)).body.data.credential_id).toBe(one)
  await db().credential.update({ where: { id: two }, data: { restricted: true } })
  const integrator = { as: people.integrator }
  expect((await restore(id, 2, {}, integrator)).status).toBeGreaterThanOrEqual(400)
  const seen = await call('GET', `/api/connections/${id}/versions`, undefined, integrator)
  expect(seen.text).not.toContain('"two"')
  await done('DELETE', `/api/credentials/${two}`)
  const gone = await restore(id, 2)
  expect([gone.status, gone.body.errors[0].pointer]).toEqual([400, '/credential_id'])
  expect((await restore(id, 2, { credential_id: null })).body.data.credential_id).toBe(null)
})

test('last green is the newest version whose settings passed a test, and says when the secret is another one since', async () => {
  const id = await connect('green')
  const run = async () => (await call('POST', `/api/connections/${id}/test`, {})).body.success
  expect(await run()).toBe(true)
  await change(id, { description: 'only words' })
  await change(id, { config: { database: 'no-such-database' } })
  expect(await run()).toBe(false)
  const { data, meta } = await versions(id)
  expect(meta.last_green).toEqual({ version: 2, same_secret: true })
  expect(data.map(({ test: last }: { test: { status: string } | null }) => last?.status)).toEqual([
    'failed',
    'passed',
    'passed',
  ])
  await restore(id, meta.last_green.version)
  expect(await run()).toBe(true)
  expect((await versions(id)).meta.last_green).toEqual({ version: 4, same_secret: true })
  await change(id, { credential: { config: { password: 'not the right one' } } })
  expect((await versions(id)).meta.last_green).toEqual({ version: 4, same_secret: false })
})

test('a change that is refused, or that is only tried, leaves no version', async () => {
  const id = await connect('tried')
  await call('PATCH', `/api/connections/${id}?validate_only=true`, { name: 'x' })
  await call('PATCH', `/api/connections/${id}`, { config: { port: 'x' } })
  await call('PATCH', `/api/connections/${id}`, { name: 'y' }, { headers: { 'if-match': '"9"' } })
  expect((await versions(id)).data).toHaveLength(1)
  const copy = (await done('POST', `/api/connections/${id}/duplicate`, {})).data.id
  expect((await versions(copy)).data).toHaveLength(1)
})
