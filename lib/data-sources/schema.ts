import * as z from 'zod'
import { discoveredRelation, fileEntry, fileFormats, testCause } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { pageInput, pageMeta } from '#lib/core/page'

const ref = z.string().min(1).max(128)

/** Asks the server itself instead of answering with what was read last. */
const live = z.union([z.boolean(), z.stringbool()]).default(false)

export const schemasInput = z.strictObject({ ref, live })

export const relationsInput = z.strictObject({
  ref,
  schema: z.string().max(256).optional(),
  q: z.string().max(256).optional(),
  detail: z.enum(['names', 'columns', 'full']).default('names'),
  live,
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(2048).optional(),
})
export const relationsOutput = z.object({
  items: z.array(discoveredRelation),
  page: z.object({ limit: z.int(), cursor: z.string().nullable() }),
})

/** By a part of a name or comment, in any case; `in=names` leaves comments and columns out, `types=all` adds routines, enums and extensions. */
export const searchInput = z.strictObject({
  ref,
  q: z.string().trim().min(1).max(256),
  in: z.enum(['names', 'all']).default('all'),
  types: z.enum(['relations', 'all']).default('relations'),
  schema: z.string().max(256).optional(),
  ...pageInput,
})
export const foundIn = z.enum(['name', 'comment', 'columns'])
export const foundRelation = discoveredRelation
  .pick({ type: true, schema: true, name: true, kind: true, comment: true, row_estimate: true })
  .extend({
    found_in: foundIn,
    /** The first of those that hold it, by name or comment. */
    found_columns: z.array(z.string()),
  })
export type FoundRelation = z.output<typeof foundRelation>

/** Where the answer of a search goes on. */
export interface SearchPlace {
  rank: number
  schema: string
  name: string
  type: string
}

/** `{schema}.{table}` as one path segment, each part percent-encoded where it holds a dot. */
export const relationInput = z.strictObject({ ref, table: z.string().min(1).max(1024), live })
export const relationOutput = discoveredRelation

/** Everything at once, as NDJSON. */
export const discoverInput = z.strictObject({ ref, detail: z.enum(['names', 'columns', 'full']).default('full') })

/** What the stream ends with. */
export const discoverOutput = z.object({ bytes: z.int() })

/** `public.orders` as one URL segment; a dot or percent sign inside a name is encoded, so that the first dot is the separator. */
export const relationSegment = (schema: string, name: string): string => encodeURIComponent(pathOf(schema, name))

/** The other direction, from a segment that the URL's own encoding was taken off. */
export const parseRelationPath = (segment: string, field = 'table'): RelationName => {
  const dot = segment.indexOf('.')
  const schema = decodePart(segment.slice(0, Math.max(dot, 0)))
  const name = decodePart(segment.slice(dot + 1))
  if (dot > 0 && schema && name) return { schema, name }
  const message = 'Write it as {schema}.{table}, a dot or percent sign inside a name percent-encoded.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: `/${field}`, message }] })
}

export interface RelationName {
  schema: string
  name: string
}

/** What is kept of a data source, and compared from one refresh to the next. */
export const objectTypes = ['relation', 'routine', 'enum', 'extension'] as const
export type ObjectType = (typeof objectTypes)[number]

/** What is unique among all that is kept of a data source. */
export interface ObjectName extends RelationName {
  type: ObjectType
}

/** `schema.name` as one word, in which no other two names meet. */
export const pathOf = (schema: string, name: string): string => `${encodePart(schema)}.${encodePart(name)}`

const encodePart = (part: string): string => part.replaceAll('%', '%25').replaceAll('.', '%2E')

const decodePart = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** A folder, page by page; `''` is where the connection begins. */
export const filesInput = z.strictObject({
  ref,
  path: z.string().max(4096).default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(8192).optional(),
})
export type FileEntry = z.output<typeof fileEntry>
export const filesOutput = z.object({
  items: z.array(fileEntry),
  page: z.object({ limit: z.int(), cursor: z.string().nullable() }),
})
export type FilesPage = z.output<typeof filesOutput>

export const fileFormat = z.enum(fileFormats)
export type FileFormat = z.output<typeof fileFormat>

