import { type PointerEvent, useRef } from 'react'
import { type GridCell, type GridSize, oneCell, type Selection, wholeRow } from './selection.ts'

/** Choosing cells by pressing, by drawing over them, and by shift; a row by its number. */
export const useGridMouse = (
  size: GridSize,
  selection: Selection | undefined,
  onSelect: (selection: Selection) => void,
) => {
  const drawnFrom = useRef<GridCell>(undefined)
  const chosenBy = (cell: GridCell, isRange: boolean): Selection => {
    if (cell.column < 0) return wholeRow(cell.row, size)
    const anchor = isRange && selection && selection.anchor.row >= 0 ? selection.anchor : cell
    return { anchor, active: cell }
  }
  return {
    onPointerDown: (event: PointerEvent) => {
      const cell = cellOf(event.target)
      if (event.button !== 0 || !cell || cell.row < 0) return
      const chosen = chosenBy(cell, event.shiftKey)
      drawnFrom.current = cell.column < 0 ? undefined : chosen.anchor
      onSelect(chosen)
    },
    onPointerMove: (event: PointerEvent) => {
      const from = drawnFrom.current
      if (event.buttons !== 1 || !from) return
      const cell = cellOf(event.target)
      if (!cell || cell.row < 0 || cell.column < 0) return
      const { active } = selection ?? oneCell(from)
      if (active.row !== cell.row || active.column !== cell.column) onSelect({ anchor: from, active: cell })
    },
    onPointerUp: () => {
      drawnFrom.current = undefined
    },
  }
}

/** The cell under the mouse, by what the row and the cell say of themselves. */
export const cellOf = (target: EventTarget): GridCell | undefined => {
  if (!(target instanceof Element)) return undefined
  const column = target.closest<HTMLElement>('[data-column]')?.dataset.column
  const row = target.closest<HTMLElement>('[data-row]')?.dataset.row
  return column === undefined || row === undefined ? undefined : { row: Number(row), column: Number(column) }
}
