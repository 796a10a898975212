import type { DiscoveredRelation, DiscoveredSchema } from '#lib/connectors/contract'

/** The relations of one schema, or of a search, as far as they were loaded. */
export interface RelationList {
  items: readonly DiscoveredRelation[]
  /** Where the next page starts; null when all are here. */
  cursor: string | null
  status: 'loading' | 'ready' | 'failed'
  problem?: string
}

export type TreeRow =
  | { kind: 'schema'; key: string; level: 1; schema: DiscoveredSchema; isOpen: boolean }
  | { kind: 'relation'; key: string; level: 2 | 3; relation: DiscoveredRelation; isOpen: boolean | undefined }
  /** Stands for what is not loaded yet, is empty, or failed. */
  | { kind: 'note'; key: string; level: 2; schema: string; note: 'loading' | 'more' | 'empty' | 'failed'; text: string }

export const relationKey = ({ schema, name }: { schema: string; name: string }): string =>
  `${encodePart(schema)}.${encodePart(name)}`

// A dot parts schema and name, so one inside a name is encoded.
const encodePart = (part: string): string => encodeURIComponent(part).replaceAll('.', '%2E')

const schemaKey = (name: string): string => `schema:${name}`

/** The rows to draw, top to bottom: schemas, and what is inside the open ones. */
export const browseRows = (
  schemas: readonly DiscoveredSchema[],
  lists: Readonly<Record<string, RelationList>>,
  open: ReadonlySet<string>,
): TreeRow[] =>
  schemas.flatMap((schema): TreeRow[] => {
    const isOpen = open.has(schema.name)
    const row: TreeRow = { kind: 'schema', key: schemaKey(schema.name), level: 1, schema, isOpen }
    return isOpen ? [row, ...rowsInside(schema.name, lists[schema.name], open)] : [row]
  })

/** The rows of a search: every match under its schema, all open. */
export const searchRows = (schemas: readonly DiscoveredSchema[], found: RelationList): TreeRow[] => {
  const bySchema = Map.groupBy(found.items, ({ schema }) => schema)
  const rows = [...bySchema].flatMap(([name, relations]): TreeRow[] => [
    { kind: 'schema', key: schemaKey(name), level: 1, schema: schemaNamed(schemas, name), isOpen: true },
    ...relations.map((relation): TreeRow => relationRow(relation, 2, undefined)),
  ])
  return [...rows, ...notesOf('', found, 'Nothing matches.')]
}

const rowsInside = (schema: string, list: RelationList | undefined, open: ReadonlySet<string>): TreeRow[] => {
  if (!list) return [noteRow(schema, 'loading', 'Loading …')]
  const parents = new Set(list.items.map(({ name }) => name))
  const isNested = ({ partition_of }: DiscoveredRelation) => Boolean(partition_of) && parents.has(partition_of ?? '')
  const children = Map.groupBy(list.items.filter(isNested), ({ partition_of }) => partition_of ?? '')
  const rows = list.items
    .filter((relation) => !isNested(relation))
    .flatMap((relation): TreeRow[] => {
      const inside = children.get(relation.name)
      if (!inside) return [relationRow(relation, 2, undefined)]
      const isOpen = open.has(relationKey(relation))
      return [
        relationRow(relation, 2, isOpen),
        ...(isOpen ? inside.map((child) => relationRow(child, 3, undefined)) : []),
      ]
    })
  return [...rows, ...notesOf(schema, list, 'Nothing in here that this login can see.')]
}

const notesOf = (schema: string, list: RelationList, nothing: string): TreeRow[] => {
  if (list.status === 'failed') return [noteRow(schema, 'failed', list.problem ?? 'Could not be loaded.')]
  if (list.status === 'loading') return [noteRow(schema, 'loading', 'Loading …')]
  if (list.cursor !== null) return [noteRow(schema, 'more', 'Loading more …')]
  return list.items.length === 0 ? [noteRow(schema, 'empty', nothing)] : []
}

type Note = Extract<TreeRow, { kind: 'note' }>['note']

const noteRow = (schema: string, note: Note, text: string): TreeRow => ({
  kind: 'note',
  key: `note:${schema}`,
  level: 2,
  schema,
  note,
  text,
})

const relationRow = (relation: DiscoveredRelation, level: 2 | 3, isOpen: boolean | undefined): TreeRow => ({
  kind: 'relation',
  key: relationKey(relation),
  level,
  relation,
  isOpen,
})

const schemaNamed = (schemas: readonly DiscoveredSchema[], name: string): DiscoveredSchema =>
  schemas.find((schema) => schema.name === name) ?? {
    type: 'schema',
    name,
    comment: null,
    owner: null,
    relations: 0,
    usable: true,
  }

/** A row's place among its siblings, for those who hear the tree instead of seeing it. */
export const placesOf = (rows: readonly TreeRow[]): { position: number; size: number }[] => {
  const places = rows.map(() => ({ position: 0, size: 0 }))
  const stack: number[][] = []
  const close = (level: number) => {
    for (const group of stack.splice(level)) {
      for (const [at, index] of group.entries()) places[index] = { position: at + 1, size: group.length }
    }
  }
  for (const [index, { level }] of rows.entries()) {
    close(level)
    // A note may stand alone, without the schema that would be above it.
    while (stack.length < level) stack.push([])
    stack[level - 1]?.push(index)
  }
  close(0)
  return places
}
