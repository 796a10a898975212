import * as z from 'zod'
import { sinkConfig, sinkSecret } from '#lib/audit/schema'

const ref = z.string().min(1).max(128)

/** What is worth a message: only what can break somebody, or everything that is different. */
export const webhookChanges = z.enum(['breaking', 'all'])

export const webhookInput = z.strictObject({ ref })
export const putWebhookInput = z.strictObject({
  ref,
  if_match: z.string().max(128).optional(),
  ...sinkConfig.https.shape,
  changes: webhookChanges.default('breaking'),
  enabled: z.boolean().default(true),
  /** Needed for a new one, and where the receiver becomes another one; kept where it is left out. */
  secret: sinkSecret.optional(),
})

export const webhookOutput = z.object({
  /** Null where there is none. */
  url: z.string().nullable(),
  ca: z.string().nullable(),
  changes: webhookChanges,
  enabled: z.boolean(),
  /** Write-only: answers say only that one is set. */
  secret: z.object({ set: z.boolean() }),
  failures: z.int(),
  last_error: z.string().nullable(),
  last_sent_at: z.iso.datetime().nullable(),
  retry_at: z.iso.datetime().nullable(),
  /** 0 where there is none. */
  revision: z.int(),
})
export type WebhookView = z.output<typeof webhookOutput>
export const removedWebhook = z.object({ deleted: z.literal(true) })
