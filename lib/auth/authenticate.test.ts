import { beforeAll, expect, test, vi } from 'vitest'
import {
  cookieFor,
  makeKey,
  makePerson,
  makeWorkspace,
  type Person,
  type TestWorkspace,
  useApi,
} from '#lib/api/testing/install'
import { resetEnv } from '#lib/config/env'
import { db } from '#lib/db/client'
import { isWellFormedApiKey, mintApiKey } from './api-keys.ts'
import { resetPassword } from './owners.ts'
import * as store from './store.ts'

const api = useApi()
let workspace: TestWorkspace
let owner: Person

beforeAll(async () => {
  workspace = await makeWorkspace()
  owner = workspace.people.owner
})

const bearer = (value: string) => ({ headers: { authorization: value } })

test('a key and a session are both somebody', async () => {
  for (const by of ['key', 'cookie'] as const) {
    const answer = await api.call('GET', '/api/workspace', { as: owner, by })
    expect(answer.status).toBe(200)
    expect(answer.body.data.user.role).toBe('owner')
  }
})

test('nobody, a malformed header, and a header of another scheme are refused with the same answer', async () => {
  const wrong = [
    {},
    bearer(''),
    bearer('Bearer'),
    bearer('Bearer %00'),
    bearer(`Bearer ${'a'.repeat(65_536)}`),
    bearer(`Basic ${btoa(`owner:${owner.key}`)}`),
    bearer(owner.key),
    bearer(`Bearer ${owner.key} extra`),
    bearer('Bearer null'),
    bearer('Bearer {}'),
    { headers: { cookie: 'jackfield.session=null' } },
    { headers: { cookie: `jackfield.session=${'a'.repeat(65_536)}` } },
    { headers: { cookie: 'jackfield.session={}; jackfield.session=[]' } },
  ]
  for (const options of wrong) {
    const { status, body, headers } = await api.call('GET', '/api/workspace', options)
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 401,
      code: 'unauthorized',
      detail: expect.stringContaining('Sign in'),
    })
    expect(headers.get('www-authenticate')).toBe('Bearer')
  }
})

test('a key counts in the Authorization header only', async () => {
  const attempts = [
    api.call('GET', `/api/workspace?api_key=${owner.key}`),
    api.call('GET', `/api/workspace?authorization=Bearer%20${owner.key}`),
    api.call('GET', '/api/workspace', { headers: { cookie: `jackfield.session=${owner.key}; api_key=${owner.key}` } }),
    api.call('GET', '/api/workspace', { headers: { 'x-api-key': owner.key } }),
    api.call('POST', '/api/connections', { body: { api_key: owner.key } }),
  ]
  for (const { status, text } of await Promise.all(attempts)) {
    expect(status).toBe(401)
    expect(text).not.toContain(owner.key)
  }
})

test('a wrong Authorization header never falls back to the cookie', async () => {
  const headers = { cookie: owner.cookie, authorization: 'Bearer jf_wrong' }
  expect((await api.call('GET', '/api/workspace', { headers })).status).toBe(401)
})

test('a key with a wrong checksum is refused without asking the database', async () => {
  const find = vi.spyOn(store, 'findApiKey')
  const swapped = owner.key.endsWith('0') ? `${owner.key.slice(0, -1)}1` : `${owner.key.slice(0, -1)}0`
  expect(isWellFormedApiKey(owner.key)).toBe(true)
  expect(isWellFormedApiKey(swapped)).toBe(false)
  const queries: string[] = []
  const original = db().$queryRaw
  vi.spyOn(db(), '$queryRaw').mockImplementation((...args: Parameters<typeof original>) => {
    queries.push(String(args[0]))
    return original.apply(db(), args)
  })
  expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${swapped}`))).status).toBe(401)
  expect(queries).toEqual([])
  expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${owner.key}`))).status).toBe(200)
  expect(queries.length).toBeGreaterThan(0)
  vi.restoreAllMocks()
  find.mockRestore()
})

