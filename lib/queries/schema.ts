import * as z from 'zod'
import { planLine, resultHead } from '#lib/connectors/contract'
import { pageInput, pageMeta } from '#lib/core/page'

const ref = z.string().min(1).max(128)

/** What is run, whatever becomes of its rows. */
const statement = {
  ref,
  sql: z.string().min(1).max(1_000_000),
  /** Values of its parameters in their order, as text that the server converts. */
  parameters: z.array(z.string().max(100_000).nullable()).max(1_000).default([]),
  /** As it was written, where its parameters had names; for one's own history, never run. */
  written: z.string().min(1).max(1_000_000).optional(),
}

export const runQueryInput = z.strictObject({
  ...statement,
  /** Fewer rows than the data source allows; never more. */
  row_limit: z.int().min(1).max(1_000_000).optional(),
  /** The plan instead of the rows; `analyzed` runs the statement to measure it. */
  explain: z.enum(['estimated', 'analyzed']).optional(),
  /** `write`: the statement may change data, where the data source allows that; it needs `confirm`. */
  mode: z.enum(['read', 'write']).default('read'),
  /** Somebody was asked, and said that data may change. */
  confirm: z.boolean().default(false),
})

/** How a result ended. */
export const queryEnd = z.object({
  rows: z.int(),
  truncated: z.enum(['rows', 'bytes']).nullable(),
  cells_cut: z.int(),
  affected: z.number().nullable(),
  command: z.string().nullable(),
  duration_ms: z.number(),
  notices: z.array(z.string()),
})
export type QueryEnd = z.output<typeof queryEnd>

/** The first line is a head or a plan; then rows as arrays; the last one is how it ended, or `{"error": problem}`. */
export const queryLine = z.union([
  resultHead.extend({ query_id: z.string() }),
  planLine.extend({ query_id: z.string() }),
  z.array(z.json()),
])

export const queryKinds = ['run', 'explain', 'export'] as const
/** `lost`: whatever ran it died before it could say how it ended. */
export const queryStatuses = ['waiting', 'running', 'done', 'failed', 'cancelled', 'lost'] as const

export const queryView = z.object({
  id: z.string(),
  connection: z.object({ id: z.string(), conn_id: z.string(), name: z.string() }),
  kind: z.enum(queryKinds),
  mode: z.enum(['read', 'write']),
  /** In a list, its first 4,000 characters. */
  sql: z.string(),
  /** As it was written, where that was another text. */
  written: z.string().nullable(),
  status: z.enum(queryStatuses),
  /** So far, while it runs. */
  rows: z.int(),
  bytes: z.int(),
  truncated: z.string().nullable(),
  command: z.string().nullable(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
  started_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  duration_ms: z.number().nullable(),
})
export type QueryView = z.output<typeof queryView>

/** What an export is written as. */
export const exportFormat = z.strictObject({
  name: z.enum(['csv', 'ndjson', 'json', 'parquet']),
  /** CSV: a `'` before what a spreadsheet would take for a formula. */
  formula_safe: z.boolean(),
})
export type ExportFormat = z.output<typeof exportFormat>

export const exportInput = z.strictObject({
  ...statement,
  format: exportFormat.shape.name,
  formula_safe: exportFormat.shape.formula_safe.default(false),
})

/** What of an export waits for its download. */
export const keptExport = z.object({ parameters: statement.parameters, format: exportFormat })
export type KeptExport = z.output<typeof keptExport>

export const exportAnswer = z.object({ id: z.string(), download: z.string(), expires_at: z.iso.datetime() })

/** What the download is called; everything behind it is the file. */
export const downloadLine = z.object({ name: z.string(), format: exportFormat.shape.name })

export const queryRef = z.strictObject({ id: z.string().min(1).max(128) })
export const listQueriesInput = z.strictObject({
  ...pageInput,
  /** Id or name of a data source. */
  connection: ref.optional(),
  /** A part of the statement. */
  q: z.string().max(256).optional(),
})
export const queryList = z.object({ items: z.array(queryView), page: pageMeta })

export const cancelAnswer = z.object({ id: z.string(), status: z.enum(queryStatuses) })
