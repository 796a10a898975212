// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table lay themselves out and cannot leave rows out
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
'use client'
import { type MouseEvent, type ReactNode, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import type { ResultColumn, Row } from '../result-store.ts'
import type { Sorting } from '../result-view.ts'
import classes from './grid.module.css'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { HeadMenu, type HeadMenuPlace } from './head-menu.tsx'
import { type MenuPlace, PlaceMenu } from './place-menu.tsx'
import { type CellRange, isIn, oneCell, rangeOf, type Selection, wholeColumn } from './selection.ts'
import { useColumns } from './use-columns.ts'
import { useGridKeys } from './use-grid-keys.ts'
import { cellOf, useGridMouse } from './use-grid-mouse.ts'
import { useRowScroll } from './use-row-scroll.ts'

export interface ResultGridProps {
  label: string
  columns: readonly ResultColumn[]
  /** The first rows, by which columns get their widths. */
  sample: readonly Row[]
  /** How many rows there are to show. */
  rows: number
  /** How many the result has: the highest number that a row can have. */
  total: number
  /** The row of the result that stands at a place of the grid. */
  indexAt(at: number): number
  read(index: number): Row
  selection: Selection | undefined
  /** `order` says which column of the result stands where. */
  onSelect(selection: Selection, order: readonly number[]): void
  sorting: Sorting | undefined
  onSort(sorting: Sorting | undefined): void
  /** Of a column of the result. */
  onFilter(column: number): void
  /** Enter or a double click on a cell. */
  onOpen(): void
  /** Escape, while the value of a cell is open. */
  onClose(): void
  onCopy(range: CellRange, order: readonly number[]): void
  onCopyName(column: number): void
  /** What can be done with the cells that are chosen: items of a menu. */
  cellMenu: ReactNode
  /** The active cell is shown beside the rows as well, which are narrower then. */
  isOpen: boolean
}

/** Rows and columns of any number; only what is on screen exists in the page. */
export const ResultGrid = (props: ResultGridProps) => {
  const { label, columns, sample, rows, indexAt, read, selection, sorting, onSort } = props
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const [menu, setMenu] = useState<HeadMenuPlace>()
  const [cellMenuAt, setCellMenuAt] = useState<MenuPlace>()
  const scroll = useRowScroll(scroller, rows)
  const layout = useColumns(scroller, { columns, sample, rows: props.total })
  const { order, pinned, shown, gutter, fixed } = layout
  const size = { rows, columns: columns.length, page: scroll.page }
  const select = (next: Selection) => props.onSelect(next, order)
  const mouse = useGridMouse(size, selection, select)
  const range = selection && rangeOf(selection)
  const active = selection?.active
  const keepInView = useEffectEvent(
    () => active && document.getElementById(`${id}-${active.row}-${active.column}`)?.scrollIntoView(nearest),
  )
  useEffect(() => {
    if (props.isOpen) keepInView()
  }, [props.isOpen])

  const within = ({ left, top }: MenuPlace): MenuPlace => {
    const box = frame.current?.getBoundingClientRect()
    return { left: left - (box?.left ?? 0), top: top - (box?.top ?? 0) }
  }
  const openMenu = (at: number) => {
    const head = document.getElementById(`${id}--1-${at}`)?.getBoundingClientRect()
    const index = order[at]
    if (head && index !== undefined) setMenu({ index, ...within({ left: head.left, top: head.bottom }) })
  }
  const openCellMenu = () => {
    const cell = active && document.getElementById(`${id}-${active.row}-${active.column}`)?.getBoundingClientRect()
    if (cell) setCellMenuAt(within({ left: cell.left, top: cell.bottom }))
  }
  const onContextMenu = (event: MouseEvent) => {
    const cell = cellOf(event.target)
    if (!cell || cell.column < 0) return
    event.preventDefault()
    if (cell.row < 0) return openMenu(cell.column)
    if (!range || !isIn(range, cell)) select(oneCell(cell))
    setCellMenuAt(within({ left: event.clientX, top: event.clientY }))
  }
  const backToGrid = () => {
    setMenu(undefined)
    setCellMenuAt(undefined)
    scroller.current?.focus({ preventScroll: true })
  }
  const cycleSort = (at: number) => {
    const index = order[at]
    if (index !== undefined) onSort(nextSorting(sorting, index))
  }
  const onKeyDown = useGridKeys({ ...props, onSelect: select, size, layout, scroll, openMenu, openCellMenu, cycleSort })
  const onClick = ({ target }: MouseEvent) => {
    const cell = cellOf(target)
    if (cell?.row !== -1 || cell.column < 0 || !(target instanceof Element) || target.closest('[data-handle]')) return
    if (target.closest('[data-menu]')) openMenu(cell.column)
    else cycleSort(cell.column)
  }
  const places = Array.from({ length: Math.max(0, scroll.end - scroll.first) }, (_, at) => scroll.first + at)
  const menuColumn = menu && columns[menu.index]
  return (
    <div ref={frame} className={classes.frame}>
      <div
        ref={scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={active && `${id}-${active.row}-${active.column}`}
        className={classes.grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={(event) => (cellOf(event.target)?.row ?? -1) >= 0 && props.onOpen()}
        onContextMenu={onContextMenu}
        {...mouse}
      >
        <GridHead {...{ id, columns, layout, sorting }} active={active?.row === -1 ? active.column : -1} />
        <div role="rowgroup" className={classes.body} style={{ height: scroll.height, width: layout.width }}>
          {places.map((at) => {
            const isChosen = range !== undefined && at >= range.top && at <= range.bottom
            const index = indexAt(at)
            return (
              <GridRow
                key={at}
                {...{ id, at, columns, pinned, shown, gutter, fixed }}
                number={index + 1}
                top={scroll.topOf(at)}
                row={read(index)}
                from={isChosen ? range.left : -1}
                to={isChosen ? range.right : -1}
                active={active?.row === at ? active.column : -1}
              />
            )
          })}
        </div>
      </div>
      {menu && menuColumn && (
        <HeadMenu
          place={menu}
          column={menuColumn}
          sorting={sorting}
          isPinned={layout.isPinned(menu.index)}
          onSort={onSort}
          onFilter={() => props.onFilter(menu.index)}
          onPin={(isPinned) => layout.pin(menu.index, isPinned)}
          onSelect={() => select(wholeColumn(order.indexOf(menu.index), size))}
          onCopyName={() => props.onCopyName(menu.index)}
          onClose={backToGrid}
        />
      )}
      {cellMenuAt && (
        <PlaceMenu place={cellMenuAt} label="Cells" onClose={backToGrid}>
          {props.cellMenu}
        </PlaceMenu>
      )}
    </div>
  )
}

const nearest: ScrollIntoViewOptions = { block: 'nearest', inline: 'nearest' }

/** Up, down, as it came. */
const nextSorting = (now: Sorting | undefined, column: number): Sorting | undefined => {
  if (now?.column !== column) return { column, isDescending: false }
  return now.isDescending ? undefined : { column, isDescending: true }
}
