import type { SqlWriting } from '#lib/connectors/contract'
import { formatBytes } from '#lib/format/number'
import { textLiteral } from '../data-sources/sql-text.ts'
import { isCut } from './cell.ts'
import type { Cell, ResultColumn } from './result-store.ts'

/** A value as it is written in a statement, so that the server reads exactly this one. */
export const literal = (cell: Cell, kind: ResultColumn['kind'], { dialect }: SqlWriting): string => {
  if (cell === null) return 'NULL'
  if (isCut(cell)) throw new Error(cutSentence(cell.bytes))
  // As a number the sign of nothing would be lost.
  if (Object.is(cell, -0)) return dialect === 'sqlite' ? '-0.0' : "'-0'"
  if (typeof cell !== 'string') return String(cell).toUpperCase()
  // SQLite has no word for them, and no number is larger than these.
  if (dialect === 'sqlite' && kind === 'float' && /^-?Infinity$/.test(cell)) return cell.replace('Infinity', '9e999')
  const isNumber = (kind === 'integer' || kind === 'decimal') && /^-?\d+(?:\.\d+)?$/.test(cell)
  if (isNumber) return cell
  const bytes = kind === 'binary' || kind === 'geometry' ? /^\\x((?:[0-9a-f]{2})*)$/i.exec(cell)?.[1] : undefined
  if (bytes !== undefined) return dialect === 'mysql' || dialect === 'sqlite' ? `X'${bytes}'` : `'\\x${bytes}'`
  return textLiteral(cell, dialect)
}

const cutSentence = (bytes: number): string =>
  `A value of ${formatBytes(bytes)} was not loaded whole, so no INSERT can hold it. Leave its column out, or export the result.`

/** What a statement reads from, as a guess where its rows might go to. */
export const tableOf = (sql: string): string =>
  /\bfrom\s+((?:[\p{L}_][\p{L}\p{N}_$]*|"[^"]+"|`[^`]+`)(?:\.(?:[\p{L}_][\p{L}\p{N}_$]*|"[^"]+"|`[^`]+`))*)/iu.exec(
    sql,
  )?.[1] ?? 'table_name'
