import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Certificates, makeCertificates } from '../_tls/testing/certificates.ts'
import type { HttpTarget } from './target.ts'
import { type Api, secrets, startApi } from './testing/api.ts'
import { type RunOptions, runTest } from './testing/run.ts'
import { clientSecret, startTokens } from './testing/tokens.ts'

type Credential = NonNullable<HttpTarget['credential']>

let api: Api
let tokens: Awaited<ReturnType<typeof startTokens>>
beforeAll(async () => {
  tokens = await startTokens()
  api = await startApi({ isToken: async (token) => (await tokens.scopeOf(token)) !== undefined })
})
afterAll(() => {
  api?.stop()
  tokens?.stop()
})

const test = (test_path: string, rest: Partial<RunOptions> & { over?: object } = {}) =>
  runTest({ ...rest, config: { base_url: api.origin, test_path, ...rest.over } })

const basic: Credential = { kind: 'password.basic', username: 'svc', password: secrets.password }
const header: Credential = { kind: 'api_key.key', placement: 'header', name: 'X-Api-Key', api_key: secrets.key }
const query: Credential = { kind: 'api_key.key', placement: 'query', name: 'api_key', api_key: secrets.key }
const token: Credential = { kind: 'api_key.bearer', token: secrets.token }
const prefixed: Credential = {
  kind: 'api_key.key',
  placement: 'header',
  name: 'Authorization',
  prefix: 'Bearer',
  api_key: secrets.token,
}
const parts: Credential = {
  kind: 'api_key.parts',
  headers: JSON.stringify({ 'X-App': secrets.part }),
  query: JSON.stringify({ tok: secrets.key }),
}
const oauth = (over: Partial<Extract<Credential, { kind: 'oauth.client' }>> = {}): Credential => ({
  kind: 'oauth.client',
  client_id: 'svc',
  client_secret: clientSecret,
  client_auth: 'basic',
  token_url: tokens.tokenUrl,
  ...over,
})

describe('a login', () => {
  it.each([
    ['none', '/open', (): Credential | undefined => undefined],
    ['basic authentication', '/basic', () => basic],
    ['a bearer token', '/bearer', () => token],
    ['a key with a prefix', '/bearer', () => prefixed],
    ['a key in a header', '/header', () => header],
    ['a key in the query', '/query', () => query],
    ['several parts', '/parts', () => parts],
    ['an OAuth client by header', '/oauth', () => oauth({ scopes: ['read'] })],
    ['an OAuth client by body', '/oauth', () => oauth({ client_id: 'svc-post', client_auth: 'post' })],
  ] as const)('of %s is accepted, and is what makes the difference', async (_, path, credentialOf) => {
    const credential = credentialOf()
    const good = await test(path, { credential })
    expect(good).toMatchObject({ success: true, message: 'Connected successfully (http)', cause: null })
    if (!credential) return
    const without = await test(path)
    expect(without.cause).toMatchObject({ code: 'http.login_missing', field: '/credential', stage: 'request' })
  })

  it('passes every stage in order, and a token is fetched before the request', async () => {
    const { stages, latency_ms } = await test('/oauth', { credential: oauth({ scopes: ['read', 'write'] }) })
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'tls warning',
      'authenticate passed',
      'request passed',
    ])
    expect(stages[3]?.evidence).toMatchObject({ scope: 'read write', expires_in: 600 })
    expect(latency_ms).toBeGreaterThan(0)
  })

  it.each([
    ['basic', { ...basic, password: 'wrong' }, '/basic', '/credential/password', /asks for “Basic”/],
    ['bearer', { ...token, token: 'wrong' }, '/bearer', '/credential/token', /asks for “Bearer”/],
    ['key', { ...header, api_key: 'wrong' }, '/header', '/credential/api_key', /asks for “ApiKey”/],
    ['parts', { ...parts, query: undefined }, '/parts', '/credential/headers', /asks for “Parts”/],
  ] as const)(
    'of the kind %s that is wrong is named at its field, with what the API asks for',
    async (_, credential, path, field, sentence) => {
      const { cause } = await test(path, { credential: credential as never })
      expect(cause).toMatchObject({ code: 'http.unauthorized', field, sentence: expect.stringMatching(sentence) })
      expect(cause?.sentence).not.toContain('the realm')
    },
  )

  it.each([
    ['a wrong secret', { client_secret: 'wrong' }, 'oauth.invalid_client', '/credential/client_secret'],
    ['an unknown client', { client_id: 'nobody' }, 'oauth.invalid_client', '/credential/client_secret'],
    [
      'an unknown scope',
      { client_id: 'svc-post', client_auth: 'post', scopes: ['write'] },
      'oauth.invalid_scope',
      '/credential/scopes',
    ],
    // oidc-provider says invalid_request where others say unauthorized_client.
    ['a client without the grant', { client_id: 'people-only' }, 'oauth.refused', '/credential/token_url'],
    [
      'a token URL that is a page',
      { token_url: () => `${api.origin}/login` },
      'oauth.no_token',
      '/credential/token_url',
    ],
    [
      'a token URL that is not there',
      { token_url: 'http://127.0.0.1:1/token' },
      'oauth.unreachable',
      '/credential/token_url',
    ],
    [
      'a token URL that redirects',
      { token_url: () => `${api.origin}/here` },
      'oauth.no_token',
      '/credential/token_url',
    ],
    ['no secret', { client_secret: '' }, 'auth.incomplete', '/credential/client_secret'],
  ] as const)('of an OAuth client fails with its own cause for %s', async (_, over, code, field) => {
    const given = Object.fromEntries(
      Object.entries(over).map(([name, value]) => [name, typeof value === 'function' ? value() : value]),
    )
    const { cause, stages } = await test('/oauth', { credential: oauth(given) })
    expect(cause).toMatchObject({ code, field, stage: 'authenticate' })
    expect(stages.at(-1)).toMatchObject({ name: 'authenticate', status: 'failed' })
  })
})

