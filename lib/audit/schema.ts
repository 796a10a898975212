import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'

export const outcomes = ['success', 'failure', 'denied'] as const

const text = z.string().trim().min(1).max(200)
const moment = z.iso.datetime({ offset: true })

/** What narrows the trail, for the list and for exports alike. */
export const auditFilter = {
  /** An id, or a part of the name. */
  actor: text.optional(),
  /** An event such as `credential.created`, or a whole family such as `credential`. */
  event: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)?$/, 'Use an event such as credential.created, or a family such as credential.')
    .max(100)
    .optional(),
  outcome: z.enum(outcomes).optional(),
  /** What the event is about: an id, or a part of the name. */
  object: text.optional(),
  since: moment.optional(),
  /** Up to this moment, without it. */
  until: moment.optional(),
  /** Any of: what was done, who, what, from which address, request id. */
  q: text.optional(),
}

export const listAuditInput = z.strictObject({ ...pageInput, ...auditFilter })
export const exportAuditInput = z.strictObject({ ...auditFilter, format: z.enum(['csv', 'ndjson']).default('ndjson') })
export type AuditFilter = Omit<z.output<typeof exportAuditInput>, 'format'>

export const auditEventView = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  event: z.string(),
  /** What was done, for people. */
  sentence: z.string(),
  outcome: z.enum(outcomes),
  actor: z.object({ kind: z.string(), id: z.string(), name: z.string() }),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  target: z.object({ type: z.string(), id: z.string().nullable(), name: z.string().nullable() }).nullable(),
  request_id: z.string().nullable(),
  /** Public facts; of secret fields only that they changed. */
  details: z.record(z.string(), z.unknown()).nullable(),
  /** Its place in the sealed chain; null for the moment until it is sealed. */
  seq: z.int().nullable(),
})
export type AuditEventView = z.output<typeof auditEventView>

export const auditList = z.object({ items: z.array(auditEventView), page: pageMeta })
export type AuditList = z.output<typeof auditList>

/** What an export ends with. */
export const exportedAudit = z.object({ events: z.int() })
