import * as z from 'zod'
import { discoveredRelation, discoveredSchema } from '#lib/connectors/contract'

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
