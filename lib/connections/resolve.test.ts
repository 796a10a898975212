import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeKey, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import type { Ticket } from '#lib/engine/protocol'

const api = useApi()
useEngine()
let workspace: TestWorkspace
let made = 0

beforeAll(async () => {
  workspace = await makeWorkspace()
})

interface Options {
  environment?: string | null
  credential?: Record<string, unknown>
}

const create = async ({ environment = 'dev', ...rest }: Options = {}) => {
  const conn_id = `resolved-${++made}`
  const config = { host: 'db.example.com', database: 'my/db', ssl_mode: 'require' }
  const credential = { config: { username: 'etl', password: `pä$$:/?#[]@${made}` } }
  const body = { conn_id, type: 'postgres', environment, config, credential, ...rest }
  const answer = await api.call('POST', '/api/connections', { as: workspace.people.owner, body })
  expect([answer.status, answer.text]).toEqual([201, expect.anything()])
  return { ref: conn_id, id: String(answer.body.data.id), credentialId: String(answer.body.data.credential_id) }
}

const keyFor = async (reach: { environments?: string[]; connections?: string[] }) => {
  const body = { name: `runner ${++made}`, scopes: ['connections:read', 'connections:resolve'], ...reach }
  return api.call('POST', '/api/api-keys', { as: workspace.people.owner, by: 'cookie', body })
}
const runner = async (reach: { environments?: string[]; connections?: string[] }) => ({
  key: String((await keyFor(reach)).body.data.key),
})
/** What a web process that was taken over would send. */
const forged = (keyId: string, more: Partial<Ticket> = {}): Ticket => ({
  event: 'connection.resolved',
  request_id: `req_forged_${++made}`,
  permission: 'connections:resolve',
  actor: {
    kind: 'api_key',
    id: keyId,
    name: 'forged',
    workspace_id: workspace.id,
    organization_id: workspace.organizationId,
    may_bind: true,
  },
  ...more,
})
const resolve = (ref: string, as: { key: string }, body: object = {}) =>
  api.call('POST', `/api/connections/${ref}/resolve`, { as, body })
const events = (id: string) =>
  db().auditEvent.findMany({
    where: { targetId: id, event: 'connection.resolved' },
    orderBy: { id: 'asc' },
    select: { outcome: true, actorKind: true, details: true },
  })

describe('a key that may resolve', () => {
  let key: { key: string }
  beforeEach(async () => {
    key = await runner({ environments: ['dev'] })
  })

  it('receives the URI and the fields, and the trail says so', async () => {
    const { ref, id, credentialId } = await create()
    const { status, body } = await resolve(ref, key)
    expect(status).toBe(200)
    const { password } = body.data.fields
    expect(body.data).toMatchObject({
      conn_id: ref,
      type: 'postgres',
      format: 'uri',
      fields: { host: 'db.example.com', port: 5432, database: 'my/db', username: 'etl', ssl_mode: 'require' },
      expires_at: null,
    })
    const url = new URL(body.data.uri)
    expect([url.host, url.pathname, decodeURIComponent(url.username), decodeURIComponent(url.password)]).toEqual([
      'db.example.com:5432',
      '/my%2Fdb',
      'etl',
      password,
    ])
    expect(password).toMatch(/^pä\$\$/)
    expect(await events(id)).toMatchObject([
      { outcome: 'success', actorKind: 'api_key', details: { capability: 'resolve', credential_id: credentialId } },
    ])
  })

  it('has every dialect of the connector, and says which there are for one it does not know', async () => {
    const { ref } = await create()
    for (const format of ['uri', 'jdbc', 'sqlalchemy', 'libpq', 'odbc', 'airflow', 'dbt', 'prisma', 'env']) {
      const { status, body } = await resolve(ref, key, { format })
      expect([format, status, typeof body.data?.[format]]).toEqual([format, 200, 'string'])
    }
    expect((await resolve(ref, key, { format: 'fields' })).body.data.uri).toBeUndefined()
    const wrong = await resolve(ref, key, { format: 'toml' })
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/format'])
  })

  it('learns when a temporary credential ends', async () => {
    const { ref, credentialId } = await create()
    const ends = new Date(Date.now() + 3_600_000)
    await db().credential.update({ where: { id: credentialId }, data: { expiresAt: ends } })
    expect((await resolve(ref, key)).body.data.expires_at).toBe(ends.toISOString())
  })

  it('gets nothing while the trail cannot be written', async () => {
    const { ref } = await create()
    await api.database.asSuperuser('revoke insert on audit_events from jackfield_app')
    try {
      const { status, text } = await resolve(ref, key)
      expect(status).toBe(503)
      expect(text).not.toContain('pä$$')
    } finally {
      await api.database.asSuperuser('grant insert on audit_events to jackfield_app')
    }
    expect((await resolve(ref, key)).status).toBe(200)
  })

  it('never has its answer kept for a repeated call', async () => {
    const { ref } = await create()
    const headers = { 'idempotency-key': `once-${made}` }
    expect((await api.call('POST', `/api/connections/${ref}/resolve`, { as: key, body: {}, headers })).status).toBe(200)
    const kept = await db().$queryRaw<unknown[]>`select 1 from idempotent_answers where text like '%db.example.com%'`
    expect(kept).toEqual([])
  })
})

