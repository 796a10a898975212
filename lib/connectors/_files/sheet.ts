import type { FileLine } from '../contract.ts'
import { bounds } from './reader.ts'

export type Cell = Extract<FileLine, { type: 'row' }>['values'][number]
export type Column = Extract<FileLine, { type: 'preview' }>['columns'][number]

/** The beginning of a file as it is shown: a table, or text. */
export interface Sheet {
  columns: Column[]
  rows: Cell[][]
  text: string | undefined
  notes: string[]
  /** There is more than this. */
  truncated: boolean
}

/** What a reader gets of a text file. */
export interface Head {
  text: string
  /** Whether this is the whole file. */
  isWhole: boolean
  rows: number
  path: string
}

/** The same sheet with as many columns, and as much in the cells and in all, as an answer may have; what was cut is said. */
export const withinBounds = (sheet: Sheet): Sheet => {
  const notes = [...sheet.notes]
  if (sheet.columns.length > bounds.columns)
    notes.push(
      `The file has ${sheet.columns.length.toLocaleString('en')} columns; the first ${bounds.columns} are shown.`,
    )
  const columns = sheet.columns.slice(0, bounds.columns).map(({ name, type }) => ({ name: clip(name, 256), type }))
  let left: number = bounds.answerChars
  let isCut = false
  const rows: Cell[][] = []
  for (const row of sheet.rows) {
    const cells = row.slice(0, bounds.columns).map((cell) => {
      const shown = clipCell(cell)
      isCut ||= shown !== cell
      left -= typeof shown === 'string' ? shown.length : 8
      return shown
    })
    if (left < 0) break
    rows.push(cells)
  }
  if (isCut) notes.push(`Long values are cut after ${bounds.cellChars.toLocaleString('en')} characters.`)
  const truncated = sheet.truncated || rows.length < sheet.rows.length
  return { columns, rows, text: sheet.text?.slice(0, bounds.answerChars), notes, truncated }
}

const clip = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)

/** Nested values are measured as the JSON they become. */
const clipCell = (cell: Cell): Cell => {
  if (typeof cell === 'string') return clip(cell.toWellFormed(), bounds.cellChars)
  if (typeof cell !== 'object' || cell === null) return cell
  const text = JSON.stringify(cell)
  return text.length > bounds.cellChars ? clip(text.toWellFormed(), bounds.cellChars) : cell
}
