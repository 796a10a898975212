import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { CountedSchema } from '#lib/data-sources/objects'
import type { FoundRelation } from '#lib/data-sources/schema'
import { formatNumber } from '#lib/format/number'
import { groupKey, groupLabels, type ObjectGroup, objectKey, type TreeObject } from './tree-objects.ts'

/** A relation, and what a search says of it besides. */
export type TreeRelation = DiscoveredRelation & Partial<Pick<FoundRelation, 'found_in' | 'found_columns'>>

/** What stands in one place of the tree, as far as it was loaded. */
export interface Listed<T> {
  items: readonly T[]
  /** Where the next page starts; null when all are here. */
  cursor: string | null
  status: 'loading' | 'ready' | 'failed'
  problem?: string
}
export type RelationList = Listed<TreeRelation>
export type ObjectList = Listed<TreeObject>
/** What a search found. */
export type FoundList = Listed<TreeRelation | TreeObject>

export type TreeRow =
  | { kind: 'schema'; key: string; level: 1; schema: CountedSchema; isOpen: boolean }
  | { kind: 'group'; key: string; level: number; group: ObjectGroup; count: number; isOpen: boolean }
  | { kind: 'object'; key: string; level: number; object: TreeObject; isOpen?: undefined }
  | { kind: 'relation'; key: string; level: number; relation: TreeRelation; isOpen: boolean }
  | { kind: 'column'; key: string; level: number; relation: DiscoveredRelation; column: Column; isOpen?: undefined }
  | NoteRow

/** Stands for what is not loaded yet, is empty, or failed. */
interface NoteRow {
  kind: 'note'
  key: string
  level: number
  /** What it stands in: a schema, a table by its key, a group, or what was searched for. */
  of: { schema: string } | { table: string } | { group: ObjectGroup } | 'search'
  note: 'loading' | 'more' | 'empty' | 'failed'
  text: string
  /** How many rows it takes the place of: the height of a list does not depend on how much of it is loaded. */
  stands: number
  isOpen?: undefined
}

export type Column = NonNullable<DiscoveredRelation['columns']>[number]

/** A table with its columns, or why it could not be read. */
export type RelationAnswer = { relation: DiscoveredRelation } | { problem: string }

/** What is open in the tree, and what is known of the tables and groups that are. */
export interface Opened {
  keys: ReadonlySet<string>
  /** By the key of the table. */
  tables: Readonly<Record<string, RelationAnswer | 'loading'>>
  /** By the key of the group. */
  groups: Readonly<Record<string, ObjectList>>
}

/** Once for each: a long list is drawn again with every page that comes. */
const known = new WeakMap<object, string>()

export const relationKey = (relation: { schema: string; name: string }): string => {
  const before = known.get(relation)
  if (before !== undefined) return before
  const key = `${encodePart(relation.schema)}.${encodePart(relation.name)}`
  known.set(relation, key)
  return key
}

// A dot parts schema and name, so one inside a name is encoded.
const encodePart = (part: string): string => encodeURIComponent(part).replaceAll('.', '%2E')

export const schemaKey = (name: string): string => `schema:${name}`

/** The rows to draw, top to bottom: schemas with what is inside the open ones, and what belongs to no schema. */
export const browseRows = (
  schemas: readonly CountedSchema[],
  lists: Readonly<Record<string, RelationList>>,
  opened: Opened,
): TreeRow[] => [
  ...schemas.flatMap((schema): TreeRow[] => {
    const key = schemaKey(schema.name)
    const isOpen = opened.keys.has(key)
    const row: TreeRow = { kind: 'schema', key, level: 1, schema, isOpen }
    return isOpen ? [row, ...rowsInside(schema, lists[schema.name], opened)] : [row]
  }),
  ...groupRows(
    { type: 'extension', schema: undefined },
    schemas.reduce((sum, { extensions = 0 }) => sum + extensions, 0),
    { level: 1, opened },
  ),
]

/** A group and what is in it; where nothing is, there is no group. */
const groupRows = (group: ObjectGroup, count: number, { level, opened }: GroupPlace): TreeRow[] => {
  if (count === 0) return []
  const key = groupKey(group)
  const isOpen = opened.keys.has(key)
  const row: TreeRow = { kind: 'group', key, level, group, count, isOpen }
  if (!isOpen) return [row]
  const list = opened.groups[key] ?? { items: [], cursor: null, status: 'loading' }
  const place = { of: { group }, level: level + 1, nothing: 'None of them is there any more.', total: count }
  return [row, ...list.items.map((object) => objectRow(object, level + 1)), ...notesOf(list, place)]
}

interface GroupPlace {
  level: number
  opened: Opened
}

