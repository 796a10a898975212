import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName } from '#lib/core/text'

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

export const sinkKinds = ['https', 'syslog', 'file'] as const

const host = z
  .string()
  .max(253)
  .regex(/^[a-z0-9_.:-]+$/i, 'Enter a host name or an address.')
/** Certificates (PEM) of a private authority; the system's are trusted unless given. */
const ca = z
  .string()
  .max(65_536)
  .startsWith('-----BEGIN CERTIFICATE-----', 'Paste a certificate in PEM form.')
  .optional()

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'Enter an address that begins with https://.' })
  .max(2_048)
  .refine(
    (text) => URL.canParse(text) && isBare(new URL(text)),
    'Leave user, password and fragment out of the address.',
  )

const isBare = ({ username, password, hash }: URL): boolean => username === '' && password === '' && hash === ''

export const sinkConfig = {
  https: z.strictObject({ url: httpsUrl, ca }),
  syslog: z.strictObject({ host, port: z.int().min(1).max(65_535).default(6514), ca }),
  file: z.strictObject({
    /** A name, never a path: the folder is fixed (AUDIT-10). */
    file: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,47}$/, 'Use lower-case letters, digits, hyphens and underscores.'),
  }),
} as const

/** What signs the batches of an https destination, and what it may want as `Authorization`. */
export const sinkSecret = z.strictObject({
  signing_key: z.string().min(16, 'Use at least 16 characters.').max(1_024),
  authorization: z
    .string()
    .min(1)
    .max(4_096)
    .regex(/^[\x20-\x7e]+$/, 'Use printable ASCII characters.')
    .optional(),
})

export const sinkRef = z.strictObject({ id: z.string().min(1).max(64) })

const sinkFields = { name: displayName, config: z.record(z.string().max(64), z.unknown()), enabled: z.boolean() }

export const createSinkInput = z.strictObject({
  ...sinkFields,
  kind: z.enum(sinkKinds),
  secret: sinkSecret.optional(),
  enabled: z.boolean().default(true),
  /** Send what belongs to no workspace, too, such as sign-ins of unknown people; for owners to say. */
  installation: z.boolean().default(false),
  /** Send what happened before, too. */
  history: z.boolean().default(false),
})
export const updateSinkInput = z.strictObject({
  ...sinkRef.shape,
  if_match: z.string().max(200).optional(),
  ...z.strictObject(sinkFields).partial().shape,
  installation: z.boolean().optional(),
  secret: sinkSecret.optional(),
})

export const sinkView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(sinkKinds),
  config: z.record(z.string(), z.unknown()),
  /** Write-only: answers say only that one is set. */
  secret: z.object({ set: z.boolean() }),
  enabled: z.boolean(),
  /** It gets what belongs to no workspace, too. */
  installation: z.boolean(),
  /** Everything up to this place of the chain has arrived … */
  delivered_seq: z.int(),
  /** … and this many events wait. */
  waiting: z.int(),
  failures: z.int(),
  last_error: z.string().nullable(),
  last_sent_at: z.iso.datetime().nullable(),
  retry_at: z.iso.datetime().nullable(),
  revision: z.int(),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type SinkView = z.output<typeof sinkView>
export const listSinksInput = z.strictObject({})
export const sinkList = z.object({ items: z.array(sinkView) })
export const deletedSink = z.object({ id: z.string(), deleted: z.literal(true) })
export const sinkTest = z.object({ success: z.boolean(), message: z.string(), latency_ms: z.number() })
export type SinkTest = z.output<typeof sinkTest>

export const thresholds = ['count', 'minutes', 'days', 'events', 'megabytes'] as const
export type Threshold = (typeof thresholds)[number]

/** From when on each rule raises an alert; a workspace may set its own. */
export const alertDefaults = {
  sign_in_failures: { count: 10, minutes: 10 },
  test_failures: { count: 10, minutes: 10 },
  decrypt_failure: {},
  audit_broken: {},
  bulk_export: { count: 5, minutes: 60, events: 10_000 },
  destination_changed: {},
  new_admin: {},
  key_age: { days: 365 },
  sink_disabled: { count: 10 },
  /** How far a replication slot may be behind. */
  slot_behind: { megabytes: 1_024 },
  /** Days before the day; then a week, a day, and when it is over. */
  credential_expiring: { days: 30 },
  rotation_due: { days: 7 },
} as const satisfies Record<string, Partial<Record<Threshold, number>>>
export type AlertRule = keyof typeof alertDefaults

