import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName, longText } from '#lib/core/text'

const statement = z
  .string()
  .max(200_000, 'Use at most 200,000 characters.')
  .refine((text) => text.trim() !== '', 'Write a statement to save.')

const settings = {
  sql: statement,
  description: longText,
  /** The data source it is for: its slug or id; null for any. */
  connection: z.string().min(1).max(128).nullable(),
  /** Everybody in the workspace who may query sees it. */
  shared: z.boolean(),
}

/** Says that what looks like a secret in the statement is meant to be there, for all who may see it. */
const allowSecrets = z.boolean().default(false)

export const listSavedInput = z.strictObject({
  ...pageInput,
  /** A part of the name, the description or the statement. */
  q: z.string().max(200).optional(),
  /** Only those for this data source, or for any. */
  connection: z.string().max(128).optional(),
})

export const createSavedInput = z.strictObject({
  name: displayName,
  sql: settings.sql,
  description: settings.description.default(''),
  connection: settings.connection.default(null),
  shared: settings.shared.default(false),
  allow_secrets: allowSecrets,
})

const id = z.string().min(1).max(64)
const changing = { id, if_match: z.string().max(128).optional() }

export const savedRef = z.strictObject({ id })

export const updateSavedInput = z.strictObject({
  ...changing,
  name: displayName.optional(),
  sql: settings.sql.optional(),
  description: settings.description.optional(),
  connection: settings.connection.optional(),
  shared: settings.shared.optional(),
  allow_secrets: allowSecrets,
})

export const deleteSavedInput = z.strictObject(changing)

export const restoreSavedInput = z.strictObject({
  id,
  /** Where its own was taken meanwhile. */
  name: displayName.optional(),
})

export const savedQuery = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  sql: z.string(),
  shared: z.boolean(),
  mine: z.boolean(),
  /** The signed-in person may change and delete it. */
  editable: z.boolean(),
  connection: z.object({ id: z.string(), conn_id: z.string(), name: z.string() }).nullable(),
  revision: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
})
export type SavedQuery = z.output<typeof savedQuery>

export const savedQueries = z.object({ items: z.array(savedQuery), page: pageMeta })
export const deletedQuery = z.object({ id: z.string(), deleted: z.literal(true) })
