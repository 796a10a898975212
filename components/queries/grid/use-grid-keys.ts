import type { KeyboardEvent } from 'react'
import { widths } from './column-widths.ts'
import type { ResultGridProps } from './result-grid.tsx'
import { afterKey, type GridSize, oneCell, rangeOf, type Selection } from './selection.ts'
import type { GridColumns } from './use-columns.ts'
import type { RowScroll } from './use-row-scroll.ts'

interface GridKeys extends Pick<ResultGridProps, 'selection' | 'isOpen' | 'onOpen' | 'onClose' | 'onCopy'> {
  size: GridSize
  layout: GridColumns
  scroll: RowScroll
  onSelect(selection: Selection): void
  openMenu(at: number): void
  openCellMenu(): void
  cycleSort(at: number): void
}

/** The keys of the grid: they move and choose, copy, open a cell; in the head they sort, resize and open the menu. */
export const useGridKeys = ({ selection, size, layout, scroll, ...on }: GridKeys) => {
  const active = selection?.active
  const headAt = active?.row === -1 ? active.column : undefined

  const resize = (by: number): boolean => {
    const index = headAt === undefined ? undefined : layout.order[headAt]
    if (index !== undefined) layout.resize(index, layout.widthOf(index) + by)
    return index !== undefined
  }
  const withAlt = (key: string): boolean => {
    if (key === 'ArrowLeft') return resize(-widths.step)
    if (key === 'ArrowRight') return resize(widths.step)
    return key === 'ArrowDown' && menu()
  }
  const menu = (): boolean => {
    if (headAt !== undefined) on.openMenu(headAt)
    else if (active) on.openCellMenu()
    return active !== undefined
  }
  const enter = (): boolean => {
    if (headAt !== undefined) on.cycleSort(headAt)
    else if (active) on.onOpen()
    return active !== undefined
  }
  const close = (): boolean => {
    on.onClose()
    return true
  }
  const copy = (): boolean => {
    const range = selection && rangeOf(selection)
    if (!range || range.top < 0) return false
    on.onCopy(range, layout.order)
    return true
  }
  const move = (event: KeyboardEvent): boolean => {
    const next = afterKey(selection ?? oneCell({ row: -1, column: 0 }), event, size)
    if (!next) return false
    on.onSelect(next)
    if (next.active.row >= 0) scroll.show(next.active.row)
    layout.show(next.active.column)
    return true
  }
  const obey = (event: KeyboardEvent): boolean => {
    if (event.altKey) return withAlt(event.key)
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) return menu()
    const isCommand = event.ctrlKey || event.metaKey
    if (event.key === 'Enter' && !isCommand) return enter()
    if (event.key === 'Escape' && on.isOpen) return close()
    if (event.key === 'c' && isCommand) return copy()
    return move(event)
  }
  return (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && obey(event)) event.preventDefault()
  }
}
