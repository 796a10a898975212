import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'

const api = useApi()
useEngine()

describe.skipIf(!hasMariaDb)('a MariaDB by API, through engine and runner', () => {
  let workspace: TestWorkspace
  let server: MariaDb
  const secret = 'etl-pass-canary'
  beforeAll(async () => {
    workspace = await makeWorkspace()
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.`or``ders` (id int PRIMARY KEY)',
      `CREATE USER etl@'127.0.0.1' IDENTIFIED BY '${secret}'`,
      "GRANT SELECT ON shop.* TO etl@'127.0.0.1'",
    )
  }, 60_000)
  afterAll(() => server?.stop())
  const send = (method: string, url: string, body?: object) =>
    api.call(method, url, { as: workspace.people.owner, ...(body && { body }) })

  it('is made from the flat body, tested and read', async () => {
    const flat = { type: 'mysql', host: '127.0.0.1', port: server.port, schema: 'shop', login: 'etl', password: secret }
    const made = await send('POST', '/api/connections', {
      conn_id: 'web-shop',
      ...flat,
      extra: { ssl_mode: 'disable' },
    })
    expect(made.status, made.text).toBe(201)
    expect(made.body.data).toMatchObject({ type: 'mysql', schema: 'shop', login: 'etl', password: '********' })
    // The flat body has no word for TLS, so the strictest mode holds; this server has none.
    const first = await send('POST', '/api/connections/web-shop/test', {})
    expect(first.body).toMatchObject({
      success: false,
      cause: { code: 'tls.not_supported', field: '/config/ssl_mode' },
    })
    const config = { ...made.body.data.config, ssl_mode: 'disable' }
    expect((await send('PATCH', '/api/connections/web-shop', { config })).status).toBe(200)
    expect((await send('POST', '/api/connections/web-shop/test', {})).body).toMatchObject({
      success: true,
      message: 'Connected successfully (mysql2)',
    })
    const schemas = await send('GET', '/api/data-sources/web-shop/schemas')
    expect(schemas.body.data).toMatchObject([{ name: 'shop', relations: 1 }])
    const tables = await send('GET', '/api/data-sources/web-shop/tables?schema=shop')
    expect(tables.body.data).toMatchObject([{ schema: 'shop', name: 'or`ders', kind: 'table' }])
    expect(made.text + schemas.text + tables.text).not.toContain(secret)
  })
  it('says in a test of a draft what is wrong, and where', async () => {
    const config = { host: '127.0.0.1', port: server.port, database: 'shop', ssl_mode: 'disable' }
    const credential = { config: { username: 'etl', password: 'wrong' } }
    const { body } = await send('POST', '/api/connections/test', { type: 'mysql', config, credential })
    expect(body).toMatchObject({
      success: false,
      cause: { code: 'auth.password_rejected', field: '/credential/password' },
    })
  })
})
