import { isDeepStrictEqual } from 'node:util'
import type * as z from 'zod'
import { type SchemaChangeClass, type schemaChange, schemaChangeClasses } from './schema.ts'

type Change = z.output<typeof schemaChange>

/** The structure of a relation, an enum, a routine or an extension as the connector wrote it. */
type Structure = Record<string, unknown>

/**
 * What is different between two versions of one thing, in words, with what it means for those who read or write it:
 * `breaking` can stop them, `additive` is more than there was, `neutral` is neither. `null`: it was not there.
 */
export const diffOf = (before: Structure | null, after: Structure | null): Change[] => {
  if (before === null && after === null) return []
  if (before === null) return [change('additive', 'added', null)]
  if (after === null) return [change('breaking', 'removed', null)]
  return [
    ...plainChanges(before, after),
    ...columnChanges(listOf(before.columns), listOf(after.columns)),
    ...namedChanges('constraint', listOf(before.constraints), listOf(after.constraints), constraintClass),
    ...namedChanges('foreign key', listOf(before.foreign_keys), listOf(after.foreign_keys), constraintClass),
    ...namedChanges('index', listOf(before.indexes), listOf(after.indexes), () => 'neutral'),
    ...valueChanges(listOfTexts(before.labels), listOfTexts(after.labels)),
  ]
}

/** The gravest of them. */
export const classOf = (changes: readonly Pick<Change, 'class'>[]): SchemaChangeClass =>
  schemaChangeClasses.find((kind) => changes.some((one) => one.class === kind)) ?? 'neutral'

const change = (
  kind: SchemaChangeClass,
  what: string,
  name: string | null,
  before?: unknown,
  after?: unknown,
): Change => ({
  class: kind,
  what,
  name,
  before: shown(before),
  after: shown(after),
})

const shown = (value: unknown): string | null => {
  if (value === undefined || value === null) return null
  if (isName(value)) return `${value.schema}.${value.name}`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const isName = (value: unknown): value is { schema: string; name: string } =>
  typeof value === 'object' && value !== null && 'schema' in value && 'name' in value

const compared: [field: string, what: string, kind: SchemaChangeClass][] = [
  ['kind', 'kind', 'breaking'],
  ['comment', 'comment', 'neutral'],
  ['view_definition', 'definition', 'neutral'],
  ['definition', 'definition', 'neutral'],
  ['partition_of', 'partition of', 'neutral'],
  ['version', 'version', 'neutral'],
]

const plainChanges = (before: Structure, after: Structure): Change[] =>
  compared.flatMap(([field, what, kind]) =>
    isDeepStrictEqual(before[field] ?? null, after[field] ?? null)
      ? []
      : [change(kind, `${what} changed`, null, before[field], after[field])],
  )

const columnChanges = (before: Structure[], after: Structure[]): Change[] => {
  const were = byName(before)
  const are = byName(after)
  return [
    ...before.flatMap(({ name }) =>
      are.has(String(name)) ? [] : [change('breaking', 'column removed', String(name), typeOf(were.get(String(name))))],
    ),
    ...after.flatMap((column) => {
      const old = were.get(String(column.name))
      return old ? columnChange(old, column) : [addedColumn(column)]
    }),
  ]
}

// Whoever inserts without it fails, unless it fills itself.
const addedColumn = (column: Structure): Change => {
  const isDemanding =
    column.nullable === false && (column.default ?? null) === null && (column.generated ?? null) === null
  const type = isDemanding ? `${typeOf(column)}, required` : typeOf(column)
  return change(isDemanding ? 'breaking' : 'additive', 'column added', String(column.name), undefined, type)
}

const columnChange = (before: Structure, after: Structure): Change[] => {
  const name = String(after.name)
  const changes: Change[] = []
  if (before.type !== after.type) changes.push(change('breaking', 'type changed', name, before.type, after.type))
  // Readers meet nulls that never were, or writers are refused: either can stop somebody.
  if (before.nullable !== after.nullable) {
    const words = (column: Structure) => (column.nullable === true ? 'may be null' : 'is required')
    changes.push(change('breaking', 'nullability changed', name, words(before), words(after)))
  }
  if ((before.primary_key ?? null) !== (after.primary_key ?? null)) {
    changes.push(change('breaking', 'primary key changed', name, before.primary_key, after.primary_key))
  }
  if (!isDeepStrictEqual(before.default ?? null, after.default ?? null)) {
    changes.push(change('neutral', 'default changed', name, before.default, after.default))
  }
  if ((before.generated ?? null) !== (after.generated ?? null)) {
    changes.push(change('breaking', 'generation changed', name, before.generated, after.generated))
  }
  if ((before.comment ?? null) !== (after.comment ?? null)) {
    changes.push(change('neutral', 'comment changed', name, before.comment, after.comment))
  }
  return changes
}

const typeOf = (column: Structure | undefined): string => String(column?.type ?? '')

/** A rule that was not there can refuse what was written before; one that is gone refuses nothing. */
const constraintClass = (what: 'added' | 'removed' | 'changed'): SchemaChangeClass =>
  what === 'removed' ? 'neutral' : 'breaking'

const namedChanges = (
  kind: string,
  before: Structure[],
  after: Structure[],
  judge: (what: 'added' | 'removed' | 'changed') => SchemaChangeClass,
): Change[] => {
  const were = byName(before)
  const are = byName(after)
  const said = ({ definition, columns }: Structure) => definition ?? columns
  return [
    ...before.flatMap((one) =>
      are.has(String(one.name)) ? [] : [change(judge('removed'), `${kind} removed`, String(one.name), said(one))],
    ),
    ...after.flatMap((one) => {
      const old = were.get(String(one.name))
      if (!old) return [change(judge('added'), `${kind} added`, String(one.name), undefined, said(one))]
      if (isDeepStrictEqual(withoutSize(old), withoutSize(one))) return []
      return [change(judge('changed'), `${kind} changed`, String(one.name), said(old), said(one))]
    }),
  ]
}

const withoutSize = ({ size_bytes: _, ...rest }: Structure): Structure => rest

const valueChanges = (before: string[], after: string[]): Change[] => [
  ...before.flatMap((value) => (after.includes(value) ? [] : [change('breaking', 'value removed', value)])),
  ...after.flatMap((value) => (before.includes(value) ? [] : [change('additive', 'value added', value)])),
]

const byName = (list: Structure[]): Map<string, Structure> => new Map(list.map((one) => [String(one.name), one]))

const listOf = (value: unknown): Structure[] => (Array.isArray(value) ? value.filter((one) => Object(one) === one) : [])

const listOfTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
