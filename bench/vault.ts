import { createSecretKey, randomBytes } from 'node:crypto'
import { open, seal } from '#lib/vault/seal'
import type { Figure } from './harness.ts'

const count = 2000
const rounds = 5

/** How fast stored secrets open and new ones are sealed, in one process; a ceiling of 1 s per 2,000 is 2,000 a second. */
export const run = async (): Promise<Figure[]> => {
  const key = { id: 'kek_bench', secret: createSecretKey(randomBytes(32)) }
  const find = () => key
  const contexts = Array.from({ length: count }, (_, i) => ({
    workspaceId: 'ws_bench',
    credentialId: `cred_${i}`,
    version: 1,
    kind: 'database.password',
    sealedTo: '[{"host":"db.example.com","port":5432,"scheme":"postgresql","tls":"verify-full"},[]]',
  }))
  const fields = { password: randomBytes(18).toString('base64') }
  const envelopes = contexts.map((context) => seal(fields, context, key))
  const opens = measure(() =>
    envelopes.forEach((envelope, i) => {
      const context = contexts[i]
      if (context) open(envelope, context, find)
    }),
  )
  const seals = measure(() =>
    contexts.forEach((context) => {
      seal(fields, context, key)
    }),
  )
  const limit = { kind: 'value', max: 1000 } as const
  return [
    { name: `open ${count} stored secrets`, unit: 'ms', ours: opens, limit },
    { name: `seal ${count} secrets`, unit: 'ms', ours: seals, limit },
  ]
}

/** Milliseconds of each round after a warm-up. */
const measure = (work: () => void): number[] =>
  Array.from({ length: rounds + 1 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  }).slice(1)
