import { beforeAll, beforeEach, expect, test } from 'vitest'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { newBrowser } from './testing/browser.ts'
import { useProvider } from './testing/provider.ts'
import type { Account } from './testing/server.ts'

const api = useApi()
let account: Account = { sub: 'nobody' }
useProvider(() => account)
let workspace: TestWorkspace
let person: Person
let people = 0

beforeAll(async () => {
  workspace = await makeWorkspace()
})

beforeEach(async () => {
  people++
  account = { sub: `sub-${people}`, email: 'somebody@example.com', email_verified: true }
  person = await makePerson(workspace, 'admin')
})

const signInWas = (minutes: number) =>
  db()
    .$executeRaw`update sessions set authenticated_at = now() - make_interval(mins => ${minutes}) where user_id = ${person.userId}`

const linked = async () => {
  const browser = newBrowser(person.cookie)
  expect(await browser.trip('link')).toBe('http://localhost:3000/workspace/account')
  return browser
}

type Browser = ReturnType<typeof newBrowser>

const authenticatedAt = async ({ ours }: Browser): Promise<number> => {
  const as = { ...person, cookie: ours.header() }
  const { status, body } = await api.call('GET', '/api/session', { as, by: 'cookie' })
  return status === 200 ? Date.parse(body.data.authenticated_at) : 0
}

const isRecent = async (browser: Browser) => Date.now() - (await authenticatedAt(browser)) < 120_000

test('somebody signed in links an account at the provider and signs in with it from then on', async () => {
  await linked()
  const elsewhere = newBrowser()
  expect(await elsewhere.trip()).toBe('http://localhost:3000/workspace/credentials')
  const as = { ...person, cookie: elsewhere.ours.header() }
  expect((await api.call('GET', '/api/workspace', { as, by: 'cookie' })).body.data.user.id).toBe(person.userId)
  const where = { event: 'identity.linked', actorId: person.userId }
  expect(await db().auditEvent.count({ where })).toBe(1)
})

test('linking needs a recent sign-in, at the start and at the end, and the session it began in', async () => {
  const browser = newBrowser(person.cookie)
  await signInWas(11)
  const { csrfToken } = (await (await browser.ask('GET', '/api/auth/csrf')).json()) as { csrfToken: string }
  const refused = await browser.ask('POST', '/api/auth/signin/oidc?for=link', { csrfToken })
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([403, 'reauth_required'])
  await signInWas(1)
  const back = await browser.visit(await browser.setOut('link'))
  await signInWas(11)
  expect(await browser.comeBack(back)).toBe('/workspace/account?error=OidcFailed')
  await signInWas(1)
  const other = newBrowser(person.cookie)
  const late = await other.visit(await other.setOut('link'))
  await db().session.updateMany({ where: { userId: person.userId }, data: { revokedAt: new Date() } })
  expect(await other.comeBack(late)).toBe('/workspace/account?error=OidcFailed')
  expect(await db().identity.count({ where: { userId: person.userId } })).toBe(0)
  expect((await newBrowser().ask('POST', '/api/auth/signin/oidc?for=link', { csrfToken })).status).toBe(401)
})

test('a trip that one person began links and confirms nothing for the next one at the same browser', async () => {
  const next = await makePerson(workspace, 'owner')
  for (const [purpose, landing] of [
    ['link', '/workspace/account'],
    ['confirm', '/confirmed'],
  ] as const) {
    const browser = newBrowser(person.cookie)
    const back = await browser.visit(await browser.setOut(purpose))
    browser.ours.put(next.cookie)
    expect(await browser.comeBack(back)).toBe(`${landing}?error=OidcFailed`)
  }
  expect(await db().identity.count({ where: { userId: next.userId } })).toBe(0)
})

test('an account that belongs to somebody else here is not linked a second time', async () => {
  await linked()
  const other = await makePerson(workspace, 'owner')
  expect(await newBrowser(other.cookie).trip('link')).toBe('/workspace/account?error=OidcTaken')
  expect(await db().identity.count({ where: { userId: other.userId } })).toBe(0)
})

test('signing in again at the provider makes the session recent, and ends every copy of the old cookie', async () => {
  const browser = await linked()
  await signInWas(60)
  const stolen = newBrowser(browser.ours.header())
  const out = new URL(await browser.setOut('confirm'))
  expect([out.searchParams.get('prompt'), out.searchParams.get('max_age')]).toEqual(['login', '0'])
  expect(await browser.comeBack(await browser.visit(out.href))).toBe('http://localhost:3000/confirmed')
  expect(await isRecent(browser)).toBe(true)
  expect(await authenticatedAt(stolen)).toBe(0)
})

test('a provider that does not ask again, or does not say when it did, confirms nothing', async () => {
  account = { ...account, at: Math.floor(Date.now() / 1_000) - 300 }
  const browser = await linked()
  await signInWas(60)
  const out = new URL(await browser.setOut('confirm'))
  for (const name of ['prompt', 'max_age']) out.searchParams.delete(name)
  expect(await browser.comeBack(await browser.visit(out.href))).toBe('/confirmed?error=OidcStale')
  expect(await isRecent(browser)).toBe(false)
})

test('another account at the provider confirms nothing, nor does a trip that was begun to sign in', async () => {
  const browser = await linked()
  await signInWas(60)
  account = { ...account, sub: 'a colleague' }
  browser.forgetProvider()
  const back = await browser.visit(await browser.setOut('confirm'))
  expect(await browser.comeBack(back)).toBe('/confirmed?error=OidcOther')
  expect(await isRecent(browser)).toBe(false)
  const begun = await browser.visit(await browser.setOut('sign_in'))
  await browser.setOut('confirm')
  expect(await browser.comeBack(begun)).toBe('/login?error=OidcFailed')
  expect(await isRecent(browser)).toBe(false)
})

const identities = async ({ ours }: Browser) => {
  const as = { ...person, cookie: ours.header() }
  return (await api.call('GET', '/api/identities', { as, by: 'cookie' })).body.data
}

const unlink = ({ ours }: Browser, id: string) =>
  api.call('DELETE', `/api/identities/${id}`, { as: { ...person, cookie: ours.header() }, by: 'cookie' })

test('the only way in stays; with a password it can be unlinked, which ends the other sessions and that way in', async () => {
  const browser = await linked()
  const elsewhere = newBrowser()
  await elsewhere.trip()
  const [identity] = await identities(browser)
  expect(identity).toMatchObject({ provider: 'Example', usable: true, email: 'somebody@example.com' })
  expect((await unlink(browser, identity.id)).status).toBe(409)
  await db().user.update({ where: { id: person.userId }, data: { passwordHash: 'something' } })
  await signInWas(11)
  expect((await unlink(browser, identity.id)).body.code).toBe('reauth_required')
  await signInWas(1)
  expect((await unlink(browser, identity.id)).body.data).toEqual({ id: identity.id, ended: 1 })
  expect(await authenticatedAt(elsewhere)).toBe(0)
  expect(await identities(browser)).toEqual([])
  expect(await newBrowser().trip()).toBe('/login?error=OidcUnknown')
})

test('nobody unlinks an account of somebody else', async () => {
  const [identity] = await identities(await linked())
  const other = await makePerson(workspace, 'owner')
  const answer = await api.call('DELETE', `/api/identities/${identity.id}`, { as: other, by: 'cookie' })
  expect(answer.status).toBe(404)
  expect(await db().identity.count({ where: { userId: person.userId } })).toBe(1)
})
