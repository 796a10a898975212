import { hash as digest } from 'node:crypto'
import * as z from 'zod'
import { type Discovered, type DiscoveredSchema, discovered } from '#lib/connectors/contract'
import { objectName } from '#lib/data-sources/object-names'
import { type ObjectType, pathOf } from '#lib/data-sources/schema'

/** A relation, routine, enum or extension as it was read: its structure as bytes, and what only counts rows and pages apart from it. */
export interface ReadObject {
  type: ObjectType
  schema: string
  /** With its arguments, where routines of one name are told apart by them. */
  name: string
  structure: Buffer
  hash: string
  rowEstimate: string | null
  sizeBytes: string | null
  /** Undefined where the connector gives none. */
  stamp: string | undefined
}

/** What tells whether a relation is as it was, without its structure. */
export type Stamp = Pick<ReadObject, 'schema' | 'name' | 'rowEstimate' | 'sizeBytes'> & { type: 'stamp'; stamp: string }

export type CatalogLine = ReadObject | Stamp | { type: 'schema'; schema: DiscoveredSchema } | FingerprintLine | EndLine
interface FingerprintLine {
  type: 'fingerprint'
  value: string
  base?: string | undefined
}
/** What the engine ends every stream with. */
interface EndLine {
  type: 'end'
}

/** Splits NDJSON into lines, as bytes. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[], void> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    const bytes =
      rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const lines: Buffer[] = []
    let at = 0
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, at)) {
      if (end > at) lines.push(bytes.subarray(at, end))
      at = end + 1
    }
    rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : Buffer.alloc(0)
    if (lines.length > 0) yield lines
  }
  if (rest.length > 0) yield [rest]
}

/** Reads a line; a relation is not parsed but cut, because nearly always it is as it was the last time. */
export const readLine = (line: Buffer): CatalogLine => {
  if (startsWith(line, relationStart)) return readRelation(line)
  if (startsWith(line, stampStart)) return readStamp(line)
  const parsed: unknown = JSON.parse(line.toString('utf8'))
  if (typeof parsed === 'object' && parsed !== null && 'end' in parsed) return { type: 'end' }
  return readOther(discovered.parse(parsed))
}

const readOther = (found: Discovered): CatalogLine => {
  if (found.type === 'schema') return { type: 'schema', schema: found }
  if (found.type === 'fingerprint') return found
  const structure = Buffer.from(JSON.stringify(found))
  if (found.type === 'stamp') return readStamp(structure)
  if (found.type === 'relation') return readRelation(structure)
  const { schema, type } = found
  const name = objectName(found)
  return { type, schema, name, structure, hash: hashOf(structure), ...noCounts }
}

const noCounts = { rowEstimate: null, sizeBytes: null, stamp: undefined }

const startsWith = (line: Buffer, start: Buffer): boolean => line.subarray(0, start.length).equals(start)

const readStamp = (line: Buffer): Stamp => {
  const schemaEnd = endOfString(line, stampStart.length)
  const nameEnd = endOfString(line, schemaEnd + nameStart.length)
  return {
    type: 'stamp',
    schema: stringAt(line, stampStart.length, schemaEnd),
    name: stringAt(line, schemaEnd + nameStart.length, nameEnd),
    rowEstimate: numberOf(line, valueAfter(line, estimateStart, nameEnd), estimateStart),
    sizeBytes: numberOf(line, valueAfter(line, sizeStart, nameEnd), sizeStart),
    stamp: textOf(line, valueAfter(line, stampMember, nameEnd)) ?? '',
  }
}

/**
 * `"row_estimate"`, `"size_bytes"` and `"stamp"` are cut out wherever they stand. Inside a JSON string no quote follows a comma
 * without a backslash, so these bytes can only be members.
 */
