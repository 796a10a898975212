import { beforeAll, expect, test, vi } from 'vitest'
import { useTestDatabase } from '#lib/db/testing'
import { clientIpHeader } from './client.ts'
import { createOwner } from './owners.ts'

useTestDatabase()
const password = 'nine unrelated llamas'

beforeAll(async () => {
  await createOwner({ email: 'ada@example.com', name: 'Ada', password })
})

const spellings = ['ada@example.com', ' ADA@Example.com', 'ada@example.com.', 'ada＠example.com', 'ada+x@example.com']

test('of hundreds of guesses from as many addresses, over two instances, few are looked at', async () => {
  const instances = []
  for (let i = 0; i < 2; i++) {
    vi.resetModules()
    instances.push((await import('./next-auth.ts')).signInWithPassword)
  }
  expect(instances[0]).not.toBe(instances[1])
  let evaluated = 0
  for (let i = 0; i < 300; i++) {
    const typed = { email: spellings[i % spellings.length] ?? '', password: `guess ${i}` }
    const headers = { 'x-forwarded-for': `10.0.0.${i}`, [clientIpHeader]: `198.51.${i >> 7}.${i & 127}` }
    const looked = instances[i % 2]?.(typed, { headers }).catch((error: Error) => error.message)
    if ((await looked) !== 'TooManyAttempts') evaluated++
  }
  expect(evaluated).toBeLessThanOrEqual(52)
  expect(evaluated).toBeGreaterThan(0)
}, 60_000)
