import { encodeLines } from '#lib/core/ndjson'
import type { FileLine, FilesRequest } from '../contract.ts'
import { readCsv } from './csv.ts'
import { decodeText } from './decode.ts'
import { type FileFormat, formatOfName, isGzip, kindOfBinary, plainName } from './formats.ts'
import { gunzipHead } from './gunzip.ts'
import { readJson, readNdjson } from './json.ts'
import { readParquet } from './parquet.ts'
import { boundedReader, bounds, type RandomAccess } from './reader.ts'
import { type Sheet, withinBounds } from './sheet.ts'
import { readText } from './text.ts'

export type PreviewRequest = Extract<FilesRequest, { what: 'preview' }>

/** The beginning of a file as lines of the contract. Never reads, holds or sends more than `bounds`, whatever is in it. */
export async function* previewLines(file: RandomAccess, request: PreviewRequest): AsyncGenerator<Uint8Array, void> {
  const { format, sheet } = await preview(boundedReader(file), request)
  const { columns, notes, rows, text, truncated } = withinBounds(sheet)
  const head: FileLine = { type: 'preview', path: request.path, format, size_bytes: file.size ?? null, columns, notes }
  const lines: FileLine[] = [
    head,
    ...rows.map((values): FileLine => ({ type: 'row', values })),
    ...(text === undefined ? [] : [{ type: 'text', text } as const]),
    { type: 'end', truncated },
  ]
  yield encodeLines(lines)
}

interface Preview {
  format: FileFormat | 'binary'
  sheet: Sheet
}

const preview = async (file: RandomAccess, request: PreviewRequest): Promise<Preview> => {
  const head = await file.read(0, Math.min(file.size ?? bounds.headBytes, bounds.headBytes))
  if (head.length === 0)
    return { format: request.format ?? 'text', sheet: { ...nothing, notes: ['The file is empty.'] } }
  const isParquet = Buffer.from(head.subarray(0, 4)).toString('latin1') === 'PAR1'
  if (isParquet || request.format === 'parquet')
    return { format: 'parquet', sheet: await readParquet(file, request.rows) }
  const { bytes, isWhole, notes } = isGzip(head)
    ? await gunzipHead(head, file)
    : { bytes: head, isWhole: isAll(head, file), notes: [] }
  const { sheet, format } = readHead(bytes, isWhole, request)
  return { format, sheet: { ...sheet, notes: [...notes, ...sheet.notes] } }
}

/** What can be told from the beginning alone. */
const readHead = (bytes: Uint8Array, isWhole: boolean, request: PreviewRequest): Preview => {
  const named = formatOfName(plainName(request.path))
  const binary = kindOfBinary(bytes)
  if (binary !== undefined && request.format === undefined)
    return { format: 'binary', sheet: { ...nothing, notes: [binary] } }
  const { text, notes } = decodeText(bytes)
  const wanted = request.format ?? (named === 'parquet' ? undefined : named) ?? guess(text)
  const given = named === 'parquet' ? ['The name says Parquet, but the content is not.'] : []
  const sheet = readers[wanted === 'parquet' ? 'text' : wanted]({
    text,
    isWhole,
    rows: request.rows,
    path: request.path,
  })
  return { format: wanted, sheet: { ...sheet, notes: [...given, ...notes, ...sheet.notes] } }
}

const readers = { csv: readCsv, json: readJson, ndjson: readNdjson, text: readText } as const

const nothing: Sheet = { columns: [], rows: [], text: undefined, notes: [], truncated: false }

const isAll = (head: Uint8Array, { size }: RandomAccess): boolean =>
  size === undefined ? head.length < bounds.headBytes : head.length >= size

const guess = (text: string): Exclude<FileFormat, 'parquet'> => {
  const start = text.trimStart()
  if (start.startsWith('[')) return 'json'
  if (start.startsWith('{')) return /^\{.*\}\s*\n\s*\{/.test(start.slice(0, 65_536)) ? 'ndjson' : 'json'
  return 'text'
}