const readRelation = (line: Buffer): ReadObject => {
  const schemaEnd = endOfString(line, relationStart.length)
  const nameEnd = endOfString(line, schemaEnd + nameStart.length)
  const kept: Buffer[] = []
  const estimate = valueAfter(line, estimateStart, nameEnd)
  const size = valueAfter(line, sizeStart, nameEnd)
  const stamp = valueAfter(line, stampMember, nameEnd)
  const places = [...(estimate ? [estimate] : []), ...(stamp ? [stamp] : []), ...membersOf(line, size)]
  let at = 0
  for (const { start, end } of places.sort((a, b) => a.start - b.start)) {
    kept.push(line.subarray(at, start))
    at = end
  }
  kept.push(line.subarray(at))
  const structure = Buffer.concat(kept)
  return {
    type: 'relation',
    schema: stringAt(line, relationStart.length, schemaEnd),
    name: stringAt(line, schemaEnd + nameStart.length, nameEnd),
    structure,
    hash: hashOf(structure),
    rowEstimate: numberOf(line, estimate, estimateStart),
    // The first one is the relation's own; those after it are of its indexes.
    sizeBytes: size && line.indexOf(columnsStart) > size.start ? numberOf(line, size, sizeStart) : null,
    stamp: textOf(line, stamp),
  }
}

/** A stamp is hexadecimal or the like: nothing in it is escaped. */
const textOf = (line: Buffer, place: Place | undefined): string | undefined => {
  const text = place && line.toString('utf8', place.start + stampMember.length, place.end)
  return text?.startsWith('"') ? text.slice(1, -1) : undefined
}

interface Place {
  start: number
  end: number
}

const valueAfter = (line: Buffer, member: Buffer, from: number): Place | undefined => {
  const start = line.indexOf(member, from)
  if (start < 0) return undefined
  let end = start + member.length
  while (end < line.length && line[end] !== comma && line[end] !== brace) end += 1
  return { start, end }
}

const membersOf = (line: Buffer, first: Place | undefined): Place[] => {
  const places: Place[] = []
  for (let place = first; place; place = valueAfter(line, sizeStart, place.end)) places.push(place)
  return places
}

const numberOf = (line: Buffer, place: Place | undefined, member: Buffer): string | null => {
  const text = place && line.toString('latin1', place.start + member.length, place.end)
  return text === undefined || text === 'null' ? null : wholeNumber(text)
}

/** Some servers estimate in fractions. */
const wholeNumber = (text: string): string => (/^-?\d{1,18}$/.test(text) ? text : String(Math.round(Number(text)) || 0))

/** The closing quote of the string that opens at `from`. */
const endOfString = (line: Buffer, from: number): number => {
  let at = from + 1
  while (at < line.length && line[at] !== quote) at += line[at] === backslash ? 2 : 1
  return at + 1
}

const stringAt = (line: Buffer, start: number, end: number): string => {
  const text = line.toString('utf8', start, end)
  return text.includes('\\') ? storable(String(JSON.parse(text))) : text.slice(1, -1)
}

/** The one character that a text in PostgreSQL cannot hold. */
const storable = (text: string): string => text.replaceAll('\0', '\uFFFD')

const hashOf = (structure: Buffer): string => digest('sha1', structure, 'base64url')

/** What lists and searches need of a structure that is new. */
export const factsOf = ({ schema, name, structure }: ReadObject) => {
  const { kind, comment, columns, foreign_keys } = facts.parse(JSON.parse(structure.toString('utf8')))
  return {
    kind: kind ?? '',
    comment: comment == null ? null : storable(comment),
    search: storable(`${name}\n${comment ?? ''}`.toLowerCase()),
    searchColumns: storable(
      columns
        .map((column) => `${column.name}\n${column.comment ?? ''}`)
        .join('\n')
        .toLowerCase(),
    ),
    refersTo: [
      ...new Set(
        foreign_keys.map(({ references }) => encodeURIComponent(pathOf(references.schema || schema, references.name))),
      ),
    ],
  }
}

const facts = z.object({
  kind: z.string().optional(),
  comment: z.string().nullish(),
  columns: z.array(z.object({ name: z.string(), comment: z.string().nullish() })).default([]),
  foreign_keys: z.array(z.object({ references: z.object({ schema: z.string(), name: z.string() }) })).default([]),
})

const newline = 10
const quote = 34
const comma = 44
const backslash = 92
const brace = 125
const relationStart = Buffer.from('{"type":"relation","schema":')
const stampStart = Buffer.from('{"type":"stamp","schema":')
const stampMember = Buffer.from(',"stamp":')
const nameStart = Buffer.from(',"name":')
const estimateStart = Buffer.from(',"row_estimate":')
const sizeStart = Buffer.from(',"size_bytes":')
const columnsStart = Buffer.from(',"columns":')
