import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { dialects } from './dialects.ts'
import { manifest } from './manifest.ts'
import { parseFileText } from './parse-url.ts'

const api = useApi()
const engine = useEngine()
let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
  const folder = path.join(engine.home, 'files')
  mkdirSync(folder, { recursive: true })
  const file = new DatabaseSync(path.join(folder, 'shop.db'))
  file.exec('create table orders (id integer primary key, total numeric)')
  file.close()
})

const call = (method: string, url: string, body?: object) =>
  api.call(method as 'POST', url, { as: people.owner, ...(body && { body }) })

test('a file in the home is connected, tested, looked into and recorded without a credential', async () => {
  const body = { name: 'Shop', type: 'sqlite', role: 'source', config: { path: 'shop.db' } }
  const made = await call('POST', '/api/connections', body)
  expect(made.status).toBe(201)
  const { id } = made.body.data
  expect((await call('POST', `/api/connections/${id}/test`)).body).toMatchObject({ success: true, driver: 'sqlite' })
  const { text } = await call('GET', `/api/data-sources/${id}/tables`)
  expect(text).toContain('"orders"')
  const events = await db().auditEvent.findMany({ where: { event: 'connection.tested' } })
  expect(JSON.stringify(events)).toContain('sqlite:shop.db')
})

test('what is not allowed is refused by the test, and a credential by the form', async () => {
  const draft = (file: string) => call('POST', '/api/connections/test', { type: 'sqlite', config: { path: file } })
  expect((await draft('../keys/audit.key')).status).toBe(400)
  expect((await draft(path.join(engine.home, 'keys/audit.key'))).body).toMatchObject({
    success: false,
    cause: { code: 'file.outside', field: '/config/path' },
  })
  expect((await draft('/etc/passwd')).body.cause.code).toBe('file.outside')
  const credential = { kind: 'password.basic', config: { username: 'a', password: 'b' } }
  const body = { name: 'With login', type: 'sqlite', role: 'source', config: { path: 'shop.db' }, credential }
  expect((await call('POST', '/api/connections', body)).status).toBe(400)
})

test.each(['shop.db', 'a b/ünï #?%.db', '/data/shop.db'])(
  '%j is resolved into addresses that lead back to it',
  (file) => {
    const of = { conn_id: 'shop', config: manifest.config.parse({ path: file }), credential: undefined }
    for (const name of ['uri', 'sqlalchemy'] as const)
      expect(parseFileText(dialects[name]?.(of).text ?? '')?.config).toEqual({ path: file })
  },
)