describe('nobody else', () => {
  it('a session never receives a stored secret, whatever the role', async () => {
    const { ref, id } = await create()
    const session = await api.call('POST', `/api/connections/${ref}/resolve`, {
      as: workspace.people.owner,
      by: 'cookie',
      body: {},
    })
    expect([session.status, session.body.code]).toEqual([403, 'forbidden'])
    const { userId } = workspace.people.owner
    const where = { actorId: userId, event: 'connection.resolved' }
    expect(await db().auditEvent.findMany({ where, select: { outcome: true } })).toEqual([{ outcome: 'denied' }])
    expect(await events(id)).toEqual([])
  })

  it('a key without the scope, of a role without the permission, revoked, or of another workspace', async () => {
    const { ref } = await create()
    const elsewhere = await makeWorkspace()
    const other = await makeKey(elsewhere, { role: 'owner', environments: ['dev'] })
    const blind = await makeKey(workspace, { role: 'owner', scopes: ['connections:read', 'connections:test'] })
    const builder = await makeKey(workspace, { role: 'builder', environments: ['dev'] })
    const revoked = await makeKey(workspace, { role: 'runner', environments: ['dev'], revokedAt: new Date() })
    expect((await resolve(ref, other)).status).toBe(404)
    expect((await resolve(ref, blind)).status).toBe(403)
    expect((await resolve(ref, builder)).status).toBe(403)
    expect((await resolve(ref, revoked)).status).toBe(401)
  })

  it('the engine asks for the key itself: a caller that only says who it is gets nothing', async () => {
    const { id } = await create()
    const { resolveSecret } = await import('#lib/engine/client')
    const stored = await makeKey(workspace, { role: 'runner', environments: ['dev'] })
    const ticket = forged(stored.id)
    const ask = (key: string) => resolveSecret({ ticket, connection_id: id, format: 'uri', key })
    await expect(ask('')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(ask(workspace.people.runner.key)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await ask(stored.key)).value).toContain('postgresql://')
  })

  it('the engine looks for the scope itself, whatever the caller says is being done, and records what was done', async () => {
    const { id } = await create()
    const { resolveSecret } = await import('#lib/engine/client')
    const asTest = { permission: 'connections:test', event: 'connection.tested' } as const
    const blind = await makeKey(workspace, { role: 'owner', scopes: ['connections:test'], environments: ['dev'] })
    for (const more of [asTest, { permission: undefined }]) {
      const request = { ticket: forged(blind.id, more), connection_id: id, format: 'uri' as const, key: blind.key }
      await expect(resolveSecret(request)).rejects.toMatchObject({ code: 'forbidden' })
    }
    const runner = await makeKey(workspace, { role: 'runner', environments: ['dev'] })
    const ticket = forged(runner.id, asTest)
    await resolveSecret({ ticket, connection_id: id, format: 'uri', key: runner.key })
    expect((await events(id)).map(({ outcome }) => outcome)).toEqual(['denied', 'denied', 'success'])
  })
})

