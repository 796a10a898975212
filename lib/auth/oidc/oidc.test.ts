import { beforeAll, beforeEach, expect, test } from 'vitest'
import { makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { collectLog } from '#lib/api/testing/log'
import { db } from '#lib/db/client'
import { hashPassword } from '../passwords.ts'
import { newBrowser } from './testing/browser.ts'
import { setUp, useProvider } from './testing/provider.ts'
import { type Account, clientSecret } from './testing/server.ts'

const api = useApi()
let account: Account = { sub: 'nobody' }
const place = useProvider(() => account)
let workspace: TestWorkspace
let owner: Person
let people = 0

beforeAll(async () => {
  workspace = await makeWorkspace()
  owner = workspace.people.owner
})

beforeEach(() => {
  people++
  account = { sub: `sub-${people}`, email: `ada${people}@example.com`, email_verified: true, name: 'Ada' }
})

const invite = async (email = account.email, role = 'builder'): Promise<void> => {
  const { status } = await api.call('POST', '/api/invitations', { as: owner, body: { email, role } })
  expect(status).toBe(201)
}

const whoIs = async (browser: ReturnType<typeof newBrowser>) => {
  const headers = { cookie: browser.ours.header(), 'sec-fetch-site': 'same-origin' }
  const { status, body } = await api.call('GET', '/api/workspace', { headers })
  return status === 200 ? body.data.user : undefined
}

const welcomed = 'http://localhost:3000/workspace/credentials'

/** Signs in somebody new, by an invitation. */
const newcomer = async () => {
  await invite()
  const browser = newBrowser()
  expect(await browser.trip()).toBe(welcomed)
  return browser
}

const asPerson = (browser: ReturnType<typeof newBrowser>): Person => ({ ...owner, cookie: browser.ours.header() })

const refusals = (reason: string) =>
  db().auditEvent.count({ where: { event: 'session.refused', details: { path: ['reason'], equals: reason } } })

test('an invitation to the verified address lets somebody in once, with its role; later they sign in without one', async () => {
  const browser = await newcomer()
  expect(await whoIs(browser)).toMatchObject({ name: 'Ada', email: account.email, role: 'builder' })
  const again = newBrowser()
  expect(await again.trip()).toBe(welcomed)
  expect((await whoIs(again)).id).toBe((await whoIs(browser)).id)
  const invitation = await db().invitation.findFirstOrThrow({ where: { email: account.email ?? '' } })
  expect(invitation.acceptedAt).not.toBeNull()
  const sessions = await api.call('GET', '/api/sessions', { as: asPerson(again), by: 'cookie' })
  expect(sessions.body.data).toHaveLength(2)
  await api.call('DELETE', '/api/sessions', { as: asPerson(again), by: 'cookie' })
  expect(await whoIs(browser)).toBeUndefined()
})

test('an account nobody invited gets no account here, and the trail has the failed sign-in', async () => {
  const [users, before] = [await db().user.count(), await refusals('OidcUnknown')]
  const browser = newBrowser()
  expect(await browser.trip()).toBe('/login?error=OidcUnknown')
  expect(await whoIs(browser)).toBeUndefined()
  expect([await db().user.count(), await refusals('OidcUnknown')]).toEqual([users, before + 1])
})

test('an address that is not verified, or only nearly, joins nothing', async () => {
  await invite()
  for (const email_verified of [false, undefined, 'true', 1]) {
    account = { ...account, email_verified }
    expect(await newBrowser().trip()).toBe('/login?error=OidcUnverified')
  }
  expect(await db().user.count({ where: { email: account.email ?? '' } })).toBe(0)
})

test('the address of somebody else opens nothing: not under another subject, not where it has a password, not with a “+”', async () => {
  await newcomer()
  await invite('grace@example.com')
  const { email } = account
  account = { ...account, sub: 'an impostor' }
  expect(await newBrowser().trip()).toBe('/login?error=OidcUnknown')
  await db().user.updateMany({ where: { email: email ?? '' }, data: { passwordHash: await hashPassword('x') } })
  await db().membership.deleteMany({ where: { user: { email: email ?? '' } } })
  await invite(email)
  expect(await newBrowser().trip()).toBe('/login?error=OidcExists')
  account = { ...account, email: 'grace+x@example.com' }
  expect(await newBrowser().trip()).toBe('/login?error=OidcUnknown')
  expect(await db().identity.count({ where: { subject: 'an impostor' } })).toBe(0)
})

test('an invitation that was taken back, or is too old, is none', async () => {
  await invite()
  const where = { email: account.email ?? '' }
  await db().invitation.updateMany({ where, data: { expiresAt: new Date(Date.now() - 1_000) } })
  expect(await newBrowser().trip()).toBe('/login?error=OidcUnknown')
  await db().invitation.updateMany({ where, data: { expiresAt: new Date(Date.now() + 60_000), revokedAt: new Date() } })
  expect(await newBrowser().trip()).toBe('/login?error=OidcUnknown')
})

test('an account that is disabled, or belongs to no workspace any more, stays out', async () => {
  const browser = await newcomer()
  const { id } = await whoIs(browser)
  await db().user.update({ where: { id }, data: { status: 'disabled' } })
  expect(await newBrowser().trip()).toBe('/login?error=OidcDisabled')
  await db().user.update({ where: { id }, data: { status: 'active' } })
  await db().membership.deleteMany({ where: { userId: id } })
  expect(await newBrowser().trip()).toBe('/login?error=OidcDisabled')
  await invite()
  expect(await newBrowser().trip()).toBe(welcomed)
})

test('an answer with another nonce, another state or another code challenge signs nobody in', async () => {
  await newcomer()
  const change: Record<string, (given: URLSearchParams) => void> = {
    'another nonce': (given) => given.set('nonce', 'A'.repeat(43)),
    'no nonce': (given) => given.delete('nonce'),
    'another challenge': (given) => given.set('code_challenge', 'A'.repeat(43)),
  }
  for (const [name, make] of Object.entries(change)) {
    const browser = newBrowser()
    const url = new URL(await browser.setOut())
    make(url.searchParams)
    expect([name, await browser.comeBack(await browser.visit(url.href))]).toEqual([name, '/login?error=OidcFailed'])
    expect(await whoIs(browser)).toBeUndefined()
  }
  const browser = newBrowser()
  const back = new URL(await browser.visit(await browser.setOut()))
  const state = back.searchParams.get('state') ?? ''
  back.searchParams.set('state', `${state.slice(0, -1)}${state.endsWith('A') ? 'B' : 'A'}`)
  expect(await browser.comeBack(back.href)).toBe('/login?error=OidcFailed')
})

test('an answer brought to another browser, or brought twice, signs nobody in', async () => {
  await newcomer()
  const browser = newBrowser()
  const back = await browser.visit(await browser.setOut())
  const victim = newBrowser()
  expect(await victim.comeBack(back)).toBe('/login?error=OidcFailed')
  await victim.setOut()
  expect(await victim.comeBack(back)).toBe('/login?error=OidcFailed')
  expect(await whoIs(victim)).toBeUndefined()
  expect(await browser.comeBack(back)).toBe(welcomed)
  expect(await browser.comeBack(back)).toBe('/login?error=OidcFailed')
})

test('signing in leads to a page of ours or to the start, whatever was asked for', async () => {
  await newcomer()
  for (const evil of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
    const browser = newBrowser()
    const url = await browser.setOut('sign_in', evil)
    expect(new URL(await browser.comeBack(await browser.visit(url))).origin).toBe('http://localhost:3000')
  }
})

test('parameters of the sign-in are ours: nobody adds one to the way out', async () => {
  const browser = newBrowser()
  const url = new URL(
    await browser.setOut('sign_in&redirect_uri=https://evil.example&scope=openid+x&response_mode=query'),
  )
  expect(url.searchParams.get('redirect_uri')).toBe('http://localhost:3000/api/auth/callback/oidc')
  expect(url.searchParams.get('scope')).toBe('openid email profile')
  expect(url.searchParams.get('code_challenge_method')).toBe('S256')
})

test('a provider that cannot be reached, or says it is another one, gives a sentence and no error', async () => {
  const log = collectLog()
  try {
    setUp({ issuer: 'http://127.0.0.1:1', clientId: 'x', secret: clientSecret })
    expect(await newBrowser().setOut()).toBe('/login?error=OidcDown')
    setUp({ issuer: `${place.issuer.replace('127.0.0.1', 'localhost')}`, clientId: 'jackfield', secret: clientSecret })
    expect(await newBrowser().setOut()).toBe('/login?error=OidcDown')
    setUp(undefined)
    expect((await newBrowser().ask('POST', '/api/auth/signin/oidc', {})).status).toBe(404)
  } finally {
    setUp({ issuer: place.issuer, clientId: 'jackfield', secret: clientSecret })
  }
  expect(log.join('')).toContain('The identity provider cannot be used.')
})

test('neither our secret nor a code, a token or a claim is in the log, the trail or an address', async () => {
  const log = collectLog()
  setUp({ issuer: place.issuer, clientId: 'jackfield', secret: 'the-wrong-secret-canary' })
  const browser = newBrowser()
  const out = await browser.setOut()
  const back = await browser.visit(out)
  expect(await browser.comeBack(back)).toBe('/login?error=OidcFailed')
  setUp({ issuer: place.issuer, clientId: 'jackfield', secret: clientSecret })
  const other = new URL(await browser.setOut())
  const expected = other.searchParams.get('nonce') ?? 'no nonce'
  other.searchParams.set('nonce', 'nonce-canary')
  expect(await browser.comeBack(await browser.visit(other.href))).toBe('/login?error=OidcFailed')
  expect(log.join('')).toContain('"nonce mismatch"')
  const trail = JSON.stringify(await db().auditEvent.findMany({ orderBy: { at: 'desc' }, take: 5 }))
  const seen = `${log.join('')}${trail}`
  expect(log.join('')).toContain('A sign-in at the identity provider failed.')
  const code = new URL(back).searchParams.get('code') ?? 'no code'
  const nonce = new URL(out).searchParams.get('nonce') ?? 'no nonce'
  for (const secret of ['canary', code, nonce, expected, account.email ?? '', 'eyJ']) expect(seen).not.toContain(secret)
  expect(out).not.toContain('canary')
})

test('a sign-in at the provider of this morning is no recent one here', async () => {
  account = { ...account, at: Math.floor(Date.now() / 1_000) - 3_600 }
  const browser = await newcomer()
  const as = asPerson(browser)
  const { data } = (await api.call('GET', '/api/session', { as, by: 'cookie' })).body
  expect(Date.now() - Date.parse(data.authenticated_at)).toBeGreaterThan(3_500_000)
})
