import { isCut } from '../cell.ts'
import type { ResultColumn, Row } from '../result-store.ts'

export const widths = { min: 56, max: 1_200, step: 16 } as const
const widestGuess = 360
const character_px = 7.3
// Padding, and room for the mark of the sorting and the menu.
const cell_px = 24
const head_px = 52

/** Widths that fit the names and the first rows. */
export const guessWidths = (columns: readonly ResultColumn[], sample: readonly Row[]): number[] =>
  columns.map(({ name, type }, at) => {
    const head = Math.max(name.length, type.length * 0.9) * character_px + head_px
    const longest = Math.max(0, ...sample.map((row) => lengthOf(row[at])))
    return keepWidth(Math.min(widestGuess, Math.max(head, longest * character_px + cell_px)))
  })

export const keepWidth = (width: number): number => Math.round(Math.max(widths.min, Math.min(widths.max, width)))

const lengthOf = (cell: Row[number] | undefined): number => {
  if (cell === null || cell === undefined) return 4
  return isCut(cell) ? 60 : String(cell).length
}
