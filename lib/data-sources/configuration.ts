import { Cron } from 'croner'
import * as z from 'zod'
import { largestCost } from './cost.ts'

const megabyte = 1024 * 1024

/** `sales.*`, `*.orders`, `raw_*`: a schema, or a schema and a relation; `*` stands for any characters but the dot between them. */
export const relationPattern = z
  .string()
  .trim()
  .min(1)
  .max(256)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'Write it without control characters.')

const isCron = (expression: string): boolean => {
  try {
    return new Cron(expression, { paused: true, mode: '5-part' }).nextRun() !== null
  } catch {
    return false
  }
}

const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** When the metadata is read again by itself. */
export const refreshSchedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({ kind: z.literal('interval'), minutes: z.int().min(5).max(43_200) }),
  z.strictObject({
    kind: z.literal('cron'),
    /** Five fields: minute, hour, day of month, month, day of week. */
    expression: z
      .string()
      .trim()
      .max(128)
      .refine(isCron, 'Write five fields such as “0 6 * * 1-5”: minute, hour, day, month, weekday.'),
    timezone: z.string().max(64).refine(isTimezone, 'Use a name such as “Europe/Berlin” or “UTC”.').default('UTC'),
  }),
])
export type RefreshSchedule = z.output<typeof refreshSchedule>

/** How a data source is read: what is kept of its schema, and what a query may take. */
export const sourceSettings = z.strictObject({
  schedule: refreshSchedule.default({ kind: 'off' }),
  /** Only what fits one of these is kept; everything where there are none. */
  include: z.array(relationPattern).max(200).default([]),
  exclude: z.array(relationPattern).max(200).default([]),
  /** How long changes of the schema are remembered. */
  retention_days: z.int().min(1).max(3_650).default(90),
  /** What one query in the editor may bring (SQL-5); exports have no limit of rows. */
  limits: z
    .strictObject({
      rows: z.int().min(1).max(1_000_000).default(10_000),
      bytes: z
        .int()
        .min(1_024)
        .max(1024 * megabyte)
        .default(50 * megabyte),
      cell_bytes: z
        .int()
        .min(256)
        .max(16 * megabyte)
        .default(megabyte),
      columns: z.int().min(1).max(10_000).default(1_000),
      timeout_seconds: z.int().min(1).max(3_600).default(60),
      export_timeout_seconds: z.int().min(1).max(21_600).default(3_600),
    })
    .prefault({}),
  /** A query that the planner expects to cost more is not run; null for that of production, or none elsewhere. */
  max_cost: z.number().positive().max(largestCost).nullable().default(null),
  /** Statements that change data may be run by those who have the right to. */
  writes: z.boolean().default(false),
})
export type SourceSettings = z.output<typeof sourceSettings>

export const defaultSettings: SourceSettings = sourceSettings.parse({})

const ref = z.string().min(1).max(128)

export const configurationInput = z.strictObject({ ref })
export const putConfigurationInput = z.strictObject({
  ref,
  if_match: z.string().max(128).optional(),
  ...sourceSettings.shape,
})

export const configurationOutput = sourceSettings.extend({
  /** 0 while everything is as it comes. */
  revision: z.int(),
  updated_at: z.iso.datetime().nullable(),
  updated_by: z.string().nullable(),
})
export type SourceConfigurationView = z.output<typeof configurationOutput>
