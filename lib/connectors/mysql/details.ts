import type { DiscoveredRelation } from '../contract.ts'
import { quoteName } from './quote.ts'
import { Row } from './row.ts'
import type { RawRow } from './wire.ts'

type Constraints = NonNullable<DiscoveredRelation['constraints']>
type Indexes = NonNullable<DiscoveredRelation['indexes']>
type ForeignKeys = NonNullable<DiscoveredRelation['foreign_keys']>
type Incoming = NonNullable<DiscoveredRelation['referenced_by']>

/** Keys, constraints and indexes of one relation. */
export interface Details {
  primaryKey: string[]
  indexes: Indexes
  constraints: Constraints
  foreign_keys: ForeignKeys
}

export const keyOf = (schema: string, name: string): string => `${schema}\0${name}`

/** Details of relations by `keyOf`, gathered row by row. */
export class DetailsByRelation {
  readonly #byKey = new Map<string, Details>()
  readonly #row = new Row()

  get(key: string): Details {
    const known = this.#byKey.get(key)
    if (known) return known
    const fresh: Details = { primaryKey: [], indexes: [], constraints: [], foreign_keys: [] }
    this.#byKey.set(key, fresh)
    return fresh
  }

  /** Whether the keys of all relations were read: columns of a unique index are marked as if they were a key, too. */
  knowsKeys = false

  takeKeysFromIndexes(): void {
    this.knowsKeys = true
    for (const details of this.#byKey.values())
      details.primaryKey = details.indexes.find(({ primary }) => primary)?.columns ?? []
  }

  addKeyColumn(raw: RawRow): void {
    const row = this.#load(raw)
    this.get(relationOf(row)).primaryKey[(row.number(3) ?? 1) - 1] = row.text(2) ?? ''
  }

  addIndexColumn(raw: RawRow): void {
    const row = this.#load(raw)
    const details = this.get(relationOf(row))
    const name = row.text(2) ?? ''
    const column = row.text(3)
    const unique = row.number(4) === 0
    const method = row.text(7) ?? ''
    let index = details.indexes.at(-1)
    if (index?.name !== name) {
      index = { name, columns: [], unique, primary: name === 'PRIMARY', method, definition: '', size_bytes: null }
      details.indexes.push(index)
    }
    const prefix = row.text(5)
    const part = column === null ? `(${row.text(8) ?? ''})` : `${quoteName(column)}${prefix ? `(${prefix})` : ''}`
    // Added up here, and given its words once the index is whole.
    index.definition += `${index.definition && ', '}${part}${row.text(6) === 'D' ? ' DESC' : ''}`
    if (column !== null) index.columns.push(column)
  }

  addForeignKey(raw: RawRow): void {
    const row = this.#load(raw)
    const { foreign_keys } = this.get(relationOf(row))
    const name = row.text(2) ?? ''
    let key = foreign_keys.at(-1)
    if (key?.name !== name) {
      key = { name, columns: [], references: { schema: row.text(4) ?? '', name: row.text(5) ?? '', columns: [] } }
      foreign_keys.push(key)
    }
    key.columns.push(row.text(3) ?? '')
    key.references.columns.push(row.text(6) ?? '')
  }

  addForeignKeyRules(raw: RawRow): void {
    const row = this.#load(raw)
    const key = this.get(relationOf(row)).foreign_keys.find(({ name }) => name === row.text(2))
    const rules = (['UPDATE', 'DELETE'] as const).flatMap((event, index) => {
      const action = row.text(3 + index) ?? ''
      return /^(?:|RESTRICT|NO ACTION)$/.test(action) ? [] : `ON ${event} ${action}`
    })
    if (key) key.rules = rules.join(' ')
  }

  addCheck(raw: RawRow): void {
    const row = this.#load(raw)
    const clause = row.text(3) ?? ''
    const columns = [...clause.matchAll(/`((?:[^`]|``)+)`/g)].map((match) => (match[1] ?? '').replaceAll('``', '`'))
    const definition = `CHECK ${clause.startsWith('(') ? clause : `(${clause})`}`
    this.get(relationOf(row)).constraints.push({
      name: row.text(2) ?? '',
      kind: 'check',
      definition,
      columns: [...new Set(columns)],
    })
  }

  #load(raw: RawRow): Row {
    this.#row.load(raw)
    return this.#row
  }
}

/** What a finished relation says of its keys and indexes. `columns` are all it has, to tell names from other words. */
export const finish = (
  details: Details,
  { schema, name }: { schema: string; name: string },
  columns: readonly string[],
) => {
  const table = `${quoteName(schema)}.${quoteName(name)}`
  const ordered = [...details.indexes].sort(byPlace)
  const keys: Constraints = ordered
    .filter(({ unique }) => unique)
    .map((index) => ({
      name: index.name,
      kind: index.primary ? 'primary_key' : 'unique',
      definition: `${index.primary ? 'PRIMARY KEY' : 'UNIQUE'} (${index.definition})`,
      columns: index.columns,
    }))
  const checks = details.constraints.map((check) => ({
    ...check,
    columns: check.columns.filter((column) => columns.includes(column)),
  }))
  const indexes = ordered.map((index) => ({ ...index, definition: definitionOf(index, table) }))
  return { foreign_keys: details.foreign_keys, constraints: [...keys, ...checks], indexes }
}

/** The primary key first: a server sends them in one order when it is asked for one table, and in another for many. */
const byPlace = (one: Indexes[number], other: Indexes[number]): number =>
  Number(other.primary) - Number(one.primary) || (one.name < other.name ? -1 : 1)

const definitionOf = ({ name, method, unique, definition }: Indexes[number], table: string): string => {
  const word = method === 'FULLTEXT' || method === 'SPATIAL' ? `${method} ` : unique ? 'UNIQUE ' : ''
  const using = word.length > 7 ? '' : ` USING ${method}`
  return name === 'PRIMARY'
    ? `ALTER TABLE ${table} ADD PRIMARY KEY (${definition})`
    : `CREATE ${word}INDEX ${quoteName(name)} ON ${table} (${definition})${using}`
}

/** Keys of other relations that refer to one. */
export class IncomingKeys {
  readonly found: Incoming = []
  readonly #row = new Row()

  add(raw: RawRow): void {
    const row = this.#row
    row.load(raw)
    const [schema, table, name] = [row.text(0) ?? '', row.text(1) ?? '', row.text(2) ?? '']
    let key = this.found.at(-1)
    if (key?.name !== name || key.from.schema !== schema || key.from.name !== table) {
      key = { name, columns: [], from: { schema, name: table, columns: [] } }
      this.found.push(key)
    }
    key.columns.push(row.text(6) ?? '')
    key.from.columns.push(row.text(3) ?? '')
  }
}

const relationOf = (row: Row): string => keyOf(row.text(0) ?? '', row.text(1) ?? '')