describe('an answer that is no success', () => {
  it.each([
    ['/forbidden', {}, 'http.forbidden', '/credential/token'],
    ['/missing', {}, 'http.not_found', '/config/test_path'],
    ['/limited', {}, 'http.rate_limited', '/config/requests_per_second'],
    ['/broken', {}, 'http.server_error', null],
    ['/teapot', {}, 'http.unexpected_status', '/config/test_status'],
    ['/login', {}, 'http.login_page', '/config/base_url'],
    ['/page-html', { test_json_path: '$.user' }, 'http.not_json', '/config/test_path'],
    ['/text', { test_json_path: '$.user' }, 'http.not_json', '/config/test_path'],
    ['/open', { test_json_path: '$.user.name' }, 'http.path_missing', '/config/test_json_path'],
    ['/open', { test_status: 201 }, 'http.unexpected_status', '/config/test_status'],
    ['/circle', {}, 'http.redirect_loop', '/config/base_url'],
    ['/here', { redirects: 'none' }, 'http.redirect_refused', '/config/redirects'],
  ] as const)('from %s with %o is %s', async (path, over, code, field) => {
    const { success, cause, stages } = await test(path, { over, credential: token })
    expect({ success, code: cause?.code, field: cause?.field }).toEqual({ success: false, code, field })
    expect(stages.at(-1)).toMatchObject({ name: 'request', status: 'failed' })
    expect(cause?.sentence).toMatch(/^[A-Z].*\.$/s)
  })
  it('says how long the API asks to wait', async () =>
    expect((await test('/limited')).cause?.sentence).toContain('70 seconds'))
  it.each([
    [{ test_status: 418 }, '/teapot'],
    [{ test_json_path: 'user.id' }, '/open'],
    [{}, '/here'],
    [{ redirects: 'none', test_status: 302 }, '/here'],
    [{ test_method: 'HEAD' }, '/open'],
  ] as const)('unless %o says so', async (over, path) => expect((await test(path, { over })).success).toBe(true))
  it('warns of a page where data should be', async () => {
    const { success, stages } = await test('/page-html')
    expect([success, stages.at(-1)?.status]).toEqual([true, 'warning'])
  })
  it('sends the body of a POST as JSON', async () => {
    await test('/open', { over: { test_method: 'POST', test_body: '{"a":"ü"}' } })
    expect(api.heard.at(-1)).toMatchObject({
      method: 'POST',
      body: '{"a":"ü"}',
      headers: { 'content-type': 'application/json', 'content-length': '10' },
    })
  })
})

describe('the way there', () => {
  it.each([
    ['a closed port', 'http://127.0.0.1:1', 'tcp.refused', 'tcp'],
    ['an unknown host', 'https://nowhere.invalid', 'dns.not_found', 'dns'],
    ['a refused address', 'http://169.254.169.254', 'dns.refused_by_policy', 'dns'],
    ['https where http is spoken', () => api.origin.replace('http:', 'https:'), 'http.not_tls', 'tls'],
  ] as const)('to %s is named', async (_, base, code, stage) => {
    const base_url = typeof base === 'string' ? base : base()
    const { cause } = await runTest({ config: { base_url } })
    expect(cause).toMatchObject({ code, stage, field: '/config/base_url' })
  })
})

describe('a server’s certificate', () => {
  let all: Certificates
  const servers: Api[] = []
  beforeAll(() => {
    all = makeCertificates()
  })
  afterAll(() => {
    for (const server of servers) server.stop()
  })
  it.each([
    ['good', 'verify-full', true, 'passed'],
    ['wrongName', 'verify-full', true, 'tls.name_mismatch'],
    ['otherCa', 'verify-full', true, 'tls.untrusted'],
    ['expired', 'verify-full', true, 'tls.expired'],
    ['selfSigned', 'verify-full', true, 'tls.self_signed'],
    ['good', 'verify-full', false, 'tls.untrusted'],
    ['wrongName', 'require', true, 'passed'],
    ['otherCa', 'require', true, 'tls.untrusted'],
    ['selfSigned', 'require', false, 'warning'],
  ] as const)(
    '%s with %s (own authority: %s) ends as %s, and a secret is sent only where it passes',
    async (which, ssl_mode, own, expected) => {
      const server = await startApi({ tls: all[which] })
      servers.push(server)
      const config = {
        base_url: server.origin,
        test_path: '/bearer',
        ssl_mode,
        ...(own && { ssl_root_cert: all.authority }),
      }
      const { cause, stages } = await runTest({ config, credential: token })
      const tls = stages.find(({ name }) => name === 'tls')
      expect(cause?.code ?? tls?.status).toBe(expected)
      expect(server.heard.length).toBe(cause ? 0 : 1)
    },
  )
})
