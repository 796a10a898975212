import { JsonWriter } from '../_sql/json-writer.ts'
import type { Discovered, DiscoveredRelation } from '../contract.ts'
import { Row, readNumbers, readTexts } from './row.ts'
import type { RelationShape } from './sql.ts'

/** Where each field stands in the rows of `listRelations`. */
const f = {
  schema: 0,
  name: 1,
  kind: 2,
  comment: 3,
  rows: 4,
  parent: 5,
  names: 6,
  types: 7,
  formatted: 8,
  required: 9,
  numbers: 10,
  key: 11,
} as const
const full = {
  special: 11,
  defaults: 12,
  generations: 13,
  commentNumbers: 14,
  comments: 15,
  conNames: 16,
  conKinds: 17,
  conKeys: 18,
  conDefinitions: 19,
  targetSchemas: 20,
  targetNames: 21,
  targetColumn: 22,
  targetColumns: 23,
  idxNames: 24,
  idxKeys: 25,
  idxUniques: 26,
  idxPrimaries: 27,
  idxMethods: 28,
  idxPages: 29,
  idxDefinitions: 30,
  bytes: 31,
  view: 32,
  stamp: 33,
  incNames: 33,
  incKeys: 34,
  incSchemas: 35,
  incTables: 36,
  incColumns: 37,
} as const

export interface Dictionary {
  /** Built-in types, already as JSON strings. */
  types: Map<number, Uint8Array>
  /** Words that need quotes as identifiers. */
  keywords: Set<string>
  /** Schemas and access methods by id. */
  names: Map<number, string>
}

const json = (text: string): Uint8Array => Buffer.from(text)
const part = {
  open: json('{"type":"relation","schema":'),
  openStamp: json('{"type":"stamp","schema":'),
  stamp: json(',"stamp":'),
  name: json(',"name":'),
  kind: json(',"kind":'),
  comment: json(',"comment":'),
  rows: json(',"row_estimate":'),
  size: json(',"size_bytes":'),
  parent: json(',"partition_of":'),
  columns: json(',"columns":['),
  column: json('{"name":'),
  nextColumn: json(',{"name":'),
  type: json(',"type":'),
  nullable: json(',"nullable":true'),
  required: json(',"nullable":false'),
  key: json(',"primary_key":'),
  null: json('null'),
  unknown: json('"unknown"'),
  endObject: json('}'),
  endArray: json(']'),
  endLine: json('}\n'),
} as const

