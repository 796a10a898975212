import { beforeAll, expect, test } from 'vitest'
import { cookieFor, useApi } from '#lib/api/testing/install'
import { resetEnv } from '#lib/config/env'
import { authHandler } from './handler.ts'
import { authOptions, signInWithPassword } from './next-auth.ts'
import { createOwner } from './owners.ts'

const api = useApi()
const person = { email: 'ada@example.com', password: 'nine unrelated llamas' }

beforeAll(async () => {
  await createOwner({ ...person, name: 'Ada' })
})

const status = async (cookie: string) => (await api.call('GET', '/api/workspace', { headers: { cookie } })).status

test('signing in again in the same browser ends the session it had, and signing out ends the new one', async () => {
  const first = await signInWithPassword(person, { headers: {} })
  const cookie = await cookieFor(first?.sid ?? '')
  expect(await status(cookie)).toBe(200)
  const second = await signInWithPassword(person, { headers: { cookie } })
  expect(await status(cookie)).toBe(401)
  const sid = second?.sid ?? ''
  expect(await status(await cookieFor(sid))).toBe(200)
  await authOptions().events?.signOut?.({ token: { sid }, session: { expires: '' } })
  expect(await status(await cookieFor(sid))).toBe(401)
})

test('only an address and a password that are text are looked at', async () => {
  for (const wrong of [
    undefined,
    {},
    { email: person.email },
    { ...person, password: '' },
    { ...person, email: 'x' },
  ]) {
    expect(await signInWithPassword(wrong, { headers: {} })).toBeNull()
  }
})

test('a sign-in form on another site signs nobody in', async () => {
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
    const request = new Request('http://localhost:3000/api/auth/callback/credentials', { method: 'POST', headers })
    expect((await authHandler(request, { params: Promise.resolve({ nextauth: [] }) })).status).toBe(403)
  }
})

test('redirects after sign-in stay on our own site', async () => {
  const { redirect } = authOptions().callbacks ?? {}
  const baseUrl = 'http://localhost:3000'
  for (const url of [
    '//evil.example',
    '/\\evil.example',
    'https:evil.example',
    'https://evil.example',
    'http://localhost:3000.evil.example',
    'javascript:alert(1)',
    '/%0d%0aSet-Cookie:x',
    '\\\\evil.example',
    'http://localhost:3000@evil.example',
  ]) {
    expect(new URL((await redirect?.({ url, baseUrl })) ?? '').origin).toBe(baseUrl)
  }
  expect(await redirect?.({ url: '/workspace/connections?x=1', baseUrl })).toBe(`${baseUrl}/workspace/connections?x=1`)
})

test('the cookie is bound to the host over https, and next-auth never starts without its secret', () => {
  const { JACKFIELD_SESSION_SECRET: secret } = process.env
  process.env.JACKFIELD_URL = 'https://jackfield.example.com'
  resetEnv()
  expect(authOptions().cookies?.sessionToken).toEqual({
    name: '__Host-jackfield.session',
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
  })
  delete process.env.JACKFIELD_URL
  delete process.env.JACKFIELD_SESSION_SECRET
  resetEnv()
  expect(() => authOptions()).toThrow()
  process.env.JACKFIELD_SESSION_SECRET = secret
  resetEnv()
})
