import { type NamedType, namedTypes, objectName } from '#lib/data-sources/object-names'
import type { FoundObject, NamedObject, WholeObject } from '#lib/data-sources/objects'
import type { ObjectName } from '#lib/data-sources/schema'

/** Things in the tree that are no relations: of one schema, or extensions, which are of the whole source. */
export interface ObjectGroup {
  type: NamedType
  schema: string | undefined
}

/** A routine, enum or extension, and what a search says of it besides. */
export type TreeObject = NamedObject & Partial<Pick<FoundObject, 'found_in'>>

/** One with everything about it, or why it could not be read. */
export type ObjectAnswer = { object: WholeObject } | { problem: string }

export const groupLabels = { routine: 'Routines', enum: 'Types', extension: 'Extensions' } as const

export const groupKey = ({ type, schema }: ObjectGroup): string =>
  schema === undefined ? `group:${type}` : `group:${type}:${schema}`

/** Where one stands in the tree; extensions are installed once for a whole database. */
export const groupOf = ({ type, schema }: Pick<ObjectName, 'schema'> & { type: NamedType }): ObjectGroup => ({
  type,
  schema: type === 'extension' ? undefined : schema,
})

/** Once for each, as of tables: `routine:public.total(integer)`. No table's key has a colon in it. */
export const objectKey = (object: NamedObject): string => `${object.type}:${pathKey(object.schema, objectName(object))}`

export const pathKey = (schema: string, name: string): string => `${encodePart(schema)}.${encodePart(name)}`

// A dot parts schema and name, so one inside a name is encoded.
const encodePart = (part: string): string => part.replaceAll('%', '%25').replaceAll('.', '%2E')

/** What a key of the address names; undefined where it names nothing of the kind. */
export const parseObjectKey = (key: string): { type: NamedType; path: string } | undefined => {
  const colon = key.indexOf(':')
  const type = namedTypes.find((one) => one === key.slice(0, colon))
  return type && { type, path: key.slice(colon + 1) }
}
