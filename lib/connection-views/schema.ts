import * as z from 'zod'
import { listConnectionsInput } from '#lib/connections/schema'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName } from '#lib/core/text'

export const densities = ['compact', 'comfortable'] as const

const listed = listConnectionsInput.omit({ limit: true, cursor: true })

/** What stands in the list's address behind the question mark, without a place in it. */
const listQuery = z
  .string()
  .max(2_000)
  .refine(
    (text) => {
      const params = [...new URLSearchParams(text)]
      const query = Object.fromEntries(params)
      return Object.keys(query).length === params.length && listed.safeParse(query).success
    },
    { error: 'This is not the query of a list of connections.' },
  )

const settings = {
  query: listQuery,
  /** The columns that are shown, in this order; null for the usual ones. */
  columns: z
    .array(z.string().regex(/^[a-z_]{1,40}$/, 'Use the names of columns.'))
    .max(40)
    .nullable(),
  density: z.enum(densities).nullable(),
  shared: z.boolean(),
}

export const listViewsInput = z.strictObject(pageInput)

export const createViewInput = z.strictObject({
  name: displayName,
  query: settings.query,
  columns: settings.columns.default(null),
  density: settings.density.default(null),
  shared: settings.shared.default(false),
})

const viewRef = { id: z.string().min(1).max(64), if_match: z.string().max(128).optional() }

export const updateViewInput = z.strictObject({
  ...viewRef,
  name: displayName.optional(),
  query: settings.query.optional(),
  columns: settings.columns.optional(),
  density: settings.density.optional(),
  shared: settings.shared.optional(),
})

export const deleteViewInput = z.strictObject(viewRef)

/** A named way to look at the list of connections. */
export const savedView = z.object({
  id: z.string(),
  name: z.string(),
  /** Everybody in the workspace sees it. */
  shared: z.boolean(),
  query: z.string(),
  columns: z.array(z.string()).nullable(),
  density: z.enum(densities).nullable(),
  mine: z.boolean(),
  revision: z.int(),
})
export type SavedView = z.output<typeof savedView>

export const savedViews = z.object({ items: z.array(savedView), page: pageMeta })
export const deletedView = z.object({ id: z.string(), deleted: z.literal(true) })