const ruleNames = Object.keys(alertDefaults) as [AlertRule, ...AlertRule[]]
const ruleThresholds = z.strictObject(
  Object.fromEntries(thresholds.map((name) => [name, z.int().min(1).max(1_000_000).optional()])),
)

export const alertRuleSettings = z.partialRecord(z.enum(ruleNames), ruleThresholds)
/** As a workspace keeps them; one that is off raises nothing. */
export const storedAlertRules = z.partialRecord(
  z.enum(ruleNames),
  ruleThresholds.extend({ off: z.literal(true).optional() }),
)
export const updateAlertRulesInput = z.strictObject({
  /** A rule’s thresholds as a whole: what is left out of one that is named returns to its default. */
  rules: alertRuleSettings.default({}),
  /** All rules that are switched off from now on; as it was unless given. */
  off: z.array(z.enum(ruleNames)).max(ruleNames.length).optional(),
})
export const alertRulesInput = z.strictObject({})
export const alertRulesView = z.object({
  rules: z.record(z.string(), z.record(z.string(), z.int())),
  off: z.array(z.string()),
})
export type AlertRulesView = z.output<typeof alertRulesView>
export const testAlertInput = z.strictObject({ rule: z.enum(ruleNames) })
export const testedAlert = z.object({ rule: z.string(), sentence: z.string() })

export const listAlertsInput = z.strictObject({ ...pageInput, state: z.enum(['open', 'all']).default('open') })
export const alertRef = z.strictObject({ id: z.string().min(1).max(64) })
export const alertView = z.object({
  id: z.string(),
  rule: z.string(),
  sentence: z.string(),
  /** What it is about: an id, or the rule’s own word. */
  about: z.string(),
  /** It concerns the installation, not this workspace alone. */
  installation: z.boolean(),
  raised_at: z.iso.datetime(),
  acknowledged_by: z.string().nullable(),
  acknowledged_at: z.iso.datetime().nullable(),
})
export type AlertView = z.output<typeof alertView>
export const alertList = z.object({ items: z.array(alertView), page: pageMeta, open: z.int() })

/** What can be wrong at a place of the chain. */
export const problemKinds = [
  'changed',
  'misplaced',
  'missing',
  'truncated',
  'foreign',
  'unsealed',
  'rewritten',
  'forged',
] as const

const problem = z.object({
  /** The place in the chain, from 1. */
  seq: z.int(),
  /** The last place of neighbours that are wrong in the same way; of a single one, the same. */
  until: z.int(),
  events: z.int(),
  /** The first of them, where it is known. */
  event_id: z.string().nullable(),
  kind: z.enum(problemKinds),
  sentence: z.string(),
  /** What to do about it. */
  advice: z.string(),
})
export type Problem = z.output<typeof problem>

const chainReport = z.object({
  /** The workspace’s id, or `system` for what belongs to none, such as failed sign-ins. */
  chain: z.string(),
  events: z.int(),
  /** In the order of the chain, at most 100. */
  problems: z.array(problem),
  /** How many there are, also beyond those that are listed. */
  problem_count: z.int(),
})
export type ChainReport = z.output<typeof chainReport>

/** How far a verification is. */
export const verifyProgress = z.object({ chain: z.string(), checked: z.int(), events: z.int() })

export const auditVerification = z.object({
  ok: z.boolean(),
  chains: z.array(chainReport),
  /** What weakens the trail, though it may be whole. */
  warnings: z.array(z.string()),
  duration_ms: z.int(),
})
export type AuditVerification = z.output<typeof auditVerification>

/** What a running verification says: how far it is, and in the end what it found. */
export const verifyLine = z.union([verifyProgress, z.object({ end: auditVerification })])
export type VerifyProgress = z.output<typeof verifyProgress>
export type VerifyLine = z.output<typeof verifyLine>
