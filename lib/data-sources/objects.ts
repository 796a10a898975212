import * as z from 'zod'
import { discoveredEnum, discoveredExtension, discoveredRoutine, discoveredSchema } from '#lib/connectors/contract'
import { pageInput, pageMeta } from '#lib/core/page'
import { namedTypes } from './object-names.ts'
import { foundIn, foundRelation } from './schema.ts'

const routine = discoveredRoutine.omit({ definition: true })

export const namedObject = z.discriminatedUnion('type', [routine, discoveredEnum, discoveredExtension])
export type NamedObject = z.output<typeof namedObject>

/** With the body of a routine, where the login that read it may see it. */
export const wholeObject = z.discriminatedUnion('type', [discoveredRoutine, discoveredEnum, discoveredExtension])
export type WholeObject = z.output<typeof wholeObject>

/** A schema, and how many of each are kept of it; nothing is said of what was not read yet. */
export const countedSchema = discoveredSchema.extend({
  routines: z.int().optional(),
  enums: z.int().optional(),
  extensions: z.int().optional(),
})
export type CountedSchema = z.output<typeof countedSchema>

export const schemasOutput = z.object({ items: z.array(countedSchema) })

const ref = z.string().min(1).max(128)
const type = z.enum(namedTypes)

export const objectsInput = z.strictObject({ ref, type, schema: z.string().max(256).optional(), ...pageInput })
export const objectsOutput = z.object({ items: z.array(namedObject), page: pageMeta })

/** `{schema}.{name}` as one path segment, of a routine with its arguments: `public.total(integer)`. */
export const objectInput = z.strictObject({ ref, type, object: z.string().min(1).max(8192) })

const found = { found_in: foundIn }

/** What a search finds: relations, and where they are wanted the others too. */
export const foundObject = z.discriminatedUnion('type', [
  foundRelation,
  routine.extend(found),
  discoveredEnum.extend(found),
  discoveredExtension.extend(found),
])
export type FoundObject = z.output<typeof foundObject>

export const searchOutput = z.object({ items: z.array(foundObject), page: pageMeta })
