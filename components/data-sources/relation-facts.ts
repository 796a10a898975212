import type { DiscoveredRelation } from '#lib/connectors/contract'

type ForeignKey = NonNullable<DiscoveredRelation['foreign_keys']>[number]

/** The first key to another table that a column belongs to. */
export const foreignKeyOf = (
  { foreign_keys }: Pick<DiscoveredRelation, 'foreign_keys'>,
  column: { name: string },
): ForeignKey | undefined => foreign_keys?.find(({ columns }) => columns.includes(column.name))

/** A name as it is said within a schema: one of another schema says which. */
export const nameWithin = (home: string, { schema, name }: { schema: string; name: string }): string =>
  schema === home ? name : `${schema}.${name}`
