import type { LocalFile } from '../contract.ts'
import { Failure } from './failure.ts'

export interface Header {
  page_size: number
  isWal: boolean
}

const magic = 'SQLite format 3\0'

/** The first bytes of the file, before SQLite sees any: whether it is a database at all, and of which kind. */
export const headerOf = ({ head, size_bytes }: Pick<LocalFile, 'head' | 'size_bytes'>): Header => {
  const bytes = Buffer.from(head, 'base64')
  if (bytes.length === 0) throw new Failure('database.empty')
  if (bytes.subarray(0, 16).toString('latin1') !== magic) throw strange(bytes, size_bytes)
  if (bytes.length < 100) throw new Failure('database.corrupt', { detail: 'it ends within its header' })
  const written = bytes.readUInt16BE(16)
  const page_size = written === 1 ? 65_536 : written
  if (page_size < 512 || (page_size & (page_size - 1)) !== 0)
    throw new Failure('database.corrupt', { detail: 'its header holds an impossible page size' })
  // The version that readers need: 1 with a rollback journal, 2 with a write-ahead log.
  const readers = bytes[19] ?? 0
  if (readers > 2) throw new Failure('database.newer')
  return { page_size, isWal: readers === 2 }
}

const strange = (bytes: Buffer, size: number): Failure => {
  const kind = kinds.find(([start]) => bytes.subarray(0, start.length).toString('latin1') === start)?.[1]
  if (kind !== undefined) return new Failure('database.not_sqlite', { detail: kind })
  return looksEncrypted(bytes, size) ? new Failure('database.encrypted') : new Failure('database.not_sqlite')
}

const kinds: readonly [string, string][] = [
  ['** This file contains an SQLite 2.1 database', 'a database of SQLite 2'],
  ['PK\x03\x04', 'a ZIP archive or a spreadsheet'],
  ['\x1f\x8b', 'compressed with gzip'],
  ['PAR1', 'a Parquet file'],
  ['%PDF', 'a PDF document'],
  ['PRAGMA foreign_keys', 'a dump in SQL'],
  ['BEGIN TRANSACTION', 'a dump in SQL'],
  ['-- ', 'a text in SQL'],
]

/** Whole pages, and bytes as mixed as only encryption and compression make them. */
const looksEncrypted = (bytes: Buffer, size: number): boolean => {
  const unlikely = bytes.filter((byte) => byte < 0x20 || byte > 0x7e).length
  return size % 512 === 0 && bytes.length === 100 && new Set(bytes).size > 60 && unlikely > 40
}
