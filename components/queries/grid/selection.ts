/** A cell as it stands in the grid; row -1 is the head. */
export interface GridCell {
  row: number
  column: number
}

/** From where one began to where one is; the cells in between are chosen. */
export interface Selection {
  anchor: GridCell
  active: GridCell
}

export interface GridSize {
  rows: number
  columns: number
  /** Rows on screen. */
  page: number
}

export interface CellRange {
  top: number
  bottom: number
  left: number
  right: number
}

export const oneCell = (cell: GridCell): Selection => ({ anchor: cell, active: cell })

export const rangeOf = ({ anchor, active }: Selection): CellRange => ({
  top: Math.min(anchor.row, active.row),
  bottom: Math.max(anchor.row, active.row),
  left: Math.min(anchor.column, active.column),
  right: Math.max(anchor.column, active.column),
})

export const isIn = ({ top, bottom, left, right }: CellRange, { row, column }: GridCell): boolean =>
  row >= top && row <= bottom && column >= left && column <= right

export const wholeRow = (row: number, { columns }: GridSize): Selection => ({
  anchor: { row, column: columns - 1 },
  active: { row, column: 0 },
})

export const wholeColumn = (column: number, { rows }: GridSize): Selection => ({
  anchor: { row: rows - 1, column },
  active: { row: 0, column },
})

export const everything = ({ rows, columns }: GridSize): Selection => ({
  anchor: { row: rows - 1, column: columns - 1 },
  active: { row: 0, column: 0 },
})

interface Key {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

/** The selection after a key that moves it; undefined where the key means nothing here. */
export const afterKey = (now: Selection, key: Key, size: GridSize): Selection | undefined => {
  if (size.columns === 0) return undefined
  const isFar = key.ctrlKey || key.metaKey
  if (isFar && key.key === 'a') return size.rows === 0 ? undefined : everything(size)
  const move = moves[key.key]
  if (!move) return undefined
  const wanted = move(now.active, size, isFar)
  // A range lies among the rows; only a single cell goes up into the head.
  const first = key.shiftKey ? 0 : -1
  const active = {
    row: clamp(wanted.row, first, size.rows - 1),
    column: clamp(wanted.column, 0, size.columns - 1),
  }
  return key.shiftKey && now.anchor.row >= 0 && size.rows > 0 ? { anchor: now.anchor, active } : oneCell(active)
}

type Move = (from: GridCell, size: GridSize, isFar: boolean) => GridCell

const moves: Record<string, Move | undefined> = {
  ArrowUp: ({ row, column }, _, isFar) => ({ row: isFar && row > 0 ? 0 : row - 1, column }),
  ArrowDown: ({ row, column }, { rows }, isFar) => ({ row: isFar ? rows - 1 : row + 1, column }),
  ArrowLeft: ({ row, column }, _, isFar) => ({ row, column: isFar ? 0 : column - 1 }),
  ArrowRight: ({ row, column }, { columns }, isFar) => ({ row, column: isFar ? columns - 1 : column + 1 }),
  PageUp: ({ row, column }, { page }) => ({ row: row > 0 ? Math.max(0, row - page) : row, column }),
  PageDown: ({ row, column }, { page }) => ({ row: row + page, column }),
  Home: ({ row, column }, _, isFar) => ({ row: isFar ? 0 : row, column: isFar ? column : 0 }),
  End: ({ row, column }, { rows, columns }, isFar) => ({
    row: isFar ? rows - 1 : row,
    column: isFar ? column : columns - 1,
  }),
}

const clamp = (value: number, min: number, max: number): number => Math.max(min, Math.min(max, value))
