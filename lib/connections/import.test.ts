import { beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import type { PlannedImport } from './imports/schema.ts'

const api = useApi()
useEngine()
let workspace: TestWorkspace

const secret = `s3cr3t:/?#[]@!'"\\ ü`

const call = (url: string, body: object) => api.call('POST', url, { as: workspace.people.owner, body })
const plan = async (text: string, rest: object = {}): Promise<{ format: string; items: PlannedImport[] }> => {
  const { status, body, text: answer } = await call('/api/connections/import/plan', { text, ...rest })
  expect([status, answer]).toEqual([200, expect.anything()])
  return { format: body.meta.format, items: body.data }
}
const run = async (text: string, rest: object = {}) => {
  const { status, body } = await call('/api/connections/import', { text, ...rest })
  expect(status).toBe(200)
  return body.data ?? body
}
const list = async () =>
  (await api.call('GET', '/api/connections?limit=200&sort=name', { as: workspace.people.owner })).body.data
const passwordOf = async (ref: string): Promise<unknown> => {
  const body = {
    name: `reader ${ref}`,
    scopes: ['connections:resolve'],
    environments: ['dev', 'staging', 'prod', 'none'],
  }
  const made = await api.call('POST', '/api/api-keys', { as: workspace.people.owner, by: 'cookie', body })
  const as = { key: String(made.body.data.key) }
  const { body: answer } = await api.call('POST', `/api/connections/${ref}/resolve`, { as, body: { format: 'fields' } })
  return answer.data?.fields.password
}

beforeEach(async () => {
  workspace = await makeWorkspace()
})

const files: [format: string, text: string, expected: object][] = [
  [
    'airflow',
    JSON.stringify({
      'prod-db': {
        conn_type: 'postgres',
        host: 'db.example.com',
        login: 'etl',
        password: secret,
        schema: 'shop',
        port: 5432,
      },
    }),
    { conn_id: 'prod-db', config: { host: 'db.example.com', port: 5432, database: 'shop' } },
  ],
  [
    'airflow',
    `prod_db:\n  conn_type: postgres\n  host: db.example.com\n  login: etl\n  password: ${JSON.stringify(secret)}\n  schema: shop\n  extra: '{"sslmode": "require"}'\n`,
    { conn_id: 'prod-db', config: { host: 'db.example.com', database: 'shop', ssl_mode: 'require' } },
  ],
  [
    'env',
    `AIRFLOW_CONN_PROD_DB=postgresql://etl:${encodeURIComponent(secret)}@db.example.com/shop\nOTHER=1\n`,
    { conn_id: 'prod-db', config: { host: 'db.example.com', database: 'shop' } },
  ],
  [
    'pgpass',
    `# mine\ndb.example.com:5433:shop:etl:${secret.replace(/[\\:]/g, '\\$&')}\n`,
    { conn_id: 'shop-db-example-com', config: { host: 'db.example.com', port: 5433, database: 'shop' } },
  ],
  [
    'pg_service',
    `[shop]\nhost=db.example.com\ndbname=shop\nuser=etl\npassword=${secret}\nsslmode=require\n`,
    { conn_id: 'shop', config: { host: 'db.example.com', database: 'shop', ssl_mode: 'require' } },
  ],
  [
    'dbt',
    `shop:\n  target: dev\n  outputs:\n    prod:\n      type: postgres\n      host: db.example.com\n      user: etl\n      password: ${JSON.stringify(secret)}\n      dbname: shop\n      schema: marts\n      threads: 4\n`,
    { conn_id: 'shop-prod', environment: 'prod', config: { host: 'db.example.com', database: 'shop' } },
  ],
  [
    'csv',
    `name,type,host,port,database,username,password,environment,tags\nShop,postgres,db.example.com,5433,shop,etl,"${secret.replaceAll('"', '""')}",production,finance;eu\n`,
    { conn_id: 'shop', environment: 'prod', tags: ['eu', 'finance'], config: { port: 5433, database: 'shop' } },
  ],
]

describe('files of other programs', () => {
  it.each(files)(
    '%s: is recognised, made with its password sealed, and changes nothing the second time',
    async (format, text, expected) => {
      const planned = await plan(text)
      expect(planned).toMatchObject({ format, items: [{ action: 'create', problems: [], needs: [] }] })
      expect(JSON.stringify(planned)).not.toContain('s3cr3t')
      expect(await list()).toEqual([])
      expect(await run(text)).toMatchObject({ created: 1, failed: 0 })
      const [made] = await list()
      expect(made).toMatchObject({ type: 'postgres', role: 'source', login: 'etl', ...expected })
      expect(await passwordOf(made.conn_id)).toBe(secret)
      expect((await plan(text)).items).toMatchObject([{ action: 'unchanged', changes: [] }])
      expect(await run(text)).toMatchObject({ created: 0, updated: 0, unchanged: 1 })
      expect((await list())[0]).toEqual({ ...made, last_used_at: (await list())[0].last_used_at })
    },
  )

  it('DBeaver keeps no passwords in that file, so they are asked for', async () => {
    const text = JSON.stringify({
      folders: {},
      connections: {
        'postgres-jdbc-1': {
          provider: 'postgresql',
          driver: 'postgres-jdbc',
          name: 'Shop (live)',
          folder: 'Finance',
          configuration: {
            host: 'db.example.com',
            port: '5432',
            database: 'shop',
            user: 'etl',
            type: 'prod',
            handlers: { ssh_tunnel: { type: 'TUNNEL', enabled: true } },
          },
        },
      },
    })
    const { format, items } = await plan(text)
    expect(format).toBe('dbeaver')
    expect(items).toMatchObject([{ conn_id: 'shop-live', action: 'create', needs: ['password'] }])
    expect(items[0]?.notes.join()).toContain('SSH tunnel')
    const secrets = { 'shop-live': { password: secret } }
    expect((await plan(text, { secrets })).items).toMatchObject([{ needs: [] }])
    expect(await run(text, { secrets })).toMatchObject({ created: 1 })
    expect((await list())[0]).toMatchObject({ environment: 'prod', tags: ['finance'] })
    expect(await passwordOf('shop-live')).toBe(secret)
  })

  it('says of each what cannot be taken, and takes the others', async () => {
    const text = JSON.stringify({
      good: { conn_type: 'postgres', host: 'db.example.com', schema: 'shop' },
      teradata: { conn_type: 'teradata', host: 'x' },
      'no host': { conn_type: 'postgres', schema: 'shop' },
    })
    const { items } = await plan(text)
    expect(items.map(({ label, action, problems }) => [label, action, problems[0]?.message])).toEqual([
      ['good', 'create', undefined],
      ['teradata', 'invalid', 'No connector here is for “teradata”.'],
      ['no host', 'invalid', expect.any(String)],
    ])
    expect(await run(text)).toEqual({ created: 1, updated: 0, unchanged: 0, skipped: 0, failed: 2 })
  })

  it('refuses what it cannot read with a sentence that quotes nothing of it', async () => {
    for (const text of [`hello ${secret}`, '{"a": ', '[1, 2]', '&a [*a, *a]', `password: ${secret}`]) {
      const answer = await call('/api/connections/import/plan', { text })
      expect([text, answer.status, answer.body.errors[0].pointer]).toEqual([text, 400, '/text'])
      expect(answer.text).not.toContain('s3cr3t')
    }
    const wrong = await call('/api/connections/import/plan', { text: 'a: 1', format: 'dbeaver' })
    expect(wrong.status).toBe(400)
  })
})

test('a connection to the same place with the same login is a duplicate, and made only where it is named', async () => {
  const of = (id: string) =>
    JSON.stringify({ [id]: { conn_type: 'postgres', host: 'h.example.com', schema: 'd', login: 'etl', password: 'x' } })
  await run(of('first'))
  expect((await plan(of('second'))).items).toMatchObject([{ action: 'duplicate', duplicate_of: 'first' }])
  expect(await run(of('second'))).toMatchObject({ created: 0, skipped: 1 })
  expect(await run(of('second'), { only: ['second'] })).toMatchObject({ created: 1 })
  const other = of('third').replace('"etl"', '"other"')
  expect((await plan(other)).items).toMatchObject([{ action: 'create', duplicate_of: null }])
})

test('whether a login is that of a restricted credential cannot be found out by importing it', async () => {
  const of = (id: string, login: string) =>
    JSON.stringify({ [id]: { conn_type: 'postgres', host: 'h.example.com', schema: 'd', login, password: 'x' } })
  await run(of('first', 'etl'))
  await db().credential.updateMany({ where: { workspaceId: workspace.id }, data: { restricted: true } })
  const guess = async (login: string, as: Person) => {
    const body = { text: of('second', login) }
    return (await api.call('POST', '/api/connections/import/plan', { as, body })).body.data[0].action
  }
  const { integrator, owner } = workspace.people
  expect([await guess('etl', owner), await guess('wrong', owner)]).toEqual(['duplicate', 'create'])
  expect([await guess('etl', integrator), await guess('wrong', integrator)]).toEqual(['duplicate', 'duplicate'])
})

describe('our own file', () => {
  let original: TestWorkspace
  beforeAll(async () => {
    original = await makeWorkspace()
  })
  const exported = async (format: string, query = '') =>
    (await api.call('GET', `/api/connections/export?format=${format}${query}`, { as: original.people.owner })).text

  it('goes out without a secret and comes in elsewhere, asking for them', async () => {
    const body = {
      conn_id: 'prod-db',
      name: 'Prod: "the" DB #1',
      type: 'postgres',
      environment: 'prod',
      tags: ['eu'],
      description: 'Two\nlines: with # signs',
      config: { host: 'db.example.com', database: 'yes', schema: '1e3' },
      credential: { config: { username: 'etl', password: secret } },
    }
    expect((await api.call('POST', '/api/connections', { as: original.people.owner, body })).status).toBe(201)
    for (const format of ['yaml', 'json']) {
      workspace = await makeWorkspace()
      const text = await exported(format)
      expect(text).not.toContain('s3cr3t')
      expect((await plan(text)).items).toMatchObject([{ conn_id: 'prod-db', action: 'create', needs: ['password'] }])
      expect(await run(text, { secrets: { 'prod-db': { password: secret } } })).toMatchObject({ created: 1 })
      const [made] = await list()
      const { conn_id, name, environment, tags, description, config } = body
      expect(made).toMatchObject({ conn_id, name, environment, tags, description, config })
      expect(await passwordOf('prod-db')).toBe(secret)
      // Importing again neither changes nor asks; a change in the file is shown before it is made.
      expect((await plan(text)).items).toMatchObject([{ action: 'unchanged', needs: [] }])
      const changed = text.replace('db.example.com', 'db.example.com').replace('1e3', 'marts')
      expect((await plan(changed)).items).toMatchObject([
        { action: 'update', changes: [{ field: 'config.schema', before: '1e3', after: 'marts' }] },
      ])
      expect(await run(changed)).toMatchObject({ updated: 1 })
      expect((await list())[0].config.schema).toBe('marts')
    }
  })

  it('holds what the filters let through', async () => {
    for (const conn_id of ['a-dev', 'b-dev']) {
      const body = { conn_id, type: 'postgres', environment: 'dev', config: { host: 'h', database: 'd' } }
      await api.call('POST', '/api/connections', { as: original.people.owner, body })
    }
    const ids = (text: string) => JSON.parse(text).connections.map(({ conn_id }: { conn_id: string }) => conn_id)
    expect(ids(await exported('json', '&environment=dev'))).toEqual(['a-dev', 'b-dev'])
    expect(ids(await exported('json', '&only=b-dev'))).toEqual(['b-dev'])
    expect(ids(await exported('json', '&q=nothing-like-it'))).toEqual([])
  })
})

test('a moved host in a file does not take the stored secret along', async () => {
  const text = JSON.stringify({
    db: { conn_type: 'postgres', host: 'h.example.com', schema: 'd', login: 'etl', password: 'x' },
  })
  await run(text)
  const moved = JSON.stringify({ db: { conn_type: 'postgres', host: 'evil.example.com', schema: 'd', login: 'etl' } })
  const { body } = await api.call('POST', '/api/connections/import/plan', {
    as: workspace.people.builder,
    body: { text: moved },
  })
  expect(body.data).toMatchObject([{ action: 'invalid' }])
  expect(body.data[0].problems[0].message).toMatch(/Type the secret again/)
  await api.call('POST', '/api/connections/import', { as: workspace.people.builder, body: { text: moved } })
  expect((await list())[0].host).toBe('h.example.com')
})

test('every connection of an import has its own event, and a plan has none', async () => {
  const text = 'name,type,host,database\na,postgres,h1,d\nb,postgres,h2,d\n'
  await plan(text)
  const where = { workspaceId: workspace.id, event: 'connection.created' }
  expect(await db().auditEvent.count({ where })).toBe(0)
  await run(text)
  expect(await db().auditEvent.count({ where })).toBe(2)
})

test('validate_only says what an import would do, and does none of it', async () => {
  const old = 'name,type,host,database\na,postgres,h1,d\n'
  await run(old)
  const before = await list()
  const text = `${old.replace('h1', 'h2')}b,postgres,h3,d\nc,nothing,h4,d\n`
  const { status, body } = await call('/api/connections/import?validate_only=true', { text })
  expect([status, body]).toEqual([200, { created: 1, updated: 1, unchanged: 0, skipped: 0, failed: 1 }])
  expect(await list()).toEqual(before)
})

test('the events of an import carry the number of its call', async () => {
  const answer = await call('/api/connections/import', { text: 'name,type,host,database\na,postgres,h1,d\n' })
  const where = { workspaceId: workspace.id, event: 'connection.created' }
  const events = await db().auditEvent.findMany({ where, select: { requestId: true } })
  expect(events).toEqual([{ requestId: answer.headers.get('x-request-id') }])
})
