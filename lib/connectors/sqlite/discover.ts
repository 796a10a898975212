import type { DatabaseSync } from 'node:sqlite'
import { lineOf } from '#lib/core/ndjson'
import type { Discovered, DiscoverRequest } from '../contract.ts'
import { explained } from './explained.ts'
import { createReader } from './relations.ts'
import { databaseOf, type SqliteTarget } from './target.ts'

/** The only schema there is, as SQLite calls it. */
const schemaName = 'main'
const chunkBytes = 64 * 1024

/** Lists the schema or relations as NDJSON lines, sorted by name. */
export async function* discover(target: SqliteTarget, request: DiscoverRequest): AsyncGenerator<Uint8Array, void> {
  let db: DatabaseSync | undefined
  try {
    db = databaseOf(target)
    yield* inChunks(linesOf(db, request))
  } catch (error) {
    throw explained(error, target)
  } finally {
    db?.close()
  }
}

function* linesOf(db: DatabaseSync, request: DiscoverRequest): Generator<Discovered> {
  const { what, schema = schemaName, name } = request
  if (what === 'schemas' || (what === 'everything' && name === undefined && schema === schemaName)) yield* schemas(db)
  if (what !== 'schemas') yield* relations(db, request)
}

function* schemas(db: DatabaseSync): Generator<Discovered> {
  const row = db.prepare(`select count(*) as found from sqlite_schema where ${isRelation}`).get()
  const relations = Number(row?.found ?? 0)
  yield { type: 'schema', name: schemaName, comment: null, owner: null, relations, usable: true }
}

function* relations(db: DatabaseSync, request: DiscoverRequest): Generator<Discovered> {
  const { schema = schemaName, q = '', name, after, limit = Number.POSITIVE_INFINITY } = request
  if (schema !== schemaName || (after && after[0] > schemaName)) return
  const wanted = q.toLowerCase()
  const start = after?.[0] === schemaName ? after[1] : ''
  const read = createReader(db, { schema: schemaName, detail: request.detail })
  const rows = db.prepare(
    `select name, type, substr(sql, 1, 20) as beginning from sqlite_schema where ${isRelation} and name > ? order by name`,
  )
  let count = 0
  for (const row of rows.iterate(start)) {
    if (count >= limit) return
    const found = { name: String(row.name), type: String(row.type), beginning: String(row.beginning ?? '') }
    if ((name !== undefined && found.name !== name) || !found.name.toLowerCase().includes(wanted)) continue
    count++
    yield read(found)
  }
}

const isRelation = `type in ('table', 'view') and substr(name, 1, 7) <> 'sqlite_'`

function* inChunks(found: Iterable<Discovered>): Generator<Uint8Array> {
  let lines: string[] = []
  let size = 0
  for (const one of found) {
    const line = lineOf(one)
    lines.push(line)
    size += line.length
    if (size < chunkBytes) continue
    yield Buffer.from(lines.join(''))
    lines = []
    size = 0
  }
  if (lines.length > 0) yield Buffer.from(lines.join(''))
}
