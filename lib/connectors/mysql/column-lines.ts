import type { JsonWriter } from '../_sql/json-writer.ts'
import type { Row } from './row.ts'
import type { Dialect } from './sql.ts'

/** Where each field stands in the rows of `listColumns`. */
const f = { column: 2, type: 3, nullable: 4, key: 5, default: 6, extra: 7, expression: 8, comment: 9 } as const

const json = (text: string): Uint8Array => Buffer.from(text)
const part = {
  name: json('{"name":'),
  type: json(',"type":'),
  nullable: json(',"nullable":true'),
  required: json(',"nullable":false'),
} as const

/** Writes one column straight from its row. `place` is its place in the primary key, if it has one. */
export const writeColumn = (out: JsonWriter, row: Row, place: number | undefined, full: Dialect | undefined): void => {
  out.reserve((row.length(f.column) + row.length(f.type)) * 6 + 256)
  out.raw(part.name)
  out.quoted(row.bytes, row.start(f.column), row.length(f.column))
  out.raw(part.type)
  out.quoted(row.bytes, row.start(f.type), row.length(f.type))
  out.raw(row.letter(f.nullable) === letterY ? part.nullable : part.required)
  if (place !== undefined) out.text(`,"primary_key":${place}`)
  if (full) out.text(extrasOf(row, full))
  out.byte(0x7d)
}

export const isKeyColumn = (row: Row): boolean => row.letter(f.key) === letterP
export const nameOfColumn = (row: Row): string => row.text(f.column) ?? ''

const letterY = 0x59
const letterP = 0x50

const extrasOf = (row: Row, dialect: Dialect): string => {
  const extra = row.text(f.extra) ?? ''
  const update = /\bon update \S+/i.exec(extra)?.[0]
  const initial = defaultOf(row, extra, dialect)
  const value = update === undefined ? initial : `${initial ?? 'NULL'} ${update}`
  const generated = /auto_increment/i.test(extra)
    ? 'identity'
    : /stored generated|persistent/i.test(extra)
      ? 'stored'
      : /virtual generated|^virtual/i.test(extra)
        ? 'virtual'
        : undefined
  return `${value === null ? '' : `,"default":${JSON.stringify(value)}`}${generated === undefined ? '' : `,"generated":"${generated}"`}${
    row.isEmpty(f.comment) ? '' : `,"comment":${JSON.stringify(row.text(f.comment))}`
  }`
}

/** An expression either way: MariaDB keeps defaults as SQL, MySQL keeps their plain value and marks the expressions. */
const defaultOf = (row: Row, extra: string, { isMariaDb }: Dialect): string | null => {
  if (!row.isEmpty(f.expression)) return row.text(f.expression)
  const value = row.text(f.default)
  if (value === null) return null
  if (isMariaDb) return value === 'NULL' ? null : value
  const isExpression = /default_generated/i.test(extra) || /^(?:current_timestamp|b'|x'|0x)/i.test(value)
  const isNumber = /^(?:tiny|small|medium|big)?int|^(?:decimal|numeric|float|double|bit|year)/i.test(
    row.text(f.type) ?? '',
  )
  return isExpression || isNumber ? value : `'${value.replaceAll("'", "''")}'`
}
