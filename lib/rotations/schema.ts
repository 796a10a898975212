import * as z from 'zod'
import { testCause } from '#lib/connectors/contract'
import { pageInput, pageMeta } from '#lib/core/page'
import { configInput, credentialRef } from '#lib/credentials/schema'

/**
 * `testing` → `ready` (every test passed) or `failed` (at least one did not) → `soaking` (promoted, the old version is
 * kept) → `finished`; or `rolled_back` from `soaking`, `cancelled` before a promotion.
 */
export const rotationStates = ['testing', 'ready', 'failed', 'soaking', 'finished', 'rolled_back', 'cancelled'] as const
export type RotationState = (typeof rotationStates)[number]

export const rotationTestStates = ['pending', 'running', 'passed', 'failed', 'skipped'] as const

export const startRotationInput = z.strictObject({
  ...credentialRef.shape,
  /** The new secret; fields that are left out stay as they are. Public fields such as the username may change with it. */
  config: configInput,
  /** How long the old version is kept for a roll-back, in hours. */
  soak_hours: z
    .int()
    .min(0)
    .max(24 * 90)
    .default(72),
  /** Promote at once when every test has passed; without it a person says so. */
  auto_promote: z.boolean().default(false),
  reason: z.string().max(500).optional(),
})

export const rotationRef = z.strictObject({ id: z.string().min(1).max(64), rotation_id: z.string().min(1).max(64) })
export const promoteInput = z.strictObject({
  ...rotationRef.shape,
  /** Promote although tests failed; needs a reason, which is recorded. */
  force: z.boolean().default(false),
  reason: z.string().max(500).optional(),
})

export const rotationTest = z.object({
  connection: z.object({ id: z.string(), name: z.string() }),
  state: z.enum(rotationTestStates),
  message: z.string().nullable(),
  cause: testCause.nullable(),
  latency_ms: z.number().nullable(),
  finished_at: z.iso.datetime().nullable(),
})

export const rotationView = z.object({
  id: z.string(),
  credential: z.object({ id: z.string(), name: z.string() }),
  state: z.enum(rotationStates),
  from_version: z.int(),
  to_version: z.int(),
  tests: z.array(rotationTest),
  progress: z.object({ total: z.int(), done: z.int(), failed: z.int() }),
  soak_hours: z.int(),
  soak_until: z.iso.datetime().nullable(),
  auto_promote: z.boolean(),
  reason: z.string().nullable(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  promoted_at: z.iso.datetime().nullable(),
  finished_at: z.iso.datetime().nullable(),
})
export type RotationView = z.output<typeof rotationView>

export const listRotationsInput = z.strictObject({ ...credentialRef.shape, ...pageInput })
export const rotationList = z.object({ items: z.array(rotationView), page: pageMeta })
