import type { SchemaElement } from 'hyparquet'
import type { Cell } from './sheet.ts'

export interface ParquetNode {
  children: ParquetNode[]
  element: SchemaElement
}

type Meaning = Pick<SchemaElement, 'converted_type' | 'logical_type' | 'scale' | 'precision'>
/** What each leaf means; hyparquet is not told, because it would round decimals and cut times to milliseconds. */
export type Meanings = ReadonlyMap<SchemaElement, Meaning>

/** Takes the meaning off every leaf of a schema, so that its values arrive as they are stored, and keeps it. */
export const plainElements = (schema: readonly SchemaElement[]): Meanings => {
  const meanings = new Map<SchemaElement, Meaning>()
  for (const element of schema) {
    if (!element.type) continue
    const { converted_type, logical_type, scale, precision } = element
    meanings.set(element, {
      ...(converted_type && { converted_type }),
      ...(logical_type && { logical_type }),
      ...(scale !== undefined && { scale }),
      ...(precision !== undefined && { precision }),
    })
    delete element.converted_type
    delete element.logical_type
  }
  return meanings
}

/** An assembled value as JSON that says exactly what is stored. */
export const shownValue = (value: unknown, node: ParquetNode, meanings: Meanings): Cell => {
  if (value === null || value === undefined) return null
  const item = itemOf(node)
  if (item && Array.isArray(value)) return value.map((one) => shownValue(one, item, meanings))
  if (node.children.length === 0)
    return Array.isArray(value) ? value.map((one) => leafOf(one, node, meanings)) : leafOf(value, node, meanings)
  if (Array.isArray(value)) return value.map((one) => structOf(one, node, meanings))
  return isMap(node) ? mapOf(value, node, meanings) : structOf(value, node, meanings)
}

const structOf = (value: unknown, node: ParquetNode, meanings: Meanings): Cell => {
  if (typeof value !== 'object' || value === null) return null
  const fields = new Map(Object.entries(value))
  return Object.fromEntries(
    node.children.map((child) => [child.element.name, shownValue(fields.get(child.element.name), child, meanings)]),
  )
}

/** Keys have become texts by now, whatever they were. */
const mapOf = (value: unknown, node: ParquetNode, meanings: Meanings): Cell => {
  const item = node.children[0]?.children[1]
  if (typeof value !== 'object' || value === null || !item) return null
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shownValue(one, item, meanings)]))
}

const isMap = ({ element, children }: ParquetNode): boolean =>
  (element.converted_type === 'MAP' || element.logical_type?.type === 'MAP') && children[0]?.children.length === 2

/** What a list holds; undefined where the node is no list. */
const itemOf = ({ element, children }: ParquetNode): ParquetNode | undefined => {
  if (element.converted_type !== 'LIST' && element.logical_type?.type !== 'LIST') return undefined
  const repeated = children[0]
  return repeated?.children.length === 1 ? repeated.children[0] : repeated
}

const leafOf = (value: unknown, { element }: ParquetNode, meanings: Meanings): Cell => {
  if (value === null || value === undefined) return null
  const meaning = meanings.get(element) ?? {}
  const scale = decimalScale(meaning)
  if (value instanceof Uint8Array) return bytesOf(value, meaning, scale, element)
  if (typeof value === 'number' || typeof value === 'bigint') return numberOf(value, meaning, scale, element)
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'boolean' ? value : String(value)
}

const decimalScale = ({ converted_type, logical_type, scale }: Meaning): number | undefined => {
  if (logical_type?.type === 'DECIMAL') return logical_type.scale
  return converted_type === 'DECIMAL' ? (scale ?? 0) : undefined
}

const numberOf = (
  value: number | bigint,
  meaning: Meaning,
  scale: number | undefined,
  { type }: SchemaElement,
): Cell => {
  if (type === 'FLOAT' || type === 'DOUBLE')
    return Number.isFinite(value) ? Number(type === 'FLOAT' ? Math.fround(Number(value)) : value) : String(value)
  const stored = BigInt(value)
  if (scale !== undefined) return decimalText(stored, scale)
  const time = timeText(stored, meaning)
  if (time !== undefined) return time
  const exact = isUnsigned(meaning) ? BigInt.asUintN(type === 'INT32' ? 32 : 64, stored) : stored
  // What JavaScript cannot hold exactly, and everything of a column that could, is text.
  return type === 'INT64' ? String(exact) : Number(exact)
}

