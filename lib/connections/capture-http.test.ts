import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type CallOptions, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { makeCertificates } from '#lib/connectors/_tls/testing/certificates'
import { type Api, json, startApi } from '#lib/connectors/http/testing/api'
import { clientSecret, startTokens } from '#lib/connectors/http/testing/tokens'
import { db } from '#lib/db/client'

/*
 * AUTHZ-3 and CONN-13 from the attacker's side, for secrets of APIs: he may edit connections, press Test and Preview, and
 * at the end write into the database. He has an HTTP server of his own that answers everything and keeps what it is sent.
 */

const api = useApi()
useEngine()

const canary = 'api-canary-51c0ffee'
let workspace: TestWorkspace
let people: TestWorkspace['people']
let trap: Api
let victimApi: Api
let tokens: Awaited<ReturnType<typeof startTokens>>

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  trap = await startApi({ extra: (_, __, response) => json(response, { access_token: 'x', token_type: 'Bearer' }) })
  tokens = await startTokens()
  victimApi = await startApi({
    isToken: async (token) => (await tokens.scopeOf(token)) !== undefined,
    extra: ({ pathname }, _, response) => {
      if (pathname === '/away') return response.writeHead(307, { location: `${trap.origin}/` }).end()
      return json(response, { data: [1], next: `${trap.origin}/next` }, 200, {
        link: `<${trap.origin}/next>; rel="next"`,
      })
    },
  })
})
afterAll(() => {
  trap?.stop()
  victimApi?.stop()
  tokens?.stop()
})

type As = CallOptions['as']
const send = (method: string, url: string, body?: unknown, as: As = people.builder) =>
  api.call(method, url, { as, ...(body !== undefined && { body }) })

const oauth = () => ({
  kind: 'oauth.client',
  config: { client_id: 'svc', client_secret: clientSecret, token_url: tokens.tokenUrl },
})
const bearer = { kind: 'api_key.bearer', config: { token: canary } }
const keyed = { kind: 'api_key.key', config: { name: 'X-Key', api_key: canary } }

let made = 0
interface Victim {
  id: string
  conn_id: string
  credential_id: string
}
const victim = async (credential: object = bearer, config: object = {}): Promise<Victim> => {
  const conn_id = `api-${++made}`
  const body = {
    conn_id,
    type: 'http',
    config: { base_url: victimApi.origin, test_path: '/open', ...config },
    credential,
  }
  const answer = await send('POST', '/api/connections', body, people.owner)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data
}

/** Every button that opens a secret, pressed by everybody who has one. */
const press = async (ref: string) => {
  for (const as of [people.builder, people.runner, people.owner]) {
    await send('POST', `/api/connections/${ref}/test`, {}, as)
    await send('POST', `/api/connections/${ref}/pages`, { path: '/list' }, as)
  }
}
const draft = async (body: object, as?: As) => {
  for (const end of ['test', 'pages']) await send('POST', `/api/connections/${end}`, { type: 'http', ...body }, as)
}
const each = async (attempt: (of: Victim) => Promise<unknown>) => {
  for (const credential of [bearer, keyed, oauth()]) {
    const of = await victim(credential)
    await attempt(of)
    await press(of.conn_id)
  }
}
const edit =
  (change: () => object, method = 'PATCH') =>
  () =>
    each(({ conn_id }) => send(method, `/api/connections/${conn_id}`, change()))
const there = () => ({ base_url: trap.origin, test_path: '/open' })

/** The secret is an OAuth client's, and somebody points it at another place to be exchanged. */
const exchanged = (attempt: (of: Victim) => Promise<unknown>) => async () => {
  const of = await victim(oauth(), { test_path: '/oauth' })
  await attempt(of)
  await press(of.conn_id)
}
const tokenUrl = () => ({ kind: 'oauth.client', config: { token_url: `${trap.origin}/token` } })