/** The beginning of a file. */
export const previewInput = z.strictObject({
  ref,
  path: z.string().min(1).max(4096),
  format: fileFormat.optional(),
  rows: z.coerce.number().int().min(1).max(1000).default(100),
})
export const previewOutput = z.object({
  path: z.string(),
  format: z.enum([...fileFormats, 'binary']),
  size_bytes: z.number().nullable(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  /** Null for a table. */
  text: z.string().nullable(),
  notes: z.array(z.string()),
  truncated: z.boolean(),
})
export type FilePreview = z.output<typeof previewOutput>

/** All of a data source, one schema, or one table of it. */
export const refreshInput = z
  .strictObject({ ref, schema: z.string().min(1).max(256).optional(), table: z.string().min(1).max(256).optional() })
  .refine(({ schema, table }) => table === undefined || schema !== undefined, {
    path: ['schema'],
    message: 'Name the schema of the table, too.',
  })
/** Of one thing only: a table as `{schema}.{table}`, as in a path, or with `type` something else. */
const relation = z.string().min(1).max(8192).optional()
const type = z.enum(objectTypes).default('relation')

/** Of one thing: those that found it different from before. */
export const refreshesInput = z.strictObject({ ref, relation, type, ...pageInput })
export const oneRefreshInput = z.strictObject({ ref, id: z.string().max(64) })

export const refreshStatuses = ['queued', 'running', 'done', 'partial', 'failed', 'cancelled'] as const
export const refreshTriggers = ['manual', 'api', 'schedule', 'first'] as const

export const refreshView = z.object({
  id: z.string(),
  status: z.enum(refreshStatuses),
  /** `first`: somebody looked at a data source that was never read. */
  trigger: z.enum(refreshTriggers),
  schema: z.string().nullable(),
  table: z.string().nullable(),
  /** How far it is; the total is null until the server has named its schemas. */
  schemas_done: z.int(),
  schemas_total: z.int().nullable(),
  relations: z.int(),
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  /** The catalog was recognised as the one that was read before, so nothing was read. */
  unchanged: z.boolean(),
  problem: z.object({ code: z.string(), detail: z.string(), cause: testCause.optional() }).nullable(),
  requested_by: z.string(),
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
})
export type RefreshView = z.output<typeof refreshView>
export const refreshesOutput = z.object({ items: z.array(refreshView), page: pageMeta })

/** The gravest first. */
export const schemaChangeClasses = ['breaking', 'additive', 'neutral'] as const
export type SchemaChangeClass = (typeof schemaChangeClasses)[number]

export const schemaChange = z.object({
  class: z.enum(schemaChangeClasses),
  /** `column removed`, `type changed` … */
  what: z.string(),
  /** The column, constraint, index or value it is about; null where it is the thing itself. */
  name: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})

const changedObject = z.object({
  type: z.enum(objectTypes),
  schema: z.string(),
  name: z.string(),
  /** The gravest of its changes. */
  class: z.enum(schemaChangeClasses),
  changes: z.array(schemaChange),
})
export type ChangedObject = z.output<typeof changedObject>

export const affectedPipeline = z.object({
  key: z.string(),
  name: z.string(),
  active: z.boolean(),
  /** Its steps that name the connection, where they have a name. */
  steps: z.array(z.string()),
})
export type AffectedPipeline = z.output<typeof affectedPipeline>

/** With the pipelines that name what can break. */
const affectingObject = changedObject.extend({ pipelines: z.array(affectedPipeline) })
export type AffectingObject = z.output<typeof affectingObject>

/** Between two moments: after `from`, up to and with `to`. A refresh counts as the moment at which it began. */
export const changesInput = z
  .strictObject({ ref, from: z.iso.datetime(), to: z.iso.datetime(), relation, type, ...pageInput })
  .refine(({ from, to }) => from < to, { path: ['to'], message: 'It has to be later than “from”.' })
export const compareInput = z.strictObject({ ref, with: ref, ...pageInput })
export const changesOutput = z.object({
  items: z.array(affectingObject),
  page: pageMeta,
  /** Where something can break: those that use the connection and do not say which of its tables. */
  pipelines: z.array(affectedPipeline),
})
export const compareOutput = z.object({
  items: z.array(changedObject),
  page: pageMeta,
  /** When each of them was read; null where it never was, or leads somewhere else since: nothing is known of it. */
  refreshed_at: z.iso.datetime().nullable(),
  with_refreshed_at: z.iso.datetime().nullable(),
})