/** Turns rows of `listRelations` into lines of `DiscoveredRelation`. Absent keys mean "none". */
export const createRelationWriter = (shape: RelationShape, dictionary: Dictionary, out = new JsonWriter()) => {
  const row = new Row()
  const isFull = shape !== 'names' && shape !== 'columns'

  const quotedField = (field: number) => {
    if (row.isNull(field)) out.raw(part.null)
    else out.quoted(row.bytes, row.start(field), row.length(field))
  }
  const bareField = (field: number) => {
    if (row.isNull(field)) out.raw(part.null)
    else out.slice(row.bytes, row.start(field), row.length(field))
  }

  /** The columns, in one pass over the arrays beside each other. */
  const columns = (keyPlaces: Map<number, number>, extras: Map<number, string> | undefined) => {
    out.raw(part.columns)
    const { bytes } = row
    const count = row.count(f.names)
    const isDense = row.isNull(f.numbers)
    let name = row.first(f.names)
    let formatted = row.first(f.formatted)
    const types = row.first(f.types) + 4
    const numbers = row.first(f.numbers) + 4
    let required = row.first(f.required) + 4
    const requiredEnd = required + row.count(f.required) * 6
    for (let index = 0; index < count; index++) {
      const nameLength = bytes.readInt32BE(name)
      out.raw(index === 0 ? part.column : part.nextColumn)
      out.quoted(bytes, name + 4, nameLength)
      name += 4 + nameLength
      out.raw(part.type)
      const type = bytes.readUInt32BE(types + index * 8)
      if (type === 0) {
        const typeLength = bytes.readInt32BE(formatted)
        out.quoted(bytes, formatted + 4, typeLength)
        formatted += 4 + typeLength
      } else out.raw(dictionary.types.get(type) ?? part.unknown)
      const number = isDense ? index + 1 : bytes.readInt16BE(numbers + index * 6)
      if (required < requiredEnd && bytes.readInt16BE(required) === number) {
        out.raw(part.required)
        required += 6
      } else out.raw(part.nullable)
      const place = keyPlaces.size > 0 ? keyPlaces.get(number) : undefined
      if (place !== undefined) {
        out.raw(part.key)
        out.text(String(place))
      }
      const extra = extras?.get(number)
      if (extra !== undefined) out.text(extra)
      out.byte(0x7d)
    }
    out.raw(part.endArray)
  }

  const write = (bytes: Buffer, at: number, length: number): void => {
    row.load(bytes, at)
    out.reserve(length * 8 + 4096)
    const details = isFull ? readDetails(row, shape, dictionary) : undefined
    out.raw(part.open)
    quotedField(f.schema)
    out.raw(part.name)
    quotedField(f.name)
    out.raw(part.kind)
    quotedField(f.kind)
    out.raw(part.comment)
    if (details) out.text(JSON.stringify(details.comment))
    else quotedField(f.comment)
    out.raw(part.rows)
    bareField(f.rows)
    if (!row.isNull(f.parent)) {
      const [schema, name] = row.texts(f.parent)
      out.raw(part.parent)
      out.text(JSON.stringify({ schema, name }))
    }
    if (details) {
      out.reserve(length * 8 + 4096)
      out.raw(part.size)
      out.text(details.size === null ? 'null' : String(details.size))
      if (shape === 'stamped') {
        out.raw(part.stamp)
        quotedField(full.stamp)
      }
      columns(details.keyPlaces, details.extras)
      out.text(details.json)
    } else if (shape === 'columns') {
      columns(placesOf(row.isNull(f.key) ? [] : row.smallInts(f.key)), undefined)
    }
    out.raw(part.endLine)
  }

  /** A row of `listStamps`. */
  const stamp = (bytes: Buffer, at: number, length: number): void => {
    row.load(bytes, at)
    out.reserve(length * 8 + 4096)
    out.raw(part.openStamp)
    quotedField(0)
    out.raw(part.name)
    quotedField(1)
    out.raw(part.rows)
    bareField(2)
    out.raw(part.size)
    bareField(3)
    out.raw(part.stamp)
    quotedField(4)
    out.raw(part.endLine)
  }

  /** A line of another kind, in its place among the relations. */
  const line = (found: Discovered): void => out.line(found)

  return { write, stamp, line, isFull: () => out.isFull(), take: () => out.take() }
}

interface Details {
  comment: string | null
  /** Default, comment and generation of the columns that have any, as JSON members with a leading comma. */
  extras: Map<number, string>
  keyPlaces: Map<number, number>
  size: number | null
  /** Keys, constraints and indexes, with a leading comma. */
  json: string
}

type Constraints = NonNullable<DiscoveredRelation['constraints']>
const constraintKinds: Record<number, Constraints[number]['kind'] | undefined> = {
  112: 'primary_key',
  117: 'unique',
  99: 'check',
  120: 'exclusion',
}
const foreignKey = 102