const ways: Record<string, () => Promise<unknown>> = {
  'PATCH of the base URL': edit(() => ({ config: { base_url: trap.origin } })),
  'PATCH of the base URL in the flat body': edit(() => ({ host: trap.origin })),
  'PATCH of the base URL under another name of the host': edit(() => ({
    config: { base_url: `http://localhost:${trap.port}` },
  })),
  'PATCH with the old address as a login': edit(() => ({
    config: { base_url: `${victimApi.origin}@127.0.0.1:${trap.port}` },
  })),
  'PATCH with a backslash after the old address': edit(() => ({
    config: { base_url: `http://127.0.0.1:${trap.port}\\@${new URL(victimApi.origin).host}` },
  })),
  'PATCH of the path of the test to another address': edit(() => ({ config: { test_path: `${trap.origin}/x` } })),
  'PATCH of the path of the test to what ends the host': edit(() => ({
    config: { test_path: `@127.0.0.1:${trap.port}/` },
  })),
  'PATCH of the path of the test to a redirect': edit(() => ({ config: { test_path: '/away' } })),
  'PATCH of the headers to another host': edit(() => ({
    config: { request_headers: { Host: `127.0.0.1:${trap.port}`, 'X-A': `a\r\nHost: 127.0.0.1:${trap.port}` } },
  })),
  'PATCH of pagination to what leads elsewhere': async () => {
    for (const pagination of [{ mode: 'link' }, { mode: 'next_url', next_path: '$.next', items_path: '$.data' }])
      await edit(() => ({ config: { pagination } }))()
  },
  'PUT of everything': edit(() => ({ name: `n${++made}`, config: there() }), 'PUT'),
  'settings that are not saved': () =>
    each(async ({ conn_id, credential_id }) => {
      await draft({ config: there(), connection_ref: conn_id })
      await draft({ config: there(), credential_id })
      await draft({ config: there(), connection_ref: conn_id }, people.runner)
    }),
  'a key moved into the query of another address': async () => {
    const { conn_id } = await victim(keyed)
    const credential = { kind: 'api_key.key', config: { placement: 'query', name: 'key' } }
    await draft({ config: there(), connection_ref: conn_id, credential })
    await send('PATCH', `/api/connections/${conn_id}`, { config: there(), credential }, people.integrator)
    await press(conn_id)
  },
  'another token URL on the connection’s form': exchanged(({ conn_id }) =>
    send('PATCH', `/api/connections/${conn_id}`, { credential: tokenUrl() }, people.integrator),
  ),
  'another token URL and another scope': exchanged(({ conn_id }) =>
    send(
      'PATCH',
      `/api/connections/${conn_id}`,
      {
        credential: {
          kind: 'oauth.client',
          config: { ...tokenUrl().config, scopes: ['read'], client_secret: '********' },
        },
      },
      people.integrator,
    ),
  ),
  'another token URL with settings that are not saved': exchanged(async ({ conn_id }) => {
    const config = { base_url: victimApi.origin, test_path: '/oauth' }
    for (const as of [people.builder, people.integrator, people.owner])
      await draft({ config, connection_ref: conn_id, credential: tokenUrl() }, as)
  }),
  'another token URL at the credential': exchanged(async ({ credential_id }) => {
    for (const as of [people.builder, people.integrator])
      await send('PUT', `/api/credentials/${credential_id}`, { config: tokenUrl().config }, as)
  }),
  'a token URL at the API, which sends it on': exchanged(async ({ conn_id }) => {
    const credential = { kind: 'oauth.client', config: { token_url: `${victimApi.origin}/away` } }
    await send('PATCH', `/api/connections/${conn_id}`, { credential }, people.integrator)
  }),
  'another token URL in the database': exchanged(
    ({ credential_id }) =>
      db()
        .$executeRaw`update credentials set config = config || ${JSON.stringify(tokenUrl().config)}::jsonb where id = ${credential_id}`,
  ),
  'another token URL in the database, and what the secret says it is sealed to': exchanged(
    async ({ credential_id }) => {
      await db()
        .$executeRaw`update credentials set config = config || ${JSON.stringify(tokenUrl().config)}::jsonb where id = ${credential_id}`
      await db()
        .$executeRaw`update credential_versions set sealed_to = replace(sealed_to, ${tokens.tokenUrl}, ${`${trap.origin}/token`}) where credential_id = ${credential_id}`
    },
  ),
  'another base URL in the database': () =>
    each(
      ({ id }) =>
        db().$executeRaw`update connections set config = config || ${JSON.stringify(there())}::jsonb where id = ${id}`,
    ),
  'a client that was never used, attached where its token would go': async () => {
    const { config } = oauth()
    const body = { name: `unused ${++made}`, type: 'oauth', kind: 'oauth.client', config }
    const { id } = (await send('POST', '/api/credentials', body, people.owner)).body.data
    await draft({ config: there(), credential_id: id })
    const conn_id = `own-${++made}`
    await send('POST', '/api/connections', { conn_id, type: 'http', config: there(), credential_id: id })
    await send('POST', `/api/connections/${conn_id}/test`, {})
  },
}

