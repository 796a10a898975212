import { beforeEach, expect, test } from 'vitest'
import { makePerson, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { clientIpHeader } from '#lib/auth/client'
import { hashPassword } from '#lib/auth/passwords'
import { signIn } from '#lib/auth/sign-in'
import { db } from '#lib/db/client'

const api = useApi()

const password = 'nine unrelated llamas'
let workspace: TestWorkspace
let people: TestWorkspace['people']

beforeEach(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
})

const invite = (email: string, role = 'builder', as = people.admin) =>
  api.call('POST', '/api/invitations', { as, by: 'cookie', body: { email, role } })

const tokenOf = (answer: { body: { data: { link: string } } }): string => answer.body.data.link.split('#')[1] ?? ''

const accept = (body: object, ip = '192.0.2.1') =>
  api.call('POST', '/api/invitations/accept', { body, headers: { [clientIpHeader]: ip } })

test('a link makes one account with its role, which can sign in; only its hash is stored, and no address carries it', async () => {
  const made = await invite('New.Person@example.com')
  expect(made.status).toBe(201)
  const token = tokenOf(made)
  expect(made.body.data.link).toMatch(/\/invite#[0-9A-Za-z]{43}$/)
  expect(new URL(made.body.data.link, 'http://localhost').pathname).toBe('/invite')
  const everything = JSON.stringify([await db().invitation.findMany(), await db().auditEvent.findMany()])
  expect(everything).not.toContain(token)
  const look = await api.call('POST', '/api/invitations/look', { body: { token } })
  expect(look.body.data).toMatchObject({ email: 'New.Person@example.com', role: 'builder', has_account: false })
  const answer = await accept({ token, name: 'New Person', password })
  expect(answer.status).toBe(201)
  expect(await signIn({ email: 'new.person@example.com', password })).toMatchObject({ outcome: 'signed_in' })
  const member = await db().membership.findFirstOrThrow({ where: { userId: answer.body.data.user_id } })
  expect(member).toMatchObject({ workspaceId: workspace.id, role: 'builder' })
  expect((await api.call('GET', '/api/invitations', { as: people.viewer })).body.data).toEqual([])
})

test('of fifty simultaneous accepts exactly one makes an account', async () => {
  const token = tokenOf(await invite('fifty@example.com'))
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => accept({ token, name: `P ${i}`, password })))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(await db().user.count({ where: { emailKey: 'fifty@example.com' } })).toBe(1)
  expect(await db().auditEvent.count({ where: { event: 'member.joined', workspaceId: workspace.id } })).toBe(1)
})

test('used, expired, taken back, replaced and guessed links are dead, and all look the same', async () => {
  const [expired, revoked, replaced, used] = [
    await invite('a@example.com'),
    await invite('b@example.com'),
    await invite('c@example.com'),
    await invite('d@example.com'),
  ]
  await db().invitation.update({ where: { id: expired.body.data.id }, data: { expiresAt: new Date() } })
  await api.call('DELETE', `/api/invitations/${revoked.body.data.id}`, { as: people.admin, by: 'cookie' })
  await invite('c+again@example.com')
  await accept({ token: tokenOf(used), name: 'D', password })
  const tokens = [expired, revoked, replaced, used].map(tokenOf)
  for (const token of [...tokens, 'x'.repeat(43)]) {
    const { status, body } = await accept({ token, name: 'X', password }, '192.0.2.9')
    expect([status, body.detail]).toEqual([403, 'This invitation is not valid any more. Ask for a new one.'])
  }
})

test('guessing links is slowed down', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 12; i++) {
    statuses.push((await accept({ token: `guess ${i}`, name: 'X', password }, '192.0.2.77')).status)
  }
  expect([statuses[0], statuses.at(-1)]).toEqual([403, 429])
})

test('who has an account joins with its password only, and guesses count as sign-ins', async () => {
  const other = await makeWorkspace()
  const { userId } = await makePerson(other, 'viewer')
  const { email } = await db().user.update({
    where: { id: userId },
    data: { passwordHash: await hashPassword('quiet purple harbours') },
  })
  const token = tokenOf(await invite(email, 'admin', people.owner))
  const stolen = await accept({ token, name: 'Not them', password }, '192.0.2.5')
  expect([stolen.status, stolen.body.errors[0].pointer]).toEqual([403, '/password'])
  for (let i = 0; i < 10; i++) await accept({ token, password: `guess ${i}` }, '192.0.2.5')
  expect((await accept({ token, password: 'quiet purple harbours' }, '192.0.2.5')).status).toBe(429)
  expect((await accept({ token, password: 'quiet purple harbours' }, '192.0.2.6')).status).toBe(201)
  expect(await db().membership.findMany({ where: { userId }, select: { role: true } })).toHaveLength(2)
  expect(await db().user.findUniqueOrThrow({ where: { id: userId } })).toMatchObject({ name: 'viewer' })
})

test('nobody invites above themselves, twice into the same workspace, or long after signing in', async () => {
  expect((await invite('x@example.com', 'owner')).status).toBe(403)
  const { email } = await db().user.findUniqueOrThrow({ where: { id: people.viewer.userId } })
  expect((await invite(email)).status).toBe(409)
  const authenticatedAt = new Date(Date.now() - 11 * 60_000)
  await db().session.updateMany({ where: { userId: people.admin.userId }, data: { authenticatedAt } })
  expect((await invite('y@example.com')).body.code).toBe('reauth_required')
})

test('links of somebody who leaves, or may do less now, are dead', async () => {
  const admin = await makePerson(workspace, 'admin')
  const before = tokenOf(await invite('one@example.com', 'admin', people.admin))
  const after = tokenOf(await invite('two@example.com', 'admin', admin))
  const as = { as: people.owner, by: 'cookie' as const }
  await api.call('PATCH', `/api/members/${people.admin.userId}`, { ...as, body: { role: 'viewer' } })
  await api.call('DELETE', `/api/members/${admin.userId}`, as)
  for (const token of [before, after]) expect((await accept({ token, name: 'X', password })).status).toBe(403)
})

test('weak passwords are refused at their field and leave the link alive', async () => {
  const token = tokenOf(await invite('weak@example.com'))
  const weak = await accept({ token, name: 'Weak', password: 'passwordpassword' })
  expect([weak.status, weak.body.errors[0].pointer]).toEqual([400, '/password'])
  expect((await accept({ token, password })).body.errors[0].pointer).toBe('/name')
  expect((await accept({ token, name: 'Strong', password })).status).toBe(201)
})
