import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { type Answer, makeWorkspace, type Person, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { hashPassword } from './passwords.ts'

const api = useApi()
const password = 'nine unrelated llamas'
const app = path.join(import.meta.dirname, '../../app/api')
let guarded: string[]
let owner: Person

// Every route whose operation says `recentSignIn`: nobody has to remember to add one here.
const guardedRoutes = async (): Promise<string[]> => {
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts' && !file.startsWith('auth'),
  )
  const found: string[] = []
  for (const file of files) {
    const exports: Record<string, unknown> = await import(pathToFileURL(path.join(app, file)).href)
    const url = `/api/${path.dirname(file)}`.replaceAll(/\[\w+\]/g, 'nothing')
    for (const [method, handler] of Object.entries(exports)) {
      if (Object(Object(handler).operation).recentSignIn === true) found.push(`${method} ${url}`)
    }
  }
  return found
}

beforeAll(async () => {
  guarded = await guardedRoutes()
  owner = (await makeWorkspace()).people.owner
  await db().user.update({ where: { id: owner.userId }, data: { passwordHash: await hashPassword(password) } })
})

const signInWas = (minutes: number) =>
  db()
    .$executeRaw`update sessions set authenticated_at = now() - make_interval(mins => ${minutes}) where user_id = ${owner.userId}`

const call = (route: string, as: Person, by: 'key' | 'cookie' = 'cookie'): Promise<Answer> => {
  const [method = '', url = ''] = route.split(' ')
  return api.call(method, url, { as, by, ...(!['GET', 'DELETE'].includes(method) && { body: {} }) })
}

const confirm = (as: Person, typed: string, by: 'key' | 'cookie' = 'cookie') =>
  api.call('POST', '/api/session/confirm', { as, by, body: { password: typed } })

const withNewCookie = (person: Person, answer: Answer): Person => ({
  ...person,
  cookie: (answer.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '',
})

test('a cookie that was signed in too long ago does nothing that needs a recent sign-in; after confirming it does', async () => {
  expect(guarded).toContain('POST /api/api-keys')
  await signInWas(11)
  for (const route of guarded) expect([route, (await call(route, owner)).body.code]).toEqual([route, 'reauth_required'])
  const confirmed = await confirm(owner, password)
  expect(confirmed.status).toBe(200)
  const fresh = withNewCookie(owner, confirmed)
  for (const route of guarded)
    expect([route, (await call(route, fresh)).body?.code]).not.toEqual([route, 'reauth_required'])
  owner = fresh
})

test('nine minutes are recent, and an API key has no sign-in to repeat', async () => {
  await signInWas(9)
  expect((await call('POST /api/api-keys', owner)).body.code).toBe('invalid_request')
  await signInWas(60)
  expect((await call('POST /api/api-keys', owner, 'key')).body.code).toBe('invalid_request')
  expect((await confirm(owner, password, 'key')).status).toBe(409)
})

test('confirming ends every copy of the cookie, so that a stolen one does not become recent with it', async () => {
  await signInWas(11)
  const stolen = owner
  const confirmed = await confirm(owner, password)
  owner = withNewCookie(owner, confirmed)
  expect(confirmed.headers.getSetCookie()[0]).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/)
  expect((await call('GET /api/session', stolen)).status).toBe(401)
  expect((await call('GET /api/session', owner)).status).toBe(200)
})

test('what was answered before is not repeated to a cookie whose sign-in is old', async () => {
  const body = { name: 'once', scopes: ['workspace:read'] }
  const options = { as: owner, by: 'cookie' as const, body, headers: { 'idempotency-key': 'k1' } }
  expect((await api.call('POST', '/api/api-keys', options)).status).toBe(201)
  await signInWas(11)
  expect((await api.call('POST', '/api/api-keys', options)).body.code).toBe('reauth_required')
})

test('a wrong password confirms nothing, is in the trail, and counts with the tries of the sign-in page', async () => {
  await signInWas(11)
  for (let i = 0; i < 10; i++) {
    const wrong = await confirm(owner, 'wrong')
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/password'])
  }
  expect((await confirm(owner, password)).status).toBe(429)
  expect((await call('POST /api/api-keys', owner)).body.code).toBe('reauth_required')
  const events = await db().auditEvent.count({ where: { actorId: owner.userId, event: 'session.refused' } })
  expect(events).toBe(10)
})

test('an account without a password says where to confirm instead', async () => {
  const { viewer } = (await makeWorkspace()).people
  expect((await confirm(viewer, password)).status).toBe(409)
  const { data } = (await call('GET /api/session', viewer)).body
  expect(data).toMatchObject({ has_password: false, id: expect.stringMatching(/^ses_/) })
})
