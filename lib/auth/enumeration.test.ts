import { beforeAll, expect, test } from 'vitest'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { createOwner } from './owners.ts'
import { hashPassword } from './passwords.ts'
import { signIn } from './sign-in.ts'

useTestDatabase()

const triesEach = 300
const roundsMax = 3
const emailOf = { known: (n: number) => `known${n}@example.com`, unknown: (n: number) => `nobody${n}@example.com` }

beforeAll(async () => {
  const { workspace_id: workspaceId } = await createOwner({
    email: 'ada@example.com',
    name: 'Ada',
    password: 'nine unrelated llamas',
  })
  const passwordHash = await hashPassword('nine unrelated llamas')
  const people = Array.from({ length: triesEach * roundsMax }, (_, n) => {
    const email = emailOf.known(n)
    return { id: newId('user'), email, emailKey: email, name: 'Known', passwordHash }
  })
  await db().user.createMany({ data: people })
  await db().membership.createMany({ data: people.map(({ id }) => ({ userId: id, workspaceId, role: 'viewer' })) })
})

/** One wrong sign-in of somebody else from somewhere else each time, so that no limit speeds it up. */
const timeOf = async (who: keyof typeof emailOf, n: number): Promise<number> => {
  const ip = `2001:db8::${n.toString(16)}:${who === 'known' ? 1 : 2}`
  const started = performance.now()
  const answer = await signIn({ email: emailOf[who](n), password: 'wrong wrong wrong', ip })
  const took = performance.now() - started
  expect(answer).toEqual({ outcome: 'refused' })
  return took
}

/** Interleaved, each pair in a random order: whatever else the machine does falls on both alike. */
const measure = async (round: number): Promise<Record<keyof typeof emailOf, number[]>> => {
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let i = 0; i < triesEach; i++) {
    const order = Math.random() < 0.5 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)
    for (const who of order) times[who].push(await timeOf(who, round * triesEach + i))
  }
  return times
}

test('an unknown person takes as long as a wrong password and gets the same answer (AUTHN-5)', async () => {
  // A busy machine may spoil one round; a difference in the code shows in every one.
  const seen: string[] = []
  for (let round = 0; round < roundsMax; round++) {
    const { known, unknown } = await measure(round)
    const [apart, p] = [Math.abs(median(known) - median(unknown)), mannWhitney(known, unknown)]
    seen.push(`medians ${apart.toFixed(2)} ms apart, p = ${p.toFixed(4)}`)
    if (apart < 3 || p > 0.01) return
  }
  expect(seen).toEqual([])
}, 300_000)

test('the comparison itself tells two distributions apart, and does not see a difference where there is none', () => {
  const noise = (n: number) => Math.sin(n * 12.9898) * 43_758.5453
  const sample = (shift: number, seed: number) =>
    Array.from({ length: 300 }, (_, n) => 40 + shift + 10 * (noise(n + seed) - Math.floor(noise(n + seed))))
  expect(mannWhitney(sample(0, 1), sample(4, 1_000))).toBeLessThan(0.001)
  expect(mannWhitney(sample(0, 1), sample(0, 1_000))).toBeGreaterThan(0.01)
})

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Two-sided p of the rank-sum test, by its normal approximation; times have practically no ties. */
const mannWhitney = (a: number[], b: number[]): number => {
  const ranked = [...a.map((value) => ({ value, isA: true })), ...b.map((value) => ({ value, isA: false }))]
  ranked.sort((x, y) => x.value - y.value)
  const ranks = ranked.reduce((sum, { isA }, i) => (isA ? sum + i + 1 : sum), 0)
  const u = ranks - (a.length * (a.length + 1)) / 2
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12)
  const z = Math.abs(u - (a.length * b.length) / 2) / deviation
  return 2 * (1 - normal(z))
}

/** The normal distribution function (Abramowitz and Stegun 26.2.17, error below 1e-7). */
const normal = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * z)
  const tail = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail
}
