import * as z from 'zod'

export const noInput = z.strictObject({})
export const keyRef = z.strictObject({ id: z.string().min(1) })

const moment = z.string().nullable()

const keyView = z.object({
  id: z.string(),
  /** `primary` seals and opens, `open_only` opens what it sealed, `retired` is gone, `missing` is needed and not here. */
  state: z.enum(['primary', 'open_only', 'retired', 'missing']),
  /** `file`, `env`, or the key service and its key that wraps it; null for a key that is not here. */
  source: z.string().nullable(),
  /** Why it cannot be had from where it is kept. */
  problem: z.string().nullable(),
  added_at: moment,
  promoted_at: moment,
  retired_at: moment,
  /** When a recovery kit with it was exported. */
  kit_exported_at: moment,
  /** Secrets sealed with it so far. */
  seals: z.int(),
  /** Stored secrets that need it now, earlier versions and deleted credentials included. */
  needed_by: z.int(),
})
export type KeyView = z.output<typeof keyView>

export const rewrapStates = ['running', 'finished', 'stopped'] as const

export const rewrapView = z.object({
  id: z.string(),
  to_key_id: z.string(),
  state: z.enum(rewrapStates),
  done: z.int(),
  total: z.int(),
  started_at: z.string(),
  finished_at: moment,
  /** What is left to say, such as secrets that do not open. */
  error: z.string().nullable(),
})

export const keyList = z.object({
  source: z.enum(['file', 'env', 'aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit', 'missing']),
  /** False where somebody fills the source by hand, such as an environment variable. */
  changeable: z.boolean(),
  keys: z.array(keyView),
  /** The last move of secrets to the primary key. */
  rewrap: rewrapView.nullable(),
  problem: z.string().nullable(),
})
export type KeyList = z.output<typeof keyList>

export const keyChanged = z.object({
  id: z.string(),
  /** What to do next. */
  next: z.string(),
})

/** A stored secret that does not open, and why. */
export const secretProblem = z.object({
  credential_id: z.string(),
  name: z.string(),
  version: z.int(),
  key_id: z.string(),
  problem: z.string(),
})

export const doctorView = z.object({
  healthy: z.boolean(),
  /** Secrets that were opened. */
  opened: z.int(),
  problem_count: z.int(),
  /** The first hundred of them. */
  problems: z.array(secretProblem),
  /** What is wrong with the keys themselves. */
  keys: z.array(z.string()),
  advice: z.array(z.string()),
})
export type DoctorView = z.output<typeof doctorView>
