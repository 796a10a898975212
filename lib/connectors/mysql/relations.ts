import { JsonWriter } from '../_sql/json-writer.ts'
import type { DiscoveredRelation, DiscoverRequest } from '../contract.ts'
import { isKeyColumn, nameOfColumn, writeColumn } from './column-lines.ts'
import { DetailsByRelation, finish, IncomingKeys, keyOf } from './details.ts'
import { Failure } from './failure.ts'
import { Row } from './row.ts'
import {
  type Dialect,
  hasCompositeKeys,
  listChecks,
  listColumns,
  listForeignKeyRules,
  listForeignKeys,
  listHeads,
  listIncomingKeys,
  listIndexes,
  listInnodbStatistics,
  listNumbers,
  listPrimaryKeys,
  readViewDefinition,
  type Scope,
  scopeOf,
} from './sql.ts'
import type { Line, RawRow } from './wire.ts'

type Head = Pick<DiscoveredRelation, 'schema' | 'name' | 'kind' | 'comment' | 'row_estimate'> & {
  size_bytes: number | null
}

/** Relations in the order of schema and name: what is small is read first, columns pass through as bytes. */
export async function* relations(
  line: Line,
  request: DiscoverRequest,
  dialect: Dialect,
): AsyncGenerator<Uint8Array, void> {
  const heads = await readHeads(line, request)
  if (heads.length === 0) return
  const scope = scopeOf(heads, request, dialect)
  await addNumbers(line, heads, scope)
  const out = new JsonWriter()
  if (request.detail === 'names') {
    for (const { size_bytes: _, ...head } of heads) {
      out.line({ type: 'relation', ...head })
      if (out.isFull()) yield out.take()
    }
  } else yield* withColumns(line, { heads, scope, dialect, request, out })
  const rest = out.take()
  if (rest.length > 0) yield rest
}

const readHeads = async (line: Line, request: DiscoverRequest): Promise<Head[]> => {
  const heads: Head[] = []
  await read(line, [listHeads(request)], (row) => {
    const isView = row.text(2) === 'VIEW'
    heads.push({
      schema: row.text(0) ?? '',
      name: row.text(1) ?? '',
      kind: isView ? 'view' : /^(?:federated|connect|spider)$/i.test(row.text(4) ?? '') ? 'foreign_table' : 'table',
      comment: isView ? null : row.text(3) || null,
      row_estimate: null,
      size_bytes: null,
    })
  })
  return heads
}

/** Row counts and sizes. MariaDB opens a table for each, so of many they come from InnoDB's own statistics, where we may read them. */
const addNumbers = async (line: Line, heads: Head[], scope: Scope): Promise<void> => {
  const byKey = new Map(heads.map((head) => [keyOf(head.schema, head.name), head]))
  const add = (row: Row) => {
    const head = byKey.get(keyOf(row.text(0) ?? '', row.text(1) ?? ''))
    if (!head || head.kind === 'view') return
    head.row_estimate = row.number(2)
    head.size_bytes = row.number(3)
    if (row.text(4) === '1') head.kind = 'partitioned_table'
  }
  if (heads.length > statisticsFrom && scope.isMariaDb) {
    const isRead = await readOptional(line, [listInnodbStatistics(scope.schema)], add)
    if (isRead) return
  }
  await read(line, listNumbers(scope), add)
}

const statisticsFrom = 300

interface Work {
  heads: readonly Head[]
  scope: Scope
  dialect: Dialect
  request: DiscoverRequest
  out: JsonWriter
}

