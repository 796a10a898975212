import type { Written } from './copy-text.ts'
import type { CellRange } from './grid/selection.ts'
import type { ResultColumn, ResultStore } from './result-store.ts'
import type { ResultView } from './use-result-view.ts'

interface Shown {
  store: ResultStore
  view: ResultView
  columns: readonly ResultColumn[]
  /** Which column of the result stands where. */
  order: readonly number[]
}

/** The chosen cells, in the order of the grid. */
export const writtenRange = ({ store, view, columns, order }: Shown, range: CellRange): Written => {
  const picked = order.slice(range.left, range.right + 1)
  return {
    columns: picked.flatMap((index) => columns[index] ?? []),
    count: range.bottom - range.top + 1,
    rowAt: (at) => {
      const row = store.read(view.indexAt(range.top + at))
      return picked.map((index) => row[index] ?? null)
    },
  }
}

export const allOf = ({ view, order }: Pick<Shown, 'view' | 'order'>): CellRange => ({
  top: 0,
  bottom: view.rows - 1,
  left: 0,
  right: order.length - 1,
})
