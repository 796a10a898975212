import type { FilesRequest } from '../contract.ts'

export type FileFormat = NonNullable<Extract<FilesRequest, { what: 'preview' }>['format']>

const extensions: Record<string, FileFormat | undefined> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  psv: 'csv',
  json: 'json',
  geojson: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  parquet: 'parquet',
  pq: 'parquet',
}

/** The name without the ending of a compression that is unpacked here. */
export const plainName = (path: string): string => path.replace(/\.(gz|gzip)$/i, '')

export const formatOfName = (name: string): FileFormat | undefined => {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(extensions, ending) ? extensions[ending] : undefined
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

// First bytes, as text of one byte a character.
const signatures: [start: string, kind: string][] = [
  ['PK\u0003\u0004', 'a ZIP archive or an Office document'],
  ['\u0028\u00b5\u002f\u00fd', 'compressed with Zstandard'],
  ['BZh', 'compressed with bzip2'],
  ['\u00fd7zXZ', 'compressed with xz'],
  ['7z\u00bc\u00af', 'a 7-Zip archive'],
  ['%PDF-', 'a PDF document'],
  ['\u0089PNG', 'a PNG image'],
  ['\u00ff\u00d8\u00ff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['ORC', 'an ORC file'],
  ['Obj\u0001', 'an Avro file'],
  ['SQLite format 3\u0000', 'a SQLite database'],
  ['\u007fELF', 'a program'],
  ['\u00d0\u00cf\u0011\u00e0', 'an Office document'],
  ['ARROW1', 'an Arrow file'],
]

/** One sentence about a file that is no text; undefined where it may be one. */
export const kindOfBinary = (bytes: Uint8Array): string | undefined => {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1')
  const known = signatures.find(([signature]) => start.startsWith(signature))?.[1]
  if (known !== undefined) return `This is ${known}, which cannot be shown here.`
  return isText(bytes.subarray(0, 8_192)) ? undefined : 'This is a binary file, which cannot be shown here.'
}

/** UTF-16 holds a zero in every other byte of Latin text; other text holds none, and few control characters. */
const isText = (bytes: Uint8Array): boolean => {
  if (utf16Order(bytes) !== undefined) return true
  let odd = 0
  for (const byte of bytes) {
    if (byte === 0) return false
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) odd += 1
  }
  return odd * 20 <= bytes.length
}

/** The order of bytes of UTF-16, from its mark or from where its zeros stand. */
export const utf16Order = (bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const length = Math.min(bytes.length, 512) & ~1
  if (length < 8) return undefined
  let [even, odd] = [0, 0]
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) even += 1
    if (bytes[at + 1] === 0) odd += 1
  }
  const enough = length * 0.35
  if (odd > enough && even === 0) return 'utf-16le'
  return even > enough && odd === 0 ? 'utf-16be' : undefined
}
