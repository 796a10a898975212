import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { AppError } from '#lib/core/errors'
import { type Columns, distinct, type Format } from './format.ts'

/** Rows are gathered up to this size as text, and then written as one group: memory stays flat. */
const groupMax_bytes = 4 * 1024 * 1024
const groupMax_rows = 25_000

type Value = null | boolean | number | string | bigint | Uint8Array

interface Shape {
  element: {
    type: 'BOOLEAN' | 'INT32' | 'INT64' | 'DOUBLE' | 'BYTE_ARRAY'
    converted_type?: 'UTF8' | 'DATE' | 'DECIMAL'
    scale?: number
    precision?: number
    logical_type?: object
  }
  /** Undefined where the value has no place in the type. */
  read(value: boolean | number | string): Value | undefined
}

/**
 * Parquet with a type for each column where it holds every value exactly, and text otherwise. A value that has no place in
 * the type of its column, such as the date `infinity`, ends the export: nothing is rounded or left out.
 */
export const parquetFormat = (columns: Columns): Format => {
  const names = distinct(columns)
  const shapes = columns.map(shapeOf)
  const bytes = new ByteWriter()
  const schema = [
    { name: 'root', num_children: columns.length },
    ...shapes.map(({ element }, index) => ({
      name: names[index] ?? '',
      repetition_type: 'OPTIONAL' as const,
      ...element,
    })),
  ]
  const writer = new ParquetWriter({
    writer: bytes,
    schema: schema as ConstructorParameters<typeof ParquetWriter>[0]['schema'],
  })
  let data: Value[][] = names.map(() => [])
  let size = 0
  const take = (): Uint8Array => {
    const taken = bytes.getBytes()
    bytes.index = 0
    return taken
  }
  const flush = (): void => {
    const rows = data[0]?.length ?? 0
    if (rows > 0)
      void writer.write({
        columnData: names.map((name, index) => ({ name, data: data[index] ?? [] })),
        rowGroupSize: rows,
      })
    data = names.map(() => [])
    size = 0
  }
  const add = (row: unknown[]): void => {
    shapes.forEach((shape, index) => {
      data[index]?.push(cellOf(row[index], shape, names[index] ?? ''))
    })
  }
  return {
    begin() {
      if (columns.length === 0) throw new AppError('unprocessable', 'Parquet needs at least one column.')
      // Its four bytes go out with the first rows: whoever asks hears of a value without a place before the file begins.
      return new Uint8Array()
    },
    rows(lines) {
      const rows = Buffer.from(lines).toString('utf8').trimEnd().split('\n')
      for (const row of rows) add(JSON.parse(row))
      size += lines.length
      if (size >= groupMax_bytes || (data[0]?.length ?? 0) >= groupMax_rows) flush()
      return { file: take(), rows: rows.length }
    },
    end() {
      flush()
      void writer.finish()
      return take()
    },
  }
}

const cellOf = (value: unknown, { read }: Shape, name: string): Value => {
  if (value === null || value === undefined) return null
  const kept = typeof value === 'object' ? undefined : read(value as boolean | number | string)
  if (kept !== undefined) return kept
  const sentence = `The column “${name}” holds a value that Parquet cannot hold exactly. Cast it to text, or export as CSV.`
  throw new AppError('unprocessable', sentence)
}

const text: Shape = { element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, read: String }

const shapeOf = ({ kind, type }: Columns[number]): Shape => {
  if (kind === 'boolean')
    return { element: { type: 'BOOLEAN' }, read: (value) => (typeof value === 'boolean' ? value : undefined) }
  if (kind === 'integer' && !/unsigned/i.test(type)) return { element: { type: 'INT64' }, read: int64 }
  if (kind === 'float') return { element: { type: 'DOUBLE' }, read: double }
  if (kind === 'date') return { element: { type: 'INT32', converted_type: 'DATE' }, read: days }
  if (kind === 'decimal') return decimalOf(type) ?? text
  if (kind === 'binary') return { element: { type: 'BYTE_ARRAY' }, read: octets }
  if (kind === 'timestamp') return timestampOf(/with time zone|tz/i.test(type) && !/without/i.test(type))
  return text
}

const int64 = (value: boolean | number | string): bigint | undefined => {
  if (!/^-?\d{1,19}$/.test(String(value))) return undefined
  const whole = BigInt(value)
  return BigInt.asIntN(64, whole) === whole ? whole : undefined
}

const specials: Record<string, number> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity }

const double = (value: boolean | number | string): number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? specials[value] : undefined
}

const days = (value: boolean | number | string): number | undefined => {
  const date = /^\d{4}-\d\d-\d\d$/.test(String(value)) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  return Number.isNaN(date) ? undefined : date / 86_400_000
}

const octets = (value: boolean | number | string): Uint8Array | undefined =>
  /^\\x([0-9a-f]{2})*$/i.test(String(value)) ? Buffer.from(String(value).slice(2), 'hex') : undefined

/** Up to 18 digits with the places after the point that the column has. */
const decimalOf = (type: string): Shape | undefined => {
  const [, p, s = '0'] = /\((\d+)(?:,\s*(\d+))?\)/.exec(type) ?? []
  const [precision, scale] = [Number(p), Number(s)]
  if (p === undefined || precision > 18 || scale > precision) return undefined
  const read = (value: boolean | number | string): bigint | undefined => {
    const [, sign = '', whole = '', places = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? []
    if (whole === '' || places.length > scale) return undefined
    const digits = `${whole}${places.padEnd(scale, '0')}`.replace(/^0+(?=\d)/, '')
    return digits.length > 18 ? undefined : BigInt(`${sign}${digits}`)
  }
  return { element: { type: 'INT64', converted_type: 'DECIMAL', precision, scale }, read }
}

const timestampOf = (isAdjustedToUTC: boolean): Shape => ({
  element: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit: 'MICROS' } },
  read(value) {
    const [, date, time, places = '', zone] =
      /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(String(value)) ?? []
    if (date === undefined || (zone !== undefined) !== isAdjustedToUTC) return undefined
    const at = Date.parse(`${date}T${time}${zoneOf(zone)}`)
    return Number.isNaN(at) ? undefined : BigInt(at) * 1000n + BigInt(places.padEnd(6, '0'))
  },
})

const zoneOf = (zone = 'Z'): string => (/^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone)
