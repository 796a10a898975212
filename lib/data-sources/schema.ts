import * as z from 'zod'
import { discoveredRelation, discoveredSchema, fileEntry, fileFormats } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'

const ref = z.string().min(1).max(128)

export const schemasInput = z.strictObject({ ref })
export const schemasOutput = z.object({ items: z.array(discoveredSchema) })

export const relationsInput = z.strictObject({
  ref,
  schema: z.string().max(256).optional(),
  q: z.string().max(256).optional(),
  detail: z.enum(['names', 'columns', 'full']).default('names'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
  cursor: z.string().max(2048).optional(),
})
export const relationsOutput = z.object({
  items: z.array(discoveredRelation),
  page: z.object({ limit: z.int(), cursor: z.string().nullable() }),
})

/** `{schema}.{table}` as one path segment, each part percent-encoded where it holds a dot. */
export const relationInput = z.strictObject({ ref, table: z.string().min(1).max(1024) })
export const relationOutput = discoveredRelation

/** Everything at once, as NDJSON. */
export const discoverInput = z.strictObject({ ref, detail: z.enum(['names', 'columns', 'full']).default('full') })

/** What the stream ends with. */
export const discoverOutput = z.object({ bytes: z.int() })

/** `public.orders` as one URL segment; a dot or percent sign inside a name is encoded, so that the first dot is the separator. */
export const relationSegment = (schema: string, name: string): string =>
  encodeURIComponent(`${encodePart(schema)}.${encodePart(name)}`)

/** The other direction, from a segment that the URL's own encoding was taken off. */
export const parseRelationPath = (segment: string): { schema: string; name: string } => {
  const dot = segment.indexOf('.')
  const schema = decodePart(segment.slice(0, Math.max(dot, 0)))
  const name = decodePart(segment.slice(dot + 1))
  if (dot > 0 && schema && name) return { schema, name }
  const message = 'Write it as {schema}.{table}, a dot or percent sign inside a name percent-encoded.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/table', message }] })
}

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