describe('the reach of a key', () => {
  it('a key for dev never resolves, tests or even sees what is in production', async () => {
    const prod = await create({ environment: 'prod' })
    const none = await create({ environment: null })
    const dev = await create()
    const key = await runner({ environments: ['dev'] })
    expect((await resolve(prod.ref, key)).status).toBe(404)
    expect((await resolve(prod.id, key)).status).toBe(404)
    expect((await resolve(none.ref, key)).status).toBe(404)
    expect((await resolve(dev.ref, key)).status).toBe(200)
    expect((await api.call('GET', `/api/connections/${prod.ref}`, { as: key })).status).toBe(404)
    const { body } = await api.call('GET', '/api/connections?limit=200', { as: key })
    const seen = body.data.map((row: { environment: string }) => row.environment)
    expect([...new Set(seen)]).toEqual(['dev'])
  })

  it('holds for searches, numbers of the tabs and what can be filtered by', async () => {
    const place = await makeWorkspace()
    for (const [conn_id, environment] of [
      ['shop-prod', 'prod'],
      ['shop-dev', 'dev'],
    ]) {
      const body = { conn_id, environment, type: 'postgres', config: { host: 'h', database: 'd' } }
      expect((await api.call('POST', '/api/connections', { as: place.people.owner, body })).status).toBe(201)
    }
    const key = await makeKey(place, { role: 'owner', environments: ['dev'], scopes: ['connections:read'] })
    for (const query of [
      '',
      '?q=shop',
      '?q=postgres',
      '?q=shpo',
      '?q=shop-prod',
      '?sort=-updated_at',
      '?role=source',
    ]) {
      const { status, body } = await api.call('GET', `/api/connections${query}`, { as: key })
      const ids = body.data.map(({ conn_id }: { conn_id: string }) => conn_id)
      const expected = query === '?q=shop-prod' ? [] : ['shop-dev']
      expect([query, status, ids.filter((id: string) => id !== 'shop-dev')]).toEqual([query, 200, []])
      if (query !== '?q=shop-prod') expect([query, ids, body.meta.counts.all]).toEqual([query, expected, 1])
    }
    // What is spelled so out of its reach is a slip of the pen to this key.
    const body = { conn_id: 'shpo-two', environment: 'prod', type: 'postgres', config: { host: 'h', database: 'd' } }
    expect((await api.call('POST', '/api/connections', { as: place.people.owner, body })).status).toBe(201)
    const meant = await api.call('GET', '/api/connections?q=shpo', { as: key })
    expect(meant.body.data.map(({ conn_id }: { conn_id: string }) => conn_id)).toEqual(['shop-dev'])
    const facets = await api.call('GET', '/api/connections/facets', { as: key })
    expect(facets.body.data.environments).toEqual([{ value: 'dev', count: 1 }])
  })

  it('is looked at again by the engine: a connection that moved to production meanwhile is out of reach', async () => {
    const { id } = await create()
    const key = await runner({ environments: ['dev'] })
    const [stored] = await db().apiKey.findMany({
      where: { workspaceId: workspace.id },
      orderBy: { id: 'desc' },
      take: 1,
    })
    const { resolveSecret } = await import('#lib/engine/client')
    await db().connection.update({ where: { id }, data: { environment: 'prod' } })
    const ticket = forged(String(stored?.id))
    await expect(resolveSecret({ ticket, connection_id: id, format: 'uri', key: key.key })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('a production credential on a development connection is out of reach too', async () => {
    const { ref, credentialId } = await create()
    await db().credential.update({ where: { id: credentialId }, data: { environment: 'prod' } })
    const answer = await resolve(ref, await runner({ environments: ['dev'] }))
    expect([answer.status >= 400, answer.text.includes('pä$$')]).toEqual([true, false])
    expect((await resolve(ref, await runner({ environments: ['dev', 'prod'] }))).status).toBe(200)
  })

  it('names single connections, which still have to be in its environments', async () => {
    const [one, other] = [await create(), await create()]
    const key = await runner({ connections: [one.ref] })
    expect((await resolve(one.ref, key)).status).toBe(200)
    expect((await resolve(other.ref, key)).status).toBe(404)
    const body = { conn_id: `${one.ref}-renamed` }
    const renamed = await api.call('PATCH', `/api/connections/${one.ref}`, { as: workspace.people.owner, body })
    expect(renamed.status).toBe(200)
    expect((await resolve(one.ref, await runner({ connections: [one.ref] }))).status).toBe(200)
    const both = await runner({ connections: [one.id], environments: ['prod'] })
    expect((await resolve(one.ref, both)).status).toBe(404)
  })

  it('has to be given to a key that resolves, and keeps a key from what would widen it', async () => {
    const unlimited = await keyFor({})
    expect([unlimited.status, unlimited.body.errors[0].pointer]).toEqual([400, '/environments'])
    const body = {
      name: `wide ${++made}`,
      scopes: ['connections:resolve', 'connections:write', 'credentials:attach'],
      environments: ['dev'],
    }
    const wide = await api.call('POST', '/api/api-keys', { as: workspace.people.owner, by: 'cookie', body })
    expect(wide.status).toBe(400)
    expect(wide.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/scopes/1', '/scopes/2'])
    const curious = {
      ...body,
      scopes: ['connections:read', 'audit:read', 'api-keys:read', 'members:read', 'keys:read'],
    }
    const refused = await api.call('POST', '/api/api-keys', { as: workspace.people.owner, by: 'cookie', body: curious })
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      [1, 2, 3, 4].map((i) => `/scopes/${i}`),
    )
    const unknown = await keyFor({ connections: ['nothing-like-this'] })
    expect([unknown.status, unknown.body.errors[0].pointer]).toEqual([400, '/connections/0'])
  })
})