test('an unknown, expired or revoked key is refused at once', async () => {
  const expired = await makeKey(workspace, { role: 'owner', expiresAt: new Date(Date.now() - 1) })
  const revoked = await makeKey(workspace, { role: 'owner', revokedAt: new Date() })
  for (const key of [mintApiKey(workspace.tag).key, expired.key, revoked.key]) {
    expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${key}`))).status).toBe(401)
  }
  const live = await makeKey(workspace, { role: 'owner' })
  expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${live.key}`))).status).toBe(200)
  expect((await api.call('DELETE', `/api/api-keys/${live.id}`, { as: owner })).status).toBe(200)
  expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${live.key}`))).status).toBe(401)
})

test('the database holds no usable key', async () => {
  const rows = await db().apiKey.findMany()
  for (const row of rows) {
    expect(Buffer.from(row.hash).toString('latin1')).not.toContain(owner.key)
    expect(row.hint.length).toBeLessThan(20)
  }
  expect(JSON.stringify(rows)).not.toContain(owner.key)
})

test('a key tied to addresses works from them only', async () => {
  const { key } = await makeKey(workspace, { role: 'owner', ipAllowlist: ['10.0.0.0/8', '2001:db8::1'] })
  const from = (ip?: string) =>
    api.call('GET', '/api/workspace', {
      headers: { authorization: `Bearer ${key}`, ...(ip && { 'x-jackfield-client-ip': ip }) },
    })
  expect((await from('10.1.2.3')).status).toBe(200)
  expect((await from('::ffff:10.1.2.3')).status).toBe(200)
  expect((await from('2001:db8::1')).status).toBe(200)
  for (const ip of ['11.0.0.1', '2001:db8::2', 'nonsense', undefined]) expect((await from(ip)).status).toBe(401)
})

test('a key does at most what its scopes and its role allow', async () => {
  const { key } = await makeKey(workspace, { role: 'viewer', scopes: ['connections:read', 'connections:delete'] })
  expect((await api.call('GET', '/api/connections', bearer(`Bearer ${key}`))).status).toBe(200)
  expect((await api.call('GET', '/api/workspace', bearer(`Bearer ${key}`))).status).toBe(403)
  expect((await api.call('DELETE', '/api/connections/x', bearer(`Bearer ${key}`))).status).toBe(403)
})

test('the last use of a key is written at most once a minute', async () => {
  const { id, key } = await makeKey(workspace, { role: 'owner' })
  await api.call('GET', '/api/workspace', bearer(`Bearer ${key}`))
  const first = await db().apiKey.findUniqueOrThrow({ where: { id } })
  await api.call('GET', '/api/workspace', bearer(`Bearer ${key}`))
  const second = await db().apiKey.findUniqueOrThrow({ where: { id } })
  expect(first.lastUsedAt).not.toBeNull()
  expect(second.lastUsedAt).toEqual(first.lastUsedAt)
})

const status = async (cookie: string) => (await api.call('GET', '/api/workspace', { headers: { cookie } })).status

test('a session ends at sign-out, and its cookie is worth nothing afterwards', async () => {
  const person = await makePerson(workspace, 'viewer')
  expect(await status(person.cookie)).toBe(200)
  expect((await api.call('DELETE', '/api/session', { as: person, by: 'cookie' })).body.data).toEqual({
    signed_out: true,
  })
  expect(await status(person.cookie)).toBe(401)
})

test('a password reset ends every session of the person', async () => {
  const person = await makePerson(workspace, 'viewer')
  expect(await status(person.cookie)).toBe(200)
  await resetPassword({ email: `${person.userId}@example.com`, password: 'nine unrelated llamas' })
  expect(await status(person.cookie)).toBe(401)
})

test('a session of a disabled person, an idle one and an expired one are over', async () => {
  const [disabled, idle, expired, removed] = await Promise.all([0, 1, 2, 3].map(() => makePerson(workspace, 'viewer')))
  if (!disabled || !idle || !expired || !removed) throw new Error('people are missing')
  await db().user.update({ where: { id: disabled.userId }, data: { status: 'disabled' } })
  const nineHoursAgo = new Date(Date.now() - 9 * 3_600_000)
  await db().session.updateMany({ where: { userId: idle.userId }, data: { lastSeenAt: nineHoursAgo } })
  await db().session.updateMany({ where: { userId: expired.userId }, data: { expiresAt: new Date(Date.now() - 1) } })
  await db().membership.deleteMany({ where: { userId: removed.userId } })
  for (const { cookie } of [disabled, idle, expired, removed]) expect(await status(cookie)).toBe(401)
})

test('a cookie that was sealed with another secret, or holds no reference, is nobody', async () => {
  const { encode } = await import('next-auth/jwt')
  const forged = await encode({ token: { sid: 'x'.repeat(43) }, secret: 'another secret' })
  expect(await status(`jackfield.session=${forged}`)).toBe(401)
  for (const sid of ['', 'x', 'x'.repeat(43), '../../', 'null']) expect(await status(await cookieFor(sid))).toBe(401)
})

test('without a session secret nobody is signed in', async () => {
  const before = process.env.JACKFIELD_SESSION_SECRET
  delete process.env.JACKFIELD_SESSION_SECRET
  resetEnv()
  expect(await status(owner.cookie)).toBe(401)
  process.env.JACKFIELD_SESSION_SECRET = before
  resetEnv()
  expect(await status(owner.cookie)).toBe(200)
})

test('an API key cannot give away more than its maker has, and is shown once', async () => {
  const body = { name: 'ci', scopes: ['connections:read'], ip_allowlist: ['10.0.0.0/8'] }
  const made = await api.call('POST', '/api/api-keys', { as: owner, body })
  expect(made.status).toBe(201)
  const { id, key, expires_at } = made.body.data
  expect(key).toMatch(/^jf_test\d+_[0-9A-Za-z]{36}$/)
  expect(Math.round((Date.parse(expires_at) - Date.now()) / 86_400_000)).toBe(90)
  const list = await api.call('GET', '/api/api-keys', { as: owner })
  expect(list.text).not.toContain(key)
  expect(list.body.data.some((entry: { id: string }) => entry.id === id)).toBe(true)
  const narrow = await makeKey(workspace, { role: 'admin', scopes: ['api-keys:write', 'connections:read'] })
  const wider = { name: 'wider', scopes: ['connections:read', 'connections:purge'] }
  const refused = await api.call('POST', '/api/api-keys', { ...bearer(`Bearer ${narrow.key}`), body: wider })
  expect(refused.status).toBe(403)
  expect(refused.body.errors).toEqual([{ pointer: '/scopes/1', message: expect.any(String) }])
})