const readDetails = (row: Row, shape: RelationShape, { keywords, names }: Dictionary): Details => {
  const columnNames = row.texts(f.names)
  const numbers = row.isNull(f.numbers) ? columnNames.map((_, index) => index + 1) : row.smallInts(f.numbers)
  const nameByNumber = new Map(numbers.map((number, index) => [number, columnNames[index] ?? '']))
  const namesOf = (numbers: number[]) => numbers.flatMap((number) => nameByNumber.get(number) ?? [])
  const quoted = (name: string) =>
    /^[a-z_][a-z0-9_$]*$/.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`
  const list = (names: string[]) => `(${names.map(quoted).join(', ')})`
  const keys = row.texts(full.conKeys).map(readNumbers)
  const kinds = letters(row, full.conKinds)
  const definitions = row.texts(full.conDefinitions)
  const targetSchemas = row.ints(full.targetSchemas)
  const targetNames = row.texts(full.targetNames)
  const targetColumn = row.texts(full.targetColumn)
  const targetColumns = row.texts(full.targetColumns)
  const constraints: Constraints = []
  const foreign_keys: NonNullable<DiscoveredRelation['foreign_keys']> = []
  let keyPlaces = new Map<number, number>()
  row.texts(full.conNames).forEach((text, index) => {
    const name = text ?? ''
    const numbers = keys[index] ?? []
    const columns = namesOf(numbers)
    if (kinds[index] === foreignKey) {
      const first = targetColumn[index]
      const others = readTexts(targetColumns[index] ?? null)
      const references = {
        schema: names.get(targetSchemas[index] ?? 0) ?? '',
        name: targetNames[index] ?? '',
        columns: typeof first === 'string' ? [first] : others,
      }
      const rules = definitions[index]
      foreign_keys.push({ name, columns, references, ...(typeof rules === 'string' && { rules }) })
      return
    }
    const kind = constraintKinds[kinds[index] ?? 0]
    if (!kind) return
    if (kind === 'primary_key') keyPlaces = placesOf(numbers)
    const definition = definitions[index] ?? `${kind === 'primary_key' ? 'PRIMARY KEY' : 'UNIQUE'} ${list(columns)}`
    constraints.push({ name, kind, definition, columns })
  })

  const uniques = row.bools(full.idxUniques)
  const primaries = row.bools(full.idxPrimaries)
  const methods = row.ints(full.idxMethods)
  const pages = row.ints(full.idxPages)
  const idxDefinitions = row.texts(full.idxDefinitions)
  const idxKeys = row.texts(full.idxKeys)
  const table = `${quoted(row.text(f.schema) ?? '')}.${quoted(row.text(f.name) ?? '')}`
  const indexes = row.texts(full.idxNames).map((text, index) => {
    const name = text ?? ''
    const columns = namesOf(readNumbers(idxKeys[index] ?? null))
    const unique = uniques[index] ?? false
    const method = names.get(methods[index] ?? 0) ?? ''
    const definition =
      idxDefinitions[index] ??
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quoted(name)} ON ${table} USING ${method} ${list(columns)}`
    const size_bytes = pages[index] ? pages[index] * blockBytes : null
    return { name, columns, unique, primary: primaries[index] ?? false, method, definition, size_bytes }
  })
  const own = row.text(full.bytes)
  const size =
    own === null ? null : Number(own) + (shape === 'single' ? 0 : pages.reduce((sum, one) => sum + one * blockBytes, 0))
  const single = shape === 'single' ? readIncoming(row, namesOf) : {}
  const view_definition = row.text(full.view)
  return {
    ...readExtras(row),
    keyPlaces,
    size,
    json: `,${JSON.stringify({ foreign_keys, constraints, indexes, ...single, ...((shape === 'single' || view_definition !== null) && { view_definition }) }).slice(1, -1)}`,
  }
}

/** What only some columns have, keyed by their number; number 0 stands for the relation's own comment. */
const readExtras = (row: Row): { comment: string | null; extras: Map<number, string> } => {
  const extras = new Map<number, string>()
  const add = (number: number, json: string) => extras.set(number, (extras.get(number) ?? '') + json)
  const defaults = row.texts(full.defaults)
  const generations = row.texts(full.generations)
  row.smallInts(full.special).forEach((number, index) => {
    const value = defaults[index]
    if (typeof value === 'string') add(number, `,"default":${JSON.stringify(value)}`)
    const generated = generatedKinds[generations[index]?.[0] ?? '']
    if (generated) add(number, `,"generated":"${generated}"`)
  })
  let comment: string | null = null
  const texts = row.texts(full.comments)
  row.smallInts(full.commentNumbers).forEach((number, index) => {
    const text = texts[index] ?? ''
    if (number === 0) comment = text
    else add(number, `,"comment":${JSON.stringify(text)}`)
  })
  return { comment, extras }
}

const generatedKinds: Record<string, string | undefined> = { a: 'identity', d: 'identity', s: 'stored', v: 'virtual' }

const blockBytes = 8192

const readIncoming = (row: Row, namesOf: (numbers: number[]) => string[]) => {
  const keys = row.texts(full.incKeys)
  const schemas = row.texts(full.incSchemas)
  const tables = row.texts(full.incTables)
  const columns = row.texts(full.incColumns)
  const referenced_by = row.texts(full.incNames).map((name, index) => ({
    name: name ?? '',
    columns: namesOf(readNumbers(keys[index] ?? null)),
    from: { schema: schemas[index] ?? '', name: tables[index] ?? '', columns: readTexts(columns[index] ?? null) },
  }))
  return { referenced_by }
}

const placesOf = (numbers: number[]): Map<number, number> =>
  new Map(numbers.map((number, index) => [number, index + 1]))

const letters = (row: Row, field: number): number[] =>
  Array.from({ length: row.count(field) }, (_, index) => row.bytes[row.first(field) + index * 5 + 4] ?? 0)