const objectRow = (object: TreeObject, level: number): TreeRow => ({
  ...{ kind: 'object', key: objectKey(object), level, object },
})

/** The rows of a search: the best match first, wherever it stands. */
export const searchRows = (found: FoundList, opened: Opened): TreeRow[] => [
  ...found.items.flatMap((one) =>
    one.type === 'relation' ? relationRows(one, 1, opened, new Map()) : [objectRow(one, 1)],
  ),
  // How many there are nobody has counted.
  ...notesOf(found, { of: 'search', level: 1, nothing: 'Nothing matches.', total: found.items.length }),
]

const rowsInside = (schema: CountedSchema, list: RelationList | undefined, opened: Opened): TreeRow[] => [
  ...relationsInside(schema, list, opened),
  ...groupRows({ type: 'routine', schema: schema.name }, schema.routines ?? 0, { level: 2, opened }),
  ...groupRows({ type: 'enum', schema: schema.name }, schema.enums ?? 0, { level: 2, opened }),
]

const relationsInside = (schema: CountedSchema, list: RelationList | undefined, opened: Opened): TreeRow[] => {
  const { name, relations: total, routines = 0, enums = 0 } = schema
  const of = { schema: name }
  if (total === 0 && routines + enums > 0) return []
  if (!list) return [noteRow({ of, level: 2 }, 'loading', 'Loading …')]
  const listed = new Set(list.items.map(relationKey))
  const parentOf = ({ partition_of: parent }: DiscoveredRelation) =>
    parent && listed.has(relationKey(parent)) ? relationKey(parent) : undefined
  const parts = Map.groupBy(list.items, parentOf)
  const rows = (parts.get(undefined) ?? []).flatMap((relation) => relationRows(relation, 2, opened, parts))
  return [...rows, ...notesOf(list, { of, level: 2, nothing: 'Nothing in here that this login can see.', total })]
}

/** A table, and where it is open its columns and then its partitions. */
const relationRows = (
  relation: TreeRelation,
  level: number,
  opened: Opened,
  parts: ReadonlyMap<string | undefined, readonly TreeRelation[]>,
): TreeRow[] => {
  const key = relationKey(relation)
  const isOpen = opened.keys.has(key)
  const row: TreeRow = { kind: 'relation', key, level, relation, isOpen }
  if (!isOpen) return [row]
  return [
    row,
    ...columnRows(key, level + 1, opened.tables[key] ?? 'loading'),
    ...(parts.get(key) ?? []).flatMap((part) => relationRows(part, level + 1, opened, parts)),
  ]
}

const columnRows = (table: string, level: number, answer: RelationAnswer | 'loading'): TreeRow[] => {
  const note = (kind: NoteRow['note'], text: string) => [noteRow({ of: { table }, level }, kind, text)]
  if (answer === 'loading') return note('loading', 'Loading …')
  if ('problem' in answer) return note('failed', answer.problem)
  const columns = answer.relation.columns ?? []
  if (columns.length === 0) return note('empty', 'No columns that this login can see.')
  return columns.map((column) => ({
    kind: 'column',
    key: `column:${table}:${column.name}`,
    level,
    // With its keys, which the list of tables does not have.
    relation: answer.relation,
    column,
  }))
}

interface NotePlace extends Pick<NoteRow, 'of' | 'level'> {
  /** Said of an empty list. */
  nothing: string
  /** How many there are, as far as anybody knows. */
  total: number
}

const notesOf = (list: Listed<unknown>, { nothing, total, ...place }: NotePlace): TreeRow[] => {
  if (list.status === 'failed') return [noteRow(place, 'failed', list.problem ?? 'Could not be loaded.')]
  if (list.status === 'ready' && list.cursor === null)
    return list.items.length === 0 ? [noteRow(place, 'empty', nothing)] : []
  const missing = list.items.length === 0 ? 1 : Math.max(1, total - list.items.length)
  const words = missing > 1 ? `Loading … ${formatNumber(list.items.length)} of ${formatNumber(total)}` : 'Loading …'
  return [noteRow(place, list.status === 'loading' ? 'loading' : 'more', words, missing)]
}

const noteRow = (
  { of, level }: Pick<NoteRow, 'of' | 'level'>,
  note: NoteRow['note'],
  text: string,
  stands = 1,
): NoteRow => ({ kind: 'note', key: `note:${JSON.stringify(of)}`, level, of, note, text, stands })

/** What a row is called; a note is not called anything. */
export const rowName = (row: TreeRow): string => {
  if (row.kind === 'note') return ''
  if (row.kind === 'schema') return row.schema.name
  if (row.kind === 'group') return groupLabels[row.group.type]
  if (row.kind === 'object') return row.object.name
  return row.kind === 'column' ? row.column.name : row.relation.name
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