const bytesOf = (
  bytes: Uint8Array,
  { converted_type, logical_type }: Meaning,
  scale: number | undefined,
  { type }: SchemaElement,
): Cell => {
  if (scale !== undefined) return decimalText(signedOf(bytes), scale)
  const hex = Buffer.from(bytes).toString('hex')
  if (logical_type?.type === 'UUID' && bytes.length === 16)
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  if (logical_type?.type === 'FLOAT16' && bytes.length === 2) return String(halfOf(bytes))
  const isDeclared =
    converted_type === 'UTF8' ||
    converted_type === 'ENUM' ||
    converted_type === 'JSON' ||
    ['STRING', 'ENUM', 'JSON'].includes(logical_type?.type ?? '')
  if (isDeclared) return new TextDecoder().decode(bytes)
  // Old writers left out what is text.
  const isText = type === 'BYTE_ARRAY' && converted_type === undefined && logical_type === undefined
  return (isText ? textOf(bytes) : undefined) ?? `0x${hex}`
}

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const signedOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))

const decimalText = (unscaled: bigint, scale: number): string => {
  if (!(scale > 0 && scale < 1_000)) return String(unscaled)
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const halfOf = (bytes: Uint8Array): number => {
  const bits = Buffer.from(bytes).readUInt16LE(0)
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0) return sign * 2 ** -14 * (fraction / 1024)
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

const isUnsigned = ({ converted_type, logical_type }: Meaning): boolean =>
  (converted_type?.startsWith('UINT_') ?? false) || (logical_type?.type === 'INTEGER' && !logical_type.isSigned)

const units = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const

/** A stored date, time or point in time with all its digits; a local one without a zone. */
const timeText = (stored: bigint, { converted_type, logical_type }: Meaning): string | undefined => {
  if (converted_type === 'DATE' || logical_type?.type === 'DATE') return dayText(stored)
  const unit =
    logical_type?.type === 'TIMESTAMP' || logical_type?.type === 'TIME'
      ? logical_type.unit
      : (/^TIME(?:STAMP)?_(MILLIS|MICROS)$/.exec(converted_type ?? '')?.[1] as 'MILLIS' | 'MICROS' | undefined)
  if (unit === undefined) return undefined
  const digits = units[unit]
  const perSecond = 10n ** BigInt(digits)
  const perDay = 86_400n * perSecond
  const day = floorDivide(stored, perDay)
  const rest = stored - day * perDay
  const clock = `${clockText(rest / perSecond)}.${String(rest % perSecond).padStart(digits, '0')}`
  const isTime = logical_type?.type === 'TIME' || /^TIME_/.test(converted_type ?? '')
  if (isTime) return clock
  const isLocal = logical_type?.type === 'TIMESTAMP' && !logical_type.isAdjustedToUTC
  const date = dayText(day)
  return date === undefined ? undefined : `${date}T${clock}${isLocal ? '' : 'Z'}`
}

const floorDivide = (value: bigint, by: bigint): bigint => (value >= 0n ? value / by : -((-value + by - 1n) / by))

const clockText = (seconds: bigint): string =>
  [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) => String(part).padStart(2, '0')).join(':')

const dayText = (days: bigint): string | undefined => {
  const time = new Date(Number(days) * 86_400_000)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace(/T.*$/, '')
}

/** What a column is called in the grid. */
export const typeOfNode = (node: ParquetNode, meanings: Meanings): string => {
  if (itemOf(node)) return 'list'
  if (isMap(node)) return 'map'
  if (node.children.length > 0) return 'struct'
  const { element } = node
  if (element.repetition_type === 'REPEATED') return 'list'
  const meaning = meanings.get(element) ?? {}
  const { converted_type, logical_type } = meaning
  const scale = decimalScale(meaning)
  if (scale !== undefined)
    return `decimal(${meaning.precision ?? (logical_type?.type === 'DECIMAL' ? logical_type.precision : '?')},${scale})`
  if (logical_type?.type === 'TIMESTAMP' || converted_type?.startsWith('TIMESTAMP') || element.type === 'INT96')
    return 'timestamp'
  if (logical_type?.type === 'TIME' || converted_type?.startsWith('TIME_')) return 'time'
  if (logical_type?.type === 'DATE' || converted_type === 'DATE') return 'date'
  if (logical_type?.type === 'UUID') return 'uuid'
  if (logical_type?.type === 'JSON' || converted_type === 'JSON') return 'json'
  if (element.type === 'INT32' || element.type === 'INT64')
    return `${isUnsigned(meaning) ? 'u' : ''}${element.type.toLowerCase()}`
  return plainTypes[element.type ?? ''] ?? 'text'
}

const plainTypes: Record<string, string | undefined> = {
  BOOLEAN: 'boolean',
  FLOAT: 'float',
  DOUBLE: 'double',
  FIXED_LEN_BYTE_ARRAY: 'bytes',
}
