import type { DatabaseSync } from 'node:sqlite'
import type { DiscoveredRelation } from '../contract.ts'
import { orNone } from './or-none.ts'

type Row = Record<string, unknown>
type ForeignKey = NonNullable<DiscoveredRelation['foreign_keys']>[number]
type Index = NonNullable<DiscoveredRelation['indexes']>[number]
type Constraint = NonNullable<DiscoveredRelation['constraints']>[number]
export type Keys = {
  foreign_keys: ForeignKey[]
  referenced_by: NonNullable<DiscoveredRelation['referenced_by']>
  indexes: Index[]
  constraints: Constraint[]
}

/** Reads keys and indexes of one table after the other; who refers to whom is found out once, when first asked. */
export const createKeyReader = (db: DatabaseSync, schema: string) => {
  const statements = {
    foreign: db.prepare('select * from pragma_foreign_key_list(?) order by id, seq'),
    columns: db.prepare('select name, pk from pragma_table_xinfo(?) where pk > 0 order by pk'),
    indexes: db.prepare('select * from pragma_index_list(?) order by name'),
    parts: db.prepare('select name, "desc" from pragma_index_xinfo(?) where key = 1 order by seqno'),
    sql: db.prepare(`select sql from sqlite_schema where type = 'index' and name = ?`),
    tables: db.prepare(`select name from sqlite_schema where type = 'table' and substr(name, 1, 7) <> 'sqlite_'`),
  }

  const foreignKeysOf = (table: string): ForeignKey[] => {
    const byId = Map.groupBy(statements.foreign.all(table) as Row[], ({ id }) => Number(id))
    return [...byId.values()].reverse().map((rows) => {
      const columns = rows.map(({ from }) => String(from))
      const name = String(rows[0]?.table ?? '')
      const named = rows.map(({ to }) => to)
      // Left out, the other table's primary key is meant.
      const target = named.every((one) => typeof one === 'string') ? named.map(String) : primaryKeyOf(name)
      const rules = rulesOf(rows[0])
      const references = { schema, name, columns: target }
      return { name: `${table}_${columns.join('_')}_fkey`, columns, references, ...(rules !== '' && { rules }) }
    })
  }
  const primaryKeyOf = (table: string): string[] =>
    orNone(() => statements.columns.all(table)).map(({ name }) => String(name))

  let referring: Map<string, Keys['referenced_by']> | undefined
  const referencedBy = (table: string): Keys['referenced_by'] => {
    referring ??= Map.groupBy(allReferences(), ({ to }) => to) as never
    return (referring?.get(table.toLowerCase()) ?? []).map(({ name, columns, from }) => ({ name, columns, from }))
  }
  const allReferences = () =>
    statements.tables.all().flatMap(({ name }) => {
      const table = String(name)
      return orNone(() => foreignKeysOf(table)).map((key) => ({
        to: key.references.name.toLowerCase(),
        name: key.name,
        columns: key.references.columns,
        from: { schema, name: table, columns: key.columns },
      }))
    })

  const indexesOf = (table: string): Index[] =>
    orNone(() => statements.indexes.all(table)).map((row) => {
      const name = String(row.name)
      const columns = statements.parts
        .all(name)
        .map((part) => (typeof part.name === 'string' ? part.name : '(expression)'))
      const unique = row.unique === 1
      const sql = statements.sql.get(name)?.sql
      const definition =
        typeof sql === 'string' ? sql : `${row.origin === 'pk' ? 'PRIMARY KEY' : 'UNIQUE'} (${columns.join(', ')})`
      return { name, columns, unique, primary: row.origin === 'pk', method: 'btree', definition, size_bytes: null }
    })

  return (table: string, columns: readonly Row[]): Keys => {
    const indexes = indexesOf(table)
    return {
      foreign_keys: orNone(() => foreignKeysOf(table)),
      referenced_by: referencedBy(table),
      indexes,
      constraints: [...primaryKey(table, columns), ...uniqueKeys(table, indexes)],
    }
  }
}

const rulesOf = (row: Row | undefined): string =>
  (['update', 'delete'] as const)
    .map((event) => ({ event, action: String(row?.[`on_${event}`] ?? '') }))
    .filter(({ action }) => !/^(?:|NO ACTION)$/.test(action))
    .map(({ event, action }) => `ON ${event.toUpperCase()} ${action}`)
    .join(' ')

const primaryKey = (table: string, columns: readonly Row[]): Constraint[] => {
  const keys = columns
    .filter(({ pk }) => Number(pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map(({ name }) => String(name))
  if (keys.length === 0) return []
  return [{ name: `${table}_pkey`, kind: 'primary_key', definition: `PRIMARY KEY (${keys.join(', ')})`, columns: keys }]
}

/** Those of the table's own statement; an index made apart is an index. */
const uniqueKeys = (table: string, indexes: readonly Index[]): Constraint[] =>
  indexes
    .filter(({ unique, primary, name }) => unique && !primary && name.startsWith('sqlite_autoindex_'))
    .map(({ columns, definition }) => ({
      name: `${table}_${columns.join('_')}_key`,
      kind: 'unique',
      definition,
      columns: [...columns],
    }))