const heardOf = (secret: string): boolean => JSON.stringify(trap.heard).includes(secret)

test('a secret that is typed for an address does arrive there, so the trap works', async () => {
  await draft(
    { config: there(), credential: { kind: 'api_key.bearer', config: { token: 'typed for it' } } },
    people.owner,
  )
  expect(heardOf('typed for it')).toBe(true)
  trap.heard.splice(0)
  const credential = { ...oauth(), config: { ...oauth().config, token_url: `${trap.origin}/token` } }
  await draft({ config: there(), credential }, people.owner)
  expect(trap.heard.some(({ url, body }) => url === '/token' && body.includes('client_credentials'))).toBe(true)
})

test('a connection of a victim works as it is, with every kind of login', async () => {
  for (const [credential, test_path] of [
    [bearer, '/open'],
    [oauth(), '/oauth'],
  ] as const) {
    const { conn_id } = await victim(credential, { test_path })
    expect((await send('POST', `/api/connections/${conn_id}/test`, {})).body).toMatchObject({ success: true })
  }
})

test.each(Object.entries(ways))('%s hands no stored secret over', async (_, attempt) => {
  trap.heard.splice(0)
  await attempt()
  const logins = trap.heard.filter(
    ({ url, headers }) => url.startsWith('/token') || headers.authorization || headers['x-key'],
  )
  expect(logins).toEqual([])
  for (const secret of [canary, encodeURIComponent(canary), clientSecret]) expect(heardOf(secret)).toBe(false)
})

test('a certificate that is not checked any more, or by another authority, is another destination', async () => {
  const { authority, otherAuthority } = makeCertificates()
  const base_url = 'https://api.example.com'
  const { conn_id } = await victim(bearer, { base_url, ssl_root_cert: authority })
  for (const config of [
    { ssl_mode: 'require', ssl_root_cert: null },
    { ssl_mode: 'require' },
    { ssl_root_cert: otherAuthority },
    { base_url: 'http://api.example.com:443' },
  ]) {
    const { status, body } = await send('PATCH', `/api/connections/${conn_id}`, { config })
    expect([config, status, body.code]).toEqual([config, 403, 'destination_changed'])
  }
})

test('where a kept secret is exchanged is changed by those who may bind it, and the trail says so', async () => {
  const { conn_id } = await victim(oauth(), { test_path: '/oauth' })
  const credential = { kind: 'oauth.client', config: { token_url: `${tokens.tokenUrl}?v=2` } }
  const refused = await send('PATCH', `/api/connections/${conn_id}`, { credential }, people.integrator)
  expect([refused.status, refused.body.code]).toEqual([403, 'destination_changed'])
  const done = await send('PATCH', `/api/connections/${conn_id}`, { credential }, people.owner)
  expect([done.status, done.text]).toEqual([200, expect.any(String)])
  const event = await db().auditEvent.findFirst({
    where: { event: 'credential.bound', workspaceId: workspace.id },
    orderBy: { id: 'desc' },
  })
  expect(event?.details).toMatchObject({ from: tokens.tokenUrl, to: `${tokens.tokenUrl}?v=2` })
  expect((await send('POST', `/api/connections/${conn_id}/test`, {})).body).toMatchObject({ success: true })
})
