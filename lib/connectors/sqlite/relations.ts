import type { DatabaseSync } from 'node:sqlite'
import type { DiscoveredRelation, DiscoverRequest } from '../contract.ts'
import { createKeyReader } from './keys.ts'
import { orNone } from './or-none.ts'
import { checksOf, columnsOfVirtual } from './statement.ts'

export interface RelationRow {
  name: string
  type: string
  /** Of the statement that made it. */
  beginning: string
}

interface ReaderOptions {
  schema: string
  detail: DiscoverRequest['detail']
}

type Column = NonNullable<DiscoveredRelation['columns']>[number]
type Row = Record<string, unknown>

/** Reads one relation after the other, each with as much as was asked for; one that cannot be read costs only itself. */
export const createReader = (db: DatabaseSync, { schema, detail }: ReaderOptions) => {
  const estimates = readEstimates(db)
  const columns = db.prepare('select * from pragma_table_xinfo(?) order by cid')
  const definition = db.prepare(`select sql from sqlite_schema where type in ('table', 'view') and name = ?`)
  const keys = detail === 'full' ? createKeyReader(db, schema) : undefined

  return (row: RelationRow): DiscoveredRelation => {
    const { name } = row
    const kind = kindOf(row)
    const relation = {
      type: 'relation' as const,
      schema,
      name,
      kind,
      comment: null,
      row_estimate: estimates.get(name) ?? null,
    }
    if (detail === 'names') return relation
    const sql = text(definition.get(name)?.sql) ?? ''
    if (kind === 'virtual_table') return { ...relation, ...virtual(sql, detail) }
    const found = orNone(() => columns.all(name))
    if (!keys) return { ...relation, columns: found.map((column) => briefly(column, sql)) }
    const { constraints, ...others } = keys(name, found)
    return {
      ...relation,
      size_bytes: null,
      columns: found.map((column) => fully(column, { sql, isRowId: isRowId(found, sql) })),
      ...others,
      constraints: [...constraints, ...(kind === 'table' ? checksOf(sql, name) : [])],
      view_definition: sql || null,
    }
  }
}

const kindOf = ({ type, beginning }: RelationRow): DiscoveredRelation['kind'] =>
  type === 'view' ? 'view' : /^create\s+virtual/i.test(beginning) ? 'virtual_table' : 'table'

const virtual = (sql: string, detail: DiscoverRequest['detail']) => ({
  columns: columnsOfVirtual(sql).map((name) => ({ name, type: 'any', nullable: true })),
  ...(detail === 'full' && {
    ...{ size_bytes: null, foreign_keys: [], referenced_by: [], indexes: [], constraints: [] },
    view_definition: sql || null,
  }),
})

const briefly = (column: Row, sql: string): Column => ({
  name: text(column.name) ?? '',
  type: text(column.type) || 'any',
  nullable: column.notnull === 0 && !(Number(column.pk) > 0 && isWithoutRowId(sql)),
  ...(Number(column.pk) > 0 && { primary_key: Number(column.pk) }),
})

const fully = (column: Row, { sql, isRowId }: { sql: string; isRowId: boolean }): Column => {
  const isIdentity = isRowId && Number(column.pk) > 0
  const generated = isIdentity
    ? 'identity'
    : column.hidden === 2
      ? 'virtual'
      : column.hidden === 3
        ? 'stored'
        : undefined
  const written = text(column.dflt_value)
  const brief = briefly(column, sql)
  return {
    ...brief,
    ...(isIdentity && { nullable: false }),
    ...(written !== undefined && { default: written }),
    ...(generated && { generated }),
  }
}

/** A single INTEGER PRIMARY KEY is another name of the row's number, which SQLite gives. */
const isRowId = (columns: readonly Row[], sql: string): boolean => {
  const keys = columns.filter(({ pk }) => Number(pk) > 0)
  return keys.length === 1 && /^integer$/i.test(text(keys[0]?.type) ?? '') && !isWithoutRowId(sql)
}

const isWithoutRowId = (sql: string): boolean => /\bwithout\s+rowid\b[^()]*$/i.test(sql)

/** Rows of each table as ANALYZE counted them, where somebody ran it. */
const readEstimates = (db: DatabaseSync): Map<string, number> => {
  const found = new Map<string, number>()
  for (const { tbl, stat } of orNone(() => db.prepare('select tbl, stat from sqlite_stat1').all())) {
    const count = Number.parseInt(text(stat) ?? '', 10)
    if (Number.isSafeInteger(count) && count >= 0) found.set(text(tbl) ?? '', count)
  }
  return found
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
