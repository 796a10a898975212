import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet'
import { AppError } from '#lib/core/errors'
import { pageCompressors } from './parquet-compression.ts'
import { type ParquetNode, plainElements, shownValue, typeOfNode } from './parquet-values.ts'
import { bounds, type RandomAccess, unreadable } from './reader.ts'
import type { Cell, Sheet } from './sheet.ts'

type Metadata = Awaited<ReturnType<typeof parquetMetadataAsync>>

const megabyte = 1024 * 1024
/** A footer this long describes a file that nobody wants to look at by hand. */
const footerBytesMax = 8 * megabyte
/** What is read of one flat column: a page and its dictionary are rarely longer than one megabyte each. */
const columnBytesMax = 3 * megabyte
const groupBytesMax = 12 * megabyte

/** The footer and, of the first row group, the columns that are shown: nothing else of the file is read. */
export const readParquet = async (file: RandomAccess, rows: number): Promise<Sheet> => {
  if (file.size === undefined) throw unreadable('The size of the file is not known, and Parquet is read from its end.')
  try {
    const buffer = { byteLength: file.size, slice: sliceOf(file, file.size) }
    await requireFooter(file, file.size)
    const metadata = await parquetMetadataAsync(buffer, { initialFetchSize: 64 * 1024, geoparquet: false })
    return await readGroup(buffer, metadata, rows)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw unreadable('The Parquet file is damaged or was cut off: it does not hold what its footer says.', error)
  }
}

const sliceOf =
  (file: RandomAccess, size: number) =>
  async (start: number, end?: number): Promise<ArrayBuffer> => {
    const bytes = await file.read(start, Math.min(end ?? size, size) - start)
    return Uint8Array.from(bytes).buffer
  }

/** The last eight bytes: how long the footer is, and the mark. */
const requireFooter = async (file: RandomAccess, size: number): Promise<void> => {
  const tail = Buffer.from(size < 12 ? [] : await file.read(size - 8, 8))
  const mark = tail.subarray(4).toString('latin1')
  if (mark === 'PARE') throw unreadable('The footer of this Parquet file is encrypted.')
  if (mark !== 'PAR1')
    throw unreadable('This is not a whole Parquet file: its footer is missing. It may still be being written.')
  const length = tail.readUInt32LE(0)
  if (length > size - 12)
    throw unreadable('The Parquet file is damaged: its footer is said to be longer than the file.')
  if (length > footerBytesMax) throw unreadable('The footer of this Parquet file is too long to be read for a preview.')
}

const readGroup = async (
  file: { byteLength: number; slice: ReturnType<typeof sliceOf> },
  metadata: Metadata,
  rows: number,
): Promise<Sheet> => {
  const decimals = plainElements(metadata.schema)
  const all: ParquetNode[] = parquetSchema(metadata).children
  if (all.some(({ element }) => typeof element.name !== 'string')) throw new Error('a column without a name')
  const { nodes, left } = affordable(metadata, all)
  const total = Number(metadata.num_rows)
  const count = Math.min(rows, Number(metadata.row_groups[0]?.num_rows ?? 0))
  const columns = nodes.map((node) => node.element.name)
  const objects =
    count === 0 || columns.length === 0
      ? []
      : await parquetReadObjects({
          file,
          metadata: firstGroup(metadata),
          columns,
          rowEnd: count,
          compressors: pageCompressors(),
          utf8: false,
          geoparquet: false,
        })
  const notes = [
    `${total.toLocaleString('en')} rows in ${metadata.row_groups.length.toLocaleString('en')} row groups.`,
    ...(left > 0 ? [`${left} columns are too large for a preview and were left out.`] : []),
  ]
  return {
    columns: nodes.map((node) => ({ name: node.element.name, type: typeOfNode(node, decimals) })),
    rows: objects.map((row) => nodes.map((node): Cell => shownValue(row[node.element.name], node, decimals))),
    text: undefined,
    notes,
    truncated: total > objects.length,
  }
}

const firstGroup = (metadata: Metadata): Metadata => ({ ...metadata, row_groups: metadata.row_groups.slice(0, 1) })

/**
 * The columns that can be afforded. A flat one is read until it has enough rows, so that the beginning will do; of a nested
 * one all pages are needed.
 */
const affordable = (metadata: Metadata, all: readonly ParquetNode[]): { nodes: ParquetNode[]; left: number } => {
  const chunks = (metadata.row_groups[0]?.columns ?? []).flatMap(({ meta_data }) => (meta_data ? [meta_data] : []))
  let budget = groupBytesMax
  const nodes = all.slice(0, bounds.columns).filter((node) => {
    const own = chunks.filter(({ path_in_schema }) => path_in_schema[0] === node.element.name)
    if (node.children.length === 0)
      for (const chunk of own) chunk.total_compressed_size = atMost(chunk.total_compressed_size)
    const size = own.reduce((sum, chunk) => sum + Number(chunk.total_compressed_size), 0)
    if (!(size >= 0 && size <= budget)) return false
    budget -= size
    return true
  })
  return { nodes, left: Math.min(all.length, bounds.columns) - nodes.length }
}

const atMost = (size: bigint): bigint => (size > BigInt(columnBytesMax) ? BigInt(columnBytesMax) : size)
