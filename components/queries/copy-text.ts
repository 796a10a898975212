import type { SqlWriting } from '#lib/connectors/contract'
import { withoutFormula } from '#lib/format/csv'
import { quoted } from '../data-sources/sql-text.ts'
import { isCut, isNumeric } from './cell.ts'
import type { Cell, ResultColumn, Row } from './result-store.ts'
import { literal } from './sql-literal.ts'

export const copyFormats = {
  tsv: { label: 'TSV', ending: 'tsv', type: 'text/tab-separated-values' },
  csv: { label: 'CSV', ending: 'csv', type: 'text/csv' },
  json: { label: 'JSON', ending: 'json', type: 'application/json' },
  markdown: { label: 'Markdown', ending: 'md', type: 'text/markdown' },
  insert: { label: 'INSERT', ending: 'sql', type: 'application/sql' },
} as const
export type CopyFormat = keyof typeof copyFormats

/** The part of a result that is written. */
export interface Written {
  columns: readonly ResultColumn[]
  count: number
  /** Its values for just these columns. */
  rowAt(at: number): Row
}

export interface CopyOptions {
  /** Names of the columns as the first line, of TSV and CSV. */
  hasHeader: boolean
  /** No cell that a spreadsheet would run, in TSV and CSV. */
  isFormulaSafe: boolean
  /** Where INSERT puts the rows, as it is typed. */
  table: string
  writing: SqlWriting
}

/** Writes rows in pieces, so that the page may do something else in between. */
export function* copyPieces(format: CopyFormat, written: Written, options: CopyOptions): Generator<string, void> {
  const { open, row, between, close } = writers[format](written.columns, options)
  yield open
  for (let at = 0; at < written.count; at += pieceRows) {
    const length = Math.min(pieceRows, written.count - at)
    const lines = Array.from({ length }, (_, offset) => row(written.rowAt(at + offset)))
    yield (at > 0 ? between : '') + lines.join(between)
  }
  yield close()
}

/** Also how many rows one INSERT has. */
const pieceRows = 250

/** A value as text, exactly; nothing where there is none. */
export const cellText = (cell: Cell): string => (cell === null ? '' : isCut(cell) ? `${cell.cut}…` : String(cell))

interface Writer {
  open: string
  row(row: Row): string
  between: string
  close(): string
}

const delimited =
  (mark: string, end: string) =>
  (columns: readonly ResultColumn[], { hasHeader, isFormulaSafe }: CopyOptions): Writer => {
    const isQuoted = new RegExp(`[${mark}"\\r\\n]|^\\s|\\s$|^$`)
    const inMarks = (text: string) => (isQuoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
    const field = (text: string) => inMarks(isFormulaSafe ? withoutFormula(text) : text)
    // NULL is nothing between the marks, an empty text is two quotes.
    const row = (cells: Row) => cells.map((cell) => (cell === null ? '' : field(cellText(cell)))).join(mark) + end
    const head = columns.map(({ name }) => field(name)).join(mark) + end
    return { open: hasHeader ? head : '', row, between: '', close: nothing }
  }

const json = (columns: readonly ResultColumn[]): Writer => {
  const names = uniqueNames(columns).map((name) => JSON.stringify(name))
  // Written by hand: an object would lose a column called like one before it, and digits of long numbers.
  const row = (cells: Row) =>
    `  {${cells.map((cell, at) => `${names[at]}: ${jsonValue(cell, columns[at]?.kind ?? 'other')}`).join(', ')}}`
  return { open: '[\n', row, between: ',\n', close: () => '\n]\n' }
}

const jsonValue = (cell: Cell, kind: ResultColumn['kind']): string =>
  kind === 'json' && typeof cell === 'string' && isJson(cell)
    ? cell.replace(/[\r\n]+\s*/g, ' ')
    : JSON.stringify(cell !== null && isCut(cell) ? cellText(cell) : cell)

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** `id`, `id_2`: two columns of one name are two members. */
const uniqueNames = (columns: readonly ResultColumn[]): string[] => {
  const taken = new Set<string>()
  return columns.map(({ name }) => {
    let free = name
    for (let number = 2; taken.has(free); number += 1) free = `${name}_${number}`
    taken.add(free)
    return free
  })
}

const markdown = (columns: readonly ResultColumn[]): Writer => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const rule = columns.map((column) => (isNumeric(column) ? '--:' : '---'))
  const open = line(columns.map(({ name }) => markdownText(name))) + line(rule)
  const row = (cells: Row) => line(cells.map((cell) => (cell === null ? 'NULL' : markdownText(cellText(cell)))))
  return { open, row, between: '', close: nothing }
}

const entities: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }

const markdownText = (text: string): string =>
  text
    .replace(/[\\`*_{}[\]|~#]/g, '\\$&')
    .replace(/[<>&]/g, (mark) => entities[mark] ?? mark)
    .replace(/\r\n|[\r\n]/g, '<br>')

const insert = (columns: readonly ResultColumn[], { table, writing }: CopyOptions): Writer => {
  const names = columns.map(({ name }) => quoted(name, writing.quote)).join(', ')
  const start = `INSERT INTO ${table} (${names}) VALUES\n`
  let at = 0
  const row = (cells: Row) => {
    const values = cells.map((cell, column) => literal(cell, columns[column]?.kind ?? 'other', writing)).join(', ')
    const before = at % pieceRows === 0 ? (at === 0 ? '' : ';\n') + start : ',\n'
    at += 1
    return `${before}  (${values})`
  }
  return { open: '', row, between: '', close: () => (at === 0 ? '' : ';\n') }
}

const nothing = () => ''

const writers: Record<CopyFormat, (columns: readonly ResultColumn[], options: CopyOptions) => Writer> = {
  tsv: delimited('\t', '\n'),
  csv: delimited(',', '\r\n'),
  json,
  markdown,
  insert,
}
