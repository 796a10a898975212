import * as z from 'zod'
import {
  replicateChange,
  replicateCheck,
  replicatePreviewRequest,
  replicateSlot,
  replicateStep,
  replicateTable,
  replicateWaiting,
  replicationPlan,
} from '#lib/connectors/contract'

const ref = z.string().min(1).max(128)

/** What is captured unless somebody says otherwise; names are as the server takes them. */
const plan = {
  ...replicationPlan.shape,
  publication: replicationPlan.shape.publication.default('jackfield'),
  slot: replicationPlan.shape.slot.default('jackfield'),
}

export const checkInput = z.strictObject({ ref, ...plan })
export const checkOutput = z.object({
  checks: z.array(replicateCheck),
  tables: z.array(replicateTable),
  steps: z.array(replicateStep),
})
export type ReplicationCheck = z.output<typeof checkOutput>

export const stepInput = z.strictObject({
  ref,
  ...plan,
  step: z.string().max(64),
})
export const stepOutput = z.object({ step: z.string(), sql: z.string(), replication_id: z.string().nullable() })

export const previewInput = z.strictObject({
  ref,
  ...plan,
  seconds: replicatePreviewRequest.shape.seconds,
  changes: replicatePreviewRequest.shape.changes,
})
export const previewLine = z.discriminatedUnion('type', [replicateChange, replicateWaiting])
export const previewOutput = z.object({ changes: z.int(), sentence: z.string() })

export const replicationView = z.object({
  id: z.string(),
  publication: z.string(),
  slot: z.string(),
  tables: replicationPlan.shape.tables,
  heartbeat: replicationPlan.shape.tables.element.nullable(),
  /** The steps that were taken here. */
  steps: z.array(z.string()),
  slot_made: z.boolean(),
  created_at: z.iso.datetime(),
  checked_at: z.iso.datetime().nullable(),
  /** What was seen of the slot last; null before the first look. */
  seen: replicateSlot.nullable(),
  /** Why it could not be looked at. */
  problem: z.string().nullable(),
})
export type ReplicationView = z.output<typeof replicationView>

export const listInput = z.strictObject({ ref })
export const listOutput = z.object({ items: z.array(replicationView) })

export const lagInput = z.strictObject({
  ref,
  id: z.string().max(64),
  hours: z.coerce.number().int().min(1).max(168).default(24),
})
export const lagOutput = z.object({
  items: z.array(
    z.object({
      at: z.iso.datetime(),
      lag_bytes: z.number(),
      retained_bytes: z.number().nullable(),
      active: z.boolean(),
    }),
  ),
})

export const forgetInput = z.strictObject({
  ref,
  id: z.string().max(64),
  force: z.enum(['true', 'false']).optional(),
  reason: z.string().trim().min(3).max(500).optional(),
})
export const forgetOutput = z.object({ id: z.string(), forgotten: z.literal(true) })
