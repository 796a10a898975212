import { expect, test } from 'vitest'
import { useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { createOwner } from './owners.ts'
import { issueSetupToken, setupNeeded } from './setup.ts'

const api = useApi()

const body = (token: string, extra: object = {}) => ({
  token,
  email: 'ada@example.com',
  name: 'Ada',
  password: 'nine unrelated llamas',
  workspace: 'Data',
  ...extra,
})

test('a wrong or expired token makes nobody', async () => {
  expect(await setupNeeded()).toBe(true)
  expect((await api.call('POST', '/api/setup', { body: body('guess') })).status).toBe(403)
  const token = (await issueSetupToken(new Date(Date.now() - 3_600_001))) ?? ''
  expect((await api.call('POST', '/api/setup', { body: body(token) })).status).toBe(403)
  expect(await db().user.count()).toBe(0)
})

test('weak passwords and unusable addresses are refused at their fields', async () => {
  const token = (await issueSetupToken()) ?? ''
  const cases = [
    { password: 'short' },
    { password: 'passwordpassword' },
    { password: 'P@ssw0rd2026!!' },
    { password: 'jackfield-admin1' },
    { password: 'qwertyuiop1234' },
    { password: 'aaaaaaaaaaaaaaaa' },
    { password: '123456789012' },
    { password: 'ada@example.com' },
    { password: 'x'.repeat(257) },
  ]
  for (const extra of cases) {
    const answer = await api.call('POST', '/api/setup', { body: body(token, extra) })
    expect([extra.password, answer.status]).toEqual([extra.password, 400])
    expect(answer.body.errors[0].pointer).toBe('/password')
  }
  for (const email of ['', 'ada', 'ada@', 'аda@example.com', 'a b@example.com', 'ada@example.com\0']) {
    const answer = await api.call('POST', '/api/setup', { body: body(token, { email }) })
    expect([email, answer.status]).toEqual([email, 400])
    expect(answer.body.errors[0].pointer).toBe('/email')
  }
})

test('of fifty simultaneous set-ups exactly one makes an owner, and the token is dead afterwards', async () => {
  const token = (await issueSetupToken()) ?? ''
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      api.call('POST', '/api/setup', { body: body(token, { email: `ada${i}@example.com` }) }),
    ),
  )
  const count = (status: number) => answers.filter((answer) => answer.status === status).length
  expect([count(201), count(410)]).toEqual([1, 49])
  expect(await db().user.count()).toBe(1)
  expect(await db().organization.count()).toBe(1)
  expect(await db().auditEvent.count({ where: { event: 'setup.completed' } })).toBe(1)
  expect(await setupNeeded()).toBe(false)
  expect(await issueSetupToken()).toBeUndefined()
  for (const answer of answers) expect(answer.text).not.toContain(token)
})

test('the command line adds an owner to the same workspace, once per address however it is spelled', async () => {
  await createOwner({ email: 'Grace@Example.com', name: 'Grace', password: 'nine unrelated llamas' })
  expect(await db().workspace.count()).toBe(1)
  for (const email of ['grace@example.com', 'ＧＲＡＣＥ＠example.com', 'grace+x@example.com', 'grace@example.com.']) {
    await expect(createOwner({ email, name: 'Grace', password: 'nine unrelated llamas' })).rejects.toThrow()
  }
  expect(await db().user.count()).toBe(2)
})
