import type { ResultHead } from '../contract.ts'
import { way } from './data-rows.ts'
import { Failure } from './failure.ts'
import { bind, execute, parse } from './messages.ts'

type Column = ResultHead['columns'][number]
type Kind = Column['kind']

export interface ColumnShape {
  name: string
  type: number
  modifier: number
}

/** The columns of a result, out of the message that describes them. */
export const readShapes = (body: Buffer): ColumnShape[] => {
  let at = 2
  return Array.from({ length: body.readUInt16BE(0) }, () => {
    const end = body.indexOf(0, at)
    if (end < 0) throw new Failure('protocol.not_postgres')
    const name = body.toString('utf8', at, end)
    at = end + 19
    return { name, type: body.readUInt32BE(end + 7), modifier: body.readInt32BE(end + 13) }
  })
}

/** Asks what the server calls the types, in the same breath as the rows themselves. */
export const askTypes = (shapes: readonly ColumnShape[]): Buffer => {
  const list = (of: (shape: ColumnShape) => number) => `{${shapes.map(of).join(',')}}`
  const params = [list(({ type }) => type), list(({ modifier }) => modifier)]
  return Buffer.concat([parse('', typesSql), bind('', params, 'text'), execute(0)])
}

// The name alone is a schema's business; what a column holds follows from the category for types nobody has heard of.
const typesSql = `select pg_catalog.format_type(c.type, c.modifier), coalesce(t.typname, ''), coalesce(t.typcategory, 'X')
  from rows from (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.int4[])) with ordinality as c (type, modifier, place)
  left join pg_catalog.pg_type t on t.oid operator(pg_catalog.=) c.type order by c.place`

/** One row of the answer to `askTypes`. */
export const typeOf = ([type, name, category]: (string | null)[]): Omit<Column, 'name'> => ({
  type: type ?? 'unknown',
  kind: kinds[name ?? ''] ?? categories[category ?? ''] ?? 'other',
})

const kinds: Record<string, Kind | undefined> = {
  bool: 'boolean',
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  float4: 'float',
  float8: 'float',
  numeric: 'decimal',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'interval',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
  uuid: 'uuid',
  char: 'text',
  xml: 'text',
  geometry: 'geometry',
  geography: 'geometry',
}

/** By `typcategory`. */
const categories: Record<string, Kind | undefined> = { A: 'array', E: 'text', S: 'text', I: 'text' }

/** What fits into a JavaScript number exactly stands as one. */
export const waysOf = (shapes: readonly ColumnShape[], columnsMax: number): Uint8Array =>
  Uint8Array.from(shapes, ({ type }, place) => (place >= columnsMax ? way.leftOut : (ways.get(type) ?? way.text)))

/** bool, int2, int4, oid, float4, float8. */
const ways = new Map<number, number>([
  [16, way.boolean],
  [21, way.number],
  [23, way.number],
  [26, way.number],
  [700, way.number],
  [701, way.number],
])

/** The fields of a row in the server's text format. */
export const readTexts = (bytes: Buffer, start: number): (string | null)[] => {
  let at = start + 2
  return Array.from({ length: bytes.readUInt16BE(start) }, () => {
    const length = bytes.readInt32BE(at)
    const from = at + 4
    at = from + Math.max(length, 0)
    return length < 0 ? null : bytes.toString('utf8', from, from + length)
  })
}
