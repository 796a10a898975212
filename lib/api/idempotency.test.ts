import { beforeAll, expect, test } from 'vitest'
import { db } from '#lib/db/client'
import { useEngine } from './testing/engine.ts'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from './testing/install.ts'

const api = useApi()
useEngine()
let workspace: TestWorkspace
let owner: Person

beforeAll(async () => {
  workspace = await makeWorkspace()
  owner = workspace.people.owner
})

const typed = 'typed-Canary-7731'
const flat = (conn_id: string, extra: object = {}) => ({
  conn_id,
  type: 'postgres',
  host: 'db.example.com',
  schema: 'mydb',
  login: 'etl',
  password: typed,
  ...extra,
})
const post = (key: string, body: unknown, { as = owner, url = '/api/connections' } = {}) =>
  api.call('POST', url, { as, body, headers: { 'idempotency-key': key } })
const count = (connId: string) => db().connection.count({ where: { connId } })

test('50 parallel twins make one connection; each is answered with it, or told to wait', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => post('twins', flat('twins'))))
  expect(await count('twins')).toBe(1)
  const made = answers.filter(({ status }) => status === 201)
  const waiting = answers.filter(({ status }) => status === 409)
  expect(made.length).toBeGreaterThanOrEqual(1)
  expect(made.length + waiting.length).toBe(50)
  expect(made.filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1)
  expect(waiting.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true)
  expect(new Set(made.map(({ text }) => text)).size).toBe(1)
})

test('the same key and body get the same answer again, in any order of fields, and nothing happens twice', async () => {
  const body = flat('again')
  const first = await post('again', body)
  const again = await post('again', Object.fromEntries(Object.entries(body).reverse()))
  expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
  expect(again.headers.get('location')).toBe(first.headers.get('location'))
  expect(again.headers.get('etag')).toBe('"1"')
  expect(again.headers.get('content-type')).toBe('application/json')
  expect(again.headers.get('cache-control')).toBe('no-store')
  expect(await count('again')).toBe(1)
})

test('the same key with another body is a 422, also where only the password differs', async () => {
  await post('other', flat('other'))
  for (const body of [flat('other-2'), flat('other', { password: 'another-Secret-1' })]) {
    const answer = await post('other', body)
    expect([answer.status, answer.body.code]).toEqual([422, 'unprocessable'])
  }
  expect(await count('other-2')).toBe(0)
})

test('a key means something only to its actor, workspace and route', async () => {
  const other = await makeWorkspace()
  await post('mine', flat('mine'))
  expect((await post('mine', flat('mine'), { as: other.people.owner })).status).toBe(201)
  expect((await post('mine', flat('mine-2'), { as: workspace.people.admin })).status).toBe(201)
  expect((await post('mine', { conn_id: 'mine-3' }, { url: '/api/connections/mine/duplicate' })).status).toBe(201)
})

test('nothing that was typed or shown once can be read from what is kept', async () => {
  const body = { name: 'ci', scopes: ['connections:read'] }
  const first = await post('new key', body, { url: '/api/api-keys' })
  expect(first.status).toBe(400)
  const made = await post('new-key', body, { url: '/api/api-keys' })
  const again = await post('new-key', body, { url: '/api/api-keys' })
  expect(made.body.data.key).toMatch(/^jf_/)
  expect(again.body.data).toEqual({ ...made.body.data, key: '********' })
  await post('typed', flat('typed'))
  const rows = await db().$queryRaw<{ row: string }[]>`select a::text as row from idempotent_answers a`
  const kept = rows.map(({ row }) => row).join('\n')
  for (const secret of [made.body.data.key, typed, 'new-key'])
    for (const spelling of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
      expect(kept).not.toContain(spelling)
})

test('what was refused may be sent again, mended or as it was', async () => {
  expect((await post('mended', flat('Not A Slug'))).status).toBe(400)
  expect((await post('mended', flat('mended'))).status).toBe(201)
})

test('a dry run neither uses a key nor is answered from one', async () => {
  const dry = await post('dry', flat('dry'), { url: '/api/connections?validate_only=true' })
  expect([dry.status, await count('dry')]).toEqual([200, 0])
  expect((await post('dry', flat('dry'))).status).toBe(201)
})

test('who may no longer do a thing is refused, not answered from what he once did', async () => {
  const { builder } = (await makeWorkspace()).people
  const body = { ...flat('rights'), login: undefined, password: undefined }
  expect((await post('rights', body, { as: builder })).status).toBe(201)
  await db().apiKey.updateMany({ where: { workspaceId: builder.workspaceId }, data: { scopes: [] } })
  expect((await post('rights', body, { as: builder })).status).toBe(403)
})

test('a write and its kept answer are one: without the answer there is no connection', async () => {
  await api.database.asSuperuser(
    "create function refuse_answer() returns trigger language plpgsql as $$ begin raise 'no'; end $$",
    'create trigger refuse before update on idempotent_answers for each row execute function refuse_answer()',
  )
  expect((await post('atomic', flat('atomic'))).status).toBe(500)
  expect(await count('atomic')).toBe(0)
  await api.database.asSuperuser('drop trigger refuse on idempotent_answers')
  expect((await post('atomic', flat('atomic'))).status).toBe(201)
})

test('a claim of a process that died is taken over, an answer of yesterday is forgotten', async () => {
  await post('died', flat('died'))
  await db().connection.deleteMany({ where: { connId: 'died' } })
  await db().$executeRaw`update idempotent_answers set status = null, text = null, claimed_at = now()
    where text like '%"died"%'`
  expect((await post('died', flat('died'))).status).toBe(409)
  await db().$executeRaw`update idempotent_answers set claimed_at = now() - interval '5 minutes' where status is null`
  expect((await post('died', flat('died'))).status).toBe(201)
  await db().$executeRaw`update idempotent_answers set created_at = now() - interval '25 hours'`
  expect((await post('died', flat('died-2'))).status).toBe(201)
})

test('a test is run once for a key and its report is answered again', async () => {
  await post('target', flat('target', { host: '127.0.0.1', port: 1 }))
  const url = '/api/connections/target/test'
  const first = await post('test-1', undefined, { url })
  const again = await post('test-1', undefined, { url })
  expect(first.body.success).toBe(false)
  expect(again.text).toBe(first.text)
  const id = (await api.call('GET', '/api/connections/target', { as: owner })).body.data.id
  expect(await db().connectionTest.count({ where: { connectionId: id } })).toBe(1)
})