async function* withColumns(line: Line, work: Work): AsyncGenerator<Uint8Array, void> {
  const { heads, scope, dialect, request, out } = work
  const isFull = request.detail === 'full'
  const details = await readDetails(line, work)
  const isSingle = isFull && request.what === 'relations' && request.schema !== undefined && request.name !== undefined
  const single = isSingle ? await readSingle(line, heads[0]) : {}
  const places = new Map(heads.map((head, index) => [keyOf(head.schema, head.name), index]))
  let current = -1
  let isOpen = false
  let names: string[] = []

  const open = (index: number) => {
    const { size_bytes, ...head } = heads[index] ?? {}
    const text = JSON.stringify({ type: 'relation', ...head, ...(isFull && { size_bytes }) })
    out.text(`${text.slice(0, -1)},"columns":[`)
    names = []
    isOpen = true
  }
  const close = () => {
    const head = heads[current]
    if (isOpen && head) {
      const rest = isFull ? { ...finish(details.get(keyOf(head.schema, head.name)), head, names), ...single } : {}
      const text = JSON.stringify(rest).slice(1, -1)
      out.text(`]${text && `,${text}`}}\n`)
    }
    isOpen = false
  }
  /** Goes on to a relation, past those that have no columns. */
  const moveTo = (index: number) => {
    close()
    while (current < index - 1) {
      current += 1
      open(current)
      close()
    }
    current = index
    if (current < heads.length) open(current)
  }

  const row = new Row()
  let table: { schema: Buffer; name: Buffer; isWanted: boolean } | undefined
  let key: string[] = []
  for (const statement of listColumns(scope, isFull)) {
    for await (const rows of line.ask(statement)) {
      for (const raw of rows) {
        row.load(raw)
        if (!table || !row.equals(1, table.name) || !row.equals(0, table.schema)) {
          const known = keyOf(row.text(0) ?? '', row.text(1) ?? '')
          const index = places.get(known)
          table = { schema: row.copy(0), name: row.copy(1), isWanted: index !== undefined && index > current }
          if (table.isWanted && index !== undefined) moveTo(index)
          key = details.get(known).primaryKey
        }
        if (!table.isWanted) continue
        if (names.length > 0) out.byte(0x2c)
        const name = isFull || isKeyColumn(row) ? nameOfColumn(row) : ''
        names.push(name)
        writeColumn(
          out,
          row,
          placeOf(key, name, isKeyColumn(row) && !(details.knowsKeys && key.length === 0)),
          isFull ? dialect : undefined,
        )
        if (out.isFull()) yield out.take()
      }
    }
  }
  moveTo(heads.length)
}

// A key of one column needs no looking up; one of several was.
const placeOf = (key: readonly string[], name: string, isKey: boolean): number | undefined => {
  if (!isKey) return undefined
  const place = key.indexOf(name)
  return place >= 0 ? place + 1 : key.length === 0 ? 1 : undefined
}

const readDetails = async (line: Line, { scope, dialect, request }: Work): Promise<DetailsByRelation> => {
  const details = new DetailsByRelation()
  if (request.detail === 'full') {
    await read(line, listIndexes(scope, dialect), (_, raw) => details.addIndexColumn(raw))
    await readOptional(line, listForeignKeys(scope), (_, raw) => details.addForeignKey(raw))
    await readOptional(line, listForeignKeyRules(scope), (_, raw) => details.addForeignKeyRules(raw))
    await readOptional(line, listChecks(scope, dialect), (_, raw) => details.addCheck(raw))
    details.takeKeysFromIndexes()
    return details
  }
  let isComposite = scope.isSpelledOut
  if (!isComposite)
    await read(line, hasCompositeKeys(scope), () => {
      isComposite = true
    })
  if (isComposite) {
    await read(line, listPrimaryKeys(scope), (_, raw) => details.addKeyColumn(raw))
    details.knowsKeys = true
  }
  return details
}

const readSingle = async (line: Line, head: Head | undefined) => {
  if (!head) return {}
  const incoming = new IncomingKeys()
  await readOptional(line, [listIncomingKeys(head)], (_, raw) => incoming.add(raw))
  let view_definition: string | null = null
  if (head.kind === 'view')
    await readOptional(line, [readViewDefinition(head)], (row) => {
      view_definition = row.text(0)
    })
  return { referenced_by: incoming.found, view_definition: view_definition || null }
}

const read = async (
  line: Line,
  statements: readonly string[],
  take: (row: Row, raw: RawRow) => void,
): Promise<void> => {
  const row = new Row()
  for (const statement of statements)
    for await (const rows of line.ask(statement))
      for (const raw of rows) {
        row.load(raw)
        take(row, raw)
      }
}

/** As `read`, for what some servers and accounts do not have. */
const readOptional = async (...given: Parameters<typeof read>): Promise<boolean> => {
  try {
    await read(...given)
    return true
  } catch (error) {
    if (error instanceof Failure && error.code === 'query.failed') return false
    throw error
  }
}
