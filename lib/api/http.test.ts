import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { operation, streamOperation } from '#lib/core/operation'
import { db } from '#lib/db/client'
import { http } from './http.ts'
import { problemOf } from './problem.ts'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from './testing/install.ts'
import { collectLog } from './testing/log.ts'

const api = useApi()
let workspace: TestWorkspace
let owner: Person

beforeAll(async () => {
  workspace = await makeWorkspace()
  owner = workspace.people.owner
})

const key = { name: 'k', scopes: ['connections:read'] }
const countKeys = () => db().apiKey.count({ where: { workspaceId: workspace.id } })

test('a write that only a cookie vouches for must come from our own page as JSON', async () => {
  const before = await countKeys()
  const attempts: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': '' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:3000' },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3000.evil.example' },
    { origin: 'http://localhost:30000' },
    { origin: 'http://evil.example/http://localhost:3000' },
    { origin: 'http://localhost:3000@evil.example' },
    { origin: 'file://localhost:3000' },
    {},
  ]
  for (const headers of attempts) {
    const answer = await api.call('POST', '/api/api-keys', { headers: { cookie: owner.cookie, ...headers }, body: key })
    expect([headers, answer.status, answer.body.code]).toEqual([headers, 403, 'cross_site'])
    const gone = await api.call('DELETE', '/api/session', { headers: { cookie: owner.cookie, ...headers } })
    expect(gone.status).toBe(403)
  }
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'text/json',
    'application/json; charset=latin1',
    'application/jsonx',
  ]
  for (const type of types) {
    const headers = { cookie: owner.cookie, 'sec-fetch-site': 'same-origin', 'content-type': type }
    const answer = await api.call('POST', '/api/api-keys', { headers, body: JSON.stringify(key) })
    expect([type, answer.status]).toEqual([type, 415])
  }
  expect(await countKeys()).toBe(before)
})

test('our own page may write, also where the browser only sends an Origin', async () => {
  const allowed = [{ 'sec-fetch-site': 'same-origin' }, { origin: 'http://localhost:3000' }]
  for (const headers of allowed) {
    const answer = await api.call('POST', '/api/api-keys', { headers: { cookie: owner.cookie, ...headers }, body: key })
    expect(answer.status).toBe(201)
  }
})

test('reading with a cookie needs no such header, and an API key is not bound to a site', async () => {
  const read = await api.call('GET', '/api/api-keys', { headers: { cookie: owner.cookie, 'sec-fetch-site': 'none' } })
  expect(read.status).toBe(200)
  const write = await api.call('POST', '/api/api-keys', {
    as: owner,
    headers: { 'sec-fetch-site': 'cross-site' },
    body: key,
  })
  expect(write.status).toBe(201)
})

const post = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/api-keys', { as: owner, body, headers })

test('a body that is too large ends at the limit, whether or not it says so', async () => {
  let sent = 0
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536).fill(0x20))
      },
    })
  expect((await post(endless())).status).toBe(413)
  expect(sent).toBeLessThan(1_000_000)
  sent = 0
  expect((await post(endless(), { 'content-length': '1000000000' })).status).toBe(413)
  expect(sent).toBeLessThan(200_000)
  expect((await post(`{"name":"${'x'.repeat(262_144)}"}`)).status).toBe(413)
})

test('a compressed body is refused instead of unpacked', async () => {
  const answer = await post(gzipSync(JSON.stringify(key)), { 'content-encoding': 'gzip' })
  expect(answer.status).toBe(415)
})

