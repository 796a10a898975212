import { beforeAll, expect, test } from 'vitest'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { createOwner } from './owners.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { signIn } from './sign-in.ts'
import { isLimited, noteFailure } from './sign-in-limits.ts'

useTestDatabase()

const password = 'nine unrelated llamas é'

beforeAll(async () => {
  await createOwner({ email: 'ada@example.com', name: 'Ada', password })
})

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

test('an unknown person takes as long as a wrong password and gets the same answer', async () => {
  const time = async (email: string) => {
    const started = performance.now()
    const answer = await signIn({ email, password: 'wrong wrong wrong' })
    return { answer, ms: performance.now() - started }
  }
  const known: number[] = []
  const unknown: number[] = []
  for (let i = 0; i < 8; i++) {
    const [a, b] = [await time('ada@example.com'), await time(`nobody${i}@example.com`)]
    expect(a.answer).toEqual(b.answer)
    known.push(a.ms)
    unknown.push(b.ms)
  }
  // The fastest try of each: what a busy machine adds to the others says nothing.
  expect(Math.abs(Math.min(...known) - Math.min(...unknown))).toBeLessThan(0.3 * Math.min(...known))
})

test('after ten failures an account is not asked any more for a while, existing or not', async () => {
  for (const key of ['somebody@example.com', 'nobody@example.com']) {
    for (let i = 0; i < 10; i++) noteFailure(key, undefined, 1_000)
    expect(isLimited(key, undefined, 2_000)).toBe(true)
    expect(isLimited(key, undefined, 1_000 + 15 * 60_000)).toBe(false)
  }
})

test('signing in and failing to are both in the trail, without what was typed', async () => {
  await signIn({ email: 'hunter2-typed-into-the-wrong-field', password: 'x' })
  const events = await db().auditEvent.findMany({ where: { event: { in: ['session.created', 'session.refused'] } } })
  expect(new Set(events.map((event) => event.event)).size).toBe(2)
  expect(JSON.stringify(events)).not.toContain('hunter2')
})
