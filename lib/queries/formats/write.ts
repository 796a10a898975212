import { planLine, resultHead, resultLast } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import type { ExportFormat } from '../schema.ts'
import { createTail } from '../tail.ts'
import { csvFormat } from './csv.ts'
import type { Columns, Format, Written } from './format.ts'
import { jsonFormat } from './json.ts'
import { parquetFormat } from './parquet.ts'
import { encodePieces } from './pieces.ts'

const newline = 10

/**
 * Writes a result as a file, in one pass over the bytes of its rows. What comes out is the first line of the result, the
 * file in pieces that say how many rows they end, and the last line of the result.
 */
export async function* writeAs(
  bytes: AsyncIterable<Uint8Array>,
  format: ExportFormat,
): AsyncGenerator<Uint8Array, void> {
  const tail = createTail()
  let head: Uint8Array[] | undefined = []
  let file: Format | undefined
  for await (const chunk of bytes) {
    let rows = chunk
    if (head) {
      const end = chunk.indexOf(newline) + 1
      head.push(end > 0 ? chunk.subarray(0, end) : chunk)
      if (end === 0) continue
      const line = Buffer.concat(head)
      head = undefined
      file = formatOf(line, format)
      if (!file) {
        yield line
        continue
      }
      yield line
      yield* encodePieces(file.begin(), 0)
      rows = chunk.subarray(end)
    }
    for (const lines of tail.cut(rows)) if (file) yield* piecesOf(file.rows(lines))
  }
  if (!file) return
  const last = Buffer.concat(tail.kept())
  requireWhole(last)
  yield* encodePieces(file.end(), 0)
  yield last
}

const piecesOf = ({ file, rows }: Written) => encodePieces(file, rows)

/** Undefined where the server refused the statement, so that there is nothing to write. */
const formatOf = (line: Buffer, format: ExportFormat): Format | undefined => {
  const given: unknown = JSON.parse(line.toString('utf8'))
  if (planLine.safeParse(given).success) throw new AppError('unprocessable', 'A plan is not exported. Run it instead.')
  const head = resultHead.safeParse(given).data
  if (!head) return undefined
  if (head.columns_left_out > 0) throw new AppError('unprocessable', 'An export has at most 10,000 columns.')
  return formats[format.name](head.columns, format)
}

const formats: Record<ExportFormat['name'], (columns: Columns, format: ExportFormat) => Format> = {
  csv: (columns, { formula_safe }) => csvFormat(columns, { safe: formula_safe }),
  ndjson: (columns) => jsonFormat(columns, { array: false }),
  json: (columns) => jsonFormat(columns, { array: true }),
  parquet: (columns) => parquetFormat(columns),
}

/** What was left out makes it half a file, and nobody would see that. */
const requireWhole = (last: Buffer): void => {
  const result = resultLast.safeParse(JSON.parse(last.toString('utf8'))).data
  if (result && 'done' in result && result.done.truncated !== null) {
    throw new AppError('unprocessable', 'The result is larger than an export can hold. Export it in parts.')
  }
}