test('text that is not one sound JSON object is a clear 400', async () => {
  const bombs: (string | Uint8Array)[] = [
    '{',
    'null',
    '[]',
    '"text"',
    '12',
    '{"name":"a",}',
    '{"name":"a"} x',
    `{"name":${'['.repeat(40)}${']'.repeat(40)}}`,
    '['.repeat(100_000),
    '{"a":'.repeat(30_000),
    '{"name":"a","name":"b"}',
    '{"name":"a","na\\u006de":"b"}',
    '{"__proto__":{"polluted":true}}',
    '{"__pr\\u006fto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"name":{"prototype":1}}',
    `{${Array.from({ length: 1001 }, (_, i) => `"k${i}":1`).join(',')}}`,
    new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    new Uint8Array([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
  ]
  for (const body of bombs) {
    const answer = await post(body)
    expect([String(body).slice(0, 60), answer.status, answer.body?.code]).toEqual([
      String(body).slice(0, 60),
      400,
      'invalid_request',
    ])
    // The body itself is refused, before any field is looked at.
    expect([String(body).slice(0, 60), answer.body.errors[0].pointer]).toEqual([String(body).slice(0, 60), ''])
  }
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('unknown, repeated and misplaced parameters are a 400 at their name', async () => {
  const cases: [string, string, unknown, string][] = [
    ['GET', '/api/connections?limit=1&colour=red', undefined, '/colour'],
    ['GET', '/api/connections?limit=1&limit=2', undefined, '/limit'],
    ['GET', '/api/connections?limit=0', undefined, '/limit'],
    ['GET', '/api/connections?limit=201', undefined, '/limit'],
    ['GET', '/api/connections?sort=password', undefined, '/sort'],
    ['GET', '/api/connections?cursor=nonsense', undefined, '/cursor'],
    ['GET', '/api/connections?id[contains]=a', undefined, '/id[contains]'],
    ['GET', '/api/connections?validate_only=true', undefined, '/validate_only'],
    ['POST', '/api/api-keys?name=from-the-url', key, '/name'],
    ['POST', '/api/api-keys?validate_only=yes', key, '/validate_only'],
    ['POST', '/api/api-keys', { ...key, if_match: '"1"' }, '/if_match'],
    ['POST', '/api/api-keys', { ...key, id: 'key_1' }, '/id'],
    ['POST', '/api/api-keys', { ...key, name: { not: '' } }, '/name'],
  ]
  for (const [method, url, body, pointer] of cases) {
    const answer = await api.call(method, url, { as: owner, ...(body !== undefined && { body }) })
    expect([url, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([url, 400, pointer])
  }
})

test('validate_only runs everything but the write', async () => {
  const before = await countKeys()
  const dry = await api.call('POST', '/api/api-keys?validate_only=true', { as: owner, body: key })
  expect(dry.status).toBe(200)
  expect(dry.body.meta).toEqual({ validated_only: true })
  expect(await countKeys()).toBe(before)
  const wrong = await api.call('POST', '/api/api-keys?validate_only=true', { as: owner, body: { ...key, scopes: [] } })
  expect(wrong.status).toBe(400)
})

test('every answer names its request, is not stored, and a created thing says where it is', async () => {
  const made = await post(key)
  expect(made.headers.get('location')).toBe(`/api/api-keys/${made.body.data.id}`)
  const refused = await post({})
  for (const { headers } of [made, refused]) {
    expect(headers.get('x-request-id')).toMatch(/^req_/)
    expect(headers.get('cache-control')).toBe('no-store')
  }
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  expect(refused.body.request_id).toBe(refused.headers.get('x-request-id'))
})

/** What drivers put into their errors (M15). */
const driverErrors = () => {
  const secret = 'hunter2-canary'
  const withFields = Object.assign(new Error(`connect postgres://u:${secret}@h failed`), {
    detail: `Key (a)=(${secret}) already exists`,
    sql: `select '${secret}'`,
    hint: secret,
    input: secret,
    code: '23505',
  })
  const prisma = Object.assign(new Error(`Unique constraint failed: ${secret}`), {
    name: 'PrismaClientKnownRequestError',
    code: 'P2002',
    meta: { driverAdapterError: withFields },
  })
  const unknown = Object.assign(new Error(secret), { name: 'PrismaClientUnknownRequestError' })
  const down = Object.assign(new Error(secret), { name: 'PrismaClientKnownRequestError', code: 'P1001' })
  const zod = z.object({ a: z.literal('x') }).safeParse({ a: secret }).error
  const caused = new AppError('internal', 'Something went wrong on our side. Try again.', { cause: withFields })
  return [withFields, prisma, unknown, down, zod, caused, secret, { secret }, new RangeError(secret), null, undefined]
}

test('a problem never holds the text, query, stack or secret of what went wrong', () => {
  for (const error of driverErrors()) {
    const text = JSON.stringify(problemOf(error, 'req_1'))
    for (const leak of ['hunter2', 'postgres://', 'select', 'node_modules', '    at ', '23505', 'P2002']) {
      expect(text).not.toContain(leak)
    }
  }
  expect(driverErrors().map((error) => problemOf(error, 'r').status)).toEqual([
    500, 409, 500, 503, 500, 500, 500, 500, 500, 500, 500,
  ])
})

test('our own log names the request and the place, and not the text', async () => {
  const written = collectLog()
  const failing = operation({
    summary: 'Fail',
    effect: 'read',
    permission: 'workspace:read',
    audit: 'none',
    input: z.strictObject({}),
    output: z.object({}),
    run: async () => {
      throw Object.assign(new Error('hunter2-canary'), { detail: 'hunter2-canary' })
    },
  })
  const request = new Request('http://localhost/x', { headers: { authorization: `Bearer ${owner.key}` } })
  const response = await http(failing)(request)
  expect(response.status).toBe(500)
  const line = written.join('')
  expect(JSON.parse(line).request_id).toBe(response.headers.get('x-request-id'))
  expect(line).not.toContain('hunter2')
})

const counting = (onEnd: () => void, failAt = Number.POSITIVE_INFINITY) =>
  streamOperation({
    summary: 'Count',
    permission: 'workspace:read',
    audit: 'none',
    input: z.strictObject({}),
    line: z.object({ n: z.int() }),
    output: z.object({ total: z.int() }),
    async *run(_input, { signal }: { signal: AbortSignal; actor: Actor }) {
      try {
        for (let n = 1; n <= 1_000 && !signal.aborted; n++) {
          if (n === failAt) throw new AppError('upstream_failed', 'It broke.')
          yield { n }
        }
        return { total: 1_000 }
      } finally {
        onEnd()
      }
    },
  })

const asKey = (accept: string) =>
  new Request('http://localhost/x', { headers: { authorization: `Bearer ${owner.key}`, accept } })

test('a stream answers the whole object, or lines with exactly one last line', async () => {
  const operation = counting(() => undefined)
  expect(await (await http(operation)(asKey('application/json'))).json()).toEqual({ total: 1_000 })
  const lines = (await (await http(operation)(asKey('application/x-ndjson'))).text()).trim().split('\n')
  expect(lines).toHaveLength(1_001)
  expect(lines[0]).toBe('{"n":1}')
  expect(lines.at(-1)).toBe('{"end":{"total":1000}}')
})

test('a stream that fails before its first line is a problem, later it ends with one', async () => {
  const early = await http(counting(() => undefined, 1))(asKey('application/x-ndjson'))
  expect([early.status, (await early.json()).code]).toEqual([502, 'upstream_failed'])
  const late = await http(counting(() => undefined, 3))(asKey('application/x-ndjson'))
  const last = JSON.parse((await late.text()).trim().split('\n').at(-1) ?? '')
  expect([late.status, last.error.code, last.error.detail]).toEqual([200, 'upstream_failed', 'It broke.'])
})

test('a caller who goes away ends the work behind a stream', async () => {
  const ended = Promise.withResolvers<void>()
  const response = await http(counting(() => ended.resolve()))(asKey('application/x-ndjson'))
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await ended.promise
})

test('whatever stands in names, headers and errors, a log line stays one JSON object that no terminal obeys', async () => {
  const lines = collectLog()
  const evil = 'x\r\n{"level":"fatal"}\u001b[2J\u009b2J\u2028\u202e"'
  const failing = operation({
    summary: 'Fail',
    effect: 'read',
    permission: 'workspace:read',
    audit: 'none',
    input: z.strictObject({}),
    output: z.object({}),
    run: async () => {
      throw Object.assign(new Error(evil), { name: evil, code: evil, stack: `${evil}\n    at ${evil} (file:1:1)` })
    },
  })
  const headers = { authorization: `Bearer ${owner.key}`, 'user-agent': 'a\u001b[31m\u009b' }
  expect((await http(failing)(new Request('http://localhost/x', { headers }))).status).toBe(500)
  expect(lines).toHaveLength(1)
  const [line = ''] = lines
  expect(JSON.parse(line)).toMatchObject({ level: 'error', component: 'web', code: evil })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/)
})

test('a body that breaks off is a client that went away, not a failure of ours', async () => {
  const lines = collectLog()
  let sent = 0
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ === 0) controller.enqueue(new TextEncoder().encode('{"name":'))
      else controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    },
  })
  const answer = await post(broken)
  expect([answer.status, answer.body.code]).toEqual([499, 'cancelled'])
  expect(lines).toEqual([])
})
