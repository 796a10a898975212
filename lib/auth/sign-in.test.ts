import { beforeAll, expect, test, vi } from 'vitest'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { createOwner } from './owners.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { signIn } from './sign-in.ts'
import { forgetTries, isOneTooMany } from './sign-in-limits.ts'

useTestDatabase()

const password = 'nine unrelated llamas é'

beforeAll(async () => {
  await createOwner({ email: 'ada@example.com', name: 'Ada', password })
})

const passMinutes = (minutes: number) =>
  db().$executeRaw`update sign_in_tries set since = since - make_interval(mins => ${minutes})`

test('every spelling of the address and of the same letters signs in; a near miss does not', async () => {
  for (const email of ['ada@example.com', ' ADA@example.com ', 'ada@example.com.', 'ada＠example.com']) {
    expect((await signIn({ email, password })).outcome).toBe('signed_in')
  }
  expect((await signIn({ email: 'ada@example.com', password: password.normalize('NFD') })).outcome).toBe('signed_in')
  expect((await signIn({ email: 'ada@example.com', password: `${password} ` })).outcome).toBe('refused')
  expect((await signIn({ email: 'ada@example.com', password: '' })).outcome).toBe('refused')
})

test('nothing of a long password is cut off', async () => {
  const stored = await hashPassword(`${'x1yz'.repeat(20)}a${'q'.repeat(19)}`)
  expect(await isPassword(stored, `${'x1yz'.repeat(20)}a${'q'.repeat(19)}`)).toBe(true)
  expect(await isPassword(stored, `${'x1yz'.repeat(20)}b${'q'.repeat(19)}`)).toBe(false)
})

test('after ten failures an account is not asked any more for a while, existing or not', async () => {
  for (const email of ['limited@example.com', 'ada@example.com']) {
    const ip = '192.0.2.1'
    for (let i = 0; i < 10; i++) {
      // No spelling of the address is another account.
      const spelling = i % 2 ? email : ` ${email.toUpperCase()}.`
      expect((await signIn({ email: spelling, password: 'wrong', ip })).outcome).toBe('refused')
    }
    expect((await signIn({ email, password, ip })).outcome).toBe('limited')
    await passMinutes(16)
    expect((await signIn({ email, password: 'wrong', ip })).outcome).toBe('refused')
  }
})

test('whoever goes on guessing waits twice as long each time, four hours at most', async () => {
  const tried = { emailKey: 'patient@example.com', ip: '192.0.2.77' }
  const exceed = async () => {
    for (let i = 0; i < 10; i++) expect(await isOneTooMany(tried)).toBe(false)
    expect(await isOneTooMany(tried)).toBe(true)
  }
  for (const minutes of [15, 30, 60, 120, 240, 240, 240]) {
    await exceed()
    await passMinutes(minutes - 1)
    expect([minutes, await isOneTooMany(tried)]).toEqual([minutes, true])
    await passMinutes(2)
  }
  await forgetTries(tried)
  await exceed()
  await passMinutes(16)
  expect(await isOneTooMany(tried)).toBe(false)
})

test('of many guesses at once no more than the limit are looked at, whichever instance they reach', async () => {
  const email = 'flood@example.com'
  const answers = await Promise.all(
    Array.from({ length: 60 }, () => isOneTooMany({ emailKey: email, ip: '192.0.2.9' })),
  )
  expect(answers.filter((tooMany) => !tooMany)).toHaveLength(10)
  // What counts is in the database, not in this process.
  vi.resetModules()
  const other = await import('./sign-in-limits.ts')
  expect(other.isOneTooMany).not.toBe(isOneTooMany)
  expect(await other.isOneTooMany({ emailKey: email, ip: '192.0.2.9' })).toBe(true)
})

test('one address cannot go through many accounts', async () => {
  const ip = '192.0.2.2'
  for (let i = 0; i < 50; i++) expect(await isOneTooMany({ emailKey: `a${i}@example.com`, ip })).toBe(false)
  expect(await isOneTooMany({ emailKey: 'a51@example.com', ip })).toBe(true)
  expect(await isOneTooMany({ emailKey: 'a51@example.com', ip: '192.0.2.3' })).toBe(false)
})

test('strangers lock nobody out of the place he works from, however long they go on', async () => {
  const home = '198.51.100.7'
  expect((await signIn({ email: 'ada@example.com', password, ip: home })).outcome).toBe('signed_in')
  let isLimited = false
  for (let i = 0; i < 60; i++) isLimited = await isOneTooMany({ emailKey: 'ada@example.com', ip: `203.0.113.${i}` })
  expect(isLimited).toBe(true)
  expect((await signIn({ email: 'ada@example.com', password, ip: '198.51.100.8' })).outcome).toBe('limited')
  expect((await signIn({ email: 'ada@example.com', password, ip: home })).outcome).toBe('signed_in')
})

test('a right password takes its own try back', async () => {
  for (let i = 0; i < 12; i++) {
    expect((await signIn({ email: 'ada@example.com', password, ip: '192.0.2.5' })).outcome).toBe('signed_in')
  }
  for (let i = 0; i < 70; i++) {
    const tried = { emailKey: 'busy@example.com', ip: '192.0.2.4' }
    expect(await isOneTooMany(tried)).toBe(false)
    await forgetTries(tried)
  }
})

test('signing in and failing to are both in the trail, without what was typed', async () => {
  await signIn({ email: 'hunter2-typed-into-the-wrong-field', password: 'x' })
  const events = await db().auditEvent.findMany({ where: { event: { in: ['session.created', 'session.refused'] } } })
  expect(new Set(events.map((event) => event.event)).size).toBe(2)
  expect(JSON.stringify(events)).not.toContain('hunter2')
})
