// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table lay themselves out and cannot leave rows out
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
'use client'
import { type KeyboardEvent, useId, useRef } from 'react'
import type { ResultColumn, Row } from '../result-store.ts'
import { widths } from './column-widths.ts'
import classes from './grid.module.css'
import { GridHead } from './grid-head.tsx'
import { GridRow } from './grid-row.tsx'
import { afterKey, type CellRange, type GridCell, oneCell, rangeOf, type Selection } from './selection.ts'
import { useColumns } from './use-columns.ts'
import { cellOf, useGridMouse } from './use-grid-mouse.ts'
import { useRowScroll } from './use-row-scroll.ts'

interface ResultGridProps {
  label: string
  columns: readonly ResultColumn[]
  /** The first rows, by which columns get their widths. */
  sample: readonly Row[]
  /** How many rows there are to show. */
  rows: number
  /** The row of the result that stands at a place of the grid. */
  indexAt(at: number): number
  read(index: number): Row
  selection: Selection | undefined
  onSelect(selection: Selection): void
  /** Enter or a double click on a cell. */
  onOpen(): void
  onCopy(range: CellRange, order: readonly number[]): void
}

/** Rows and columns of any number; only what is on screen exists in the page. */
export const ResultGrid = (props: ResultGridProps) => {
  const { label, columns, sample, rows, indexAt, read, selection, onSelect, onOpen } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const scroll = useRowScroll(scroller, rows)
  const layout = useColumns(scroller, { columns, sample, rows })
  const size = { rows, columns: columns.length, page: scroll.page }
  const mouse = useGridMouse(size, selection, onSelect)
  const range = selection && rangeOf(selection)
  const active = selection?.active

  const go = (next: Selection) => {
    onSelect(next)
    if (next.active.row >= 0) scroll.show(next.active.row)
    layout.show(next.active.column)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || !obey(event)) return
    event.preventDefault()
  }
  const obey = (event: KeyboardEvent): boolean => {
    if (event.altKey) return resizeByKey(event.key)
    if (event.key === 'Enter' && active) return open(active)
    if (event.key === 'c' && (event.ctrlKey || event.metaKey)) return copy()
    const next = afterKey(selection ?? oneCell({ row: -1, column: 0 }), event, size)
    if (next) go(next)
    return next !== undefined
  }
  const open = ({ row }: GridCell): boolean => {
    if (row >= 0) onOpen()
    return row >= 0
  }
  const copy = (): boolean => {
    const isAny = range !== undefined && range.top >= 0
    if (isAny) props.onCopy(range, layout.order)
    return isAny
  }
  const resizeByKey = (key: string): boolean => {
    const index = active?.row === -1 ? layout.order[active.column] : undefined
    if (index === undefined || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return false
    layout.resize(index, layout.widthOf(index) + (key === 'ArrowLeft' ? -widths.step : widths.step))
    return true
  }
  const places = Array.from({ length: Math.max(0, scroll.end - scroll.first) }, (_, at) => scroll.first + at)
  const { pinned, shown, gutter, fixed } = layout
  return (
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
      onDoubleClick={(event) => open(cellOf(event.target) ?? { row: -1, column: 0 })}
      {...mouse}
    >
      <GridHead id={id} columns={columns} layout={layout} active={active?.row === -1 ? active.column : -1} />
      <div role="rowgroup" className={classes.body} style={{ height: scroll.height, width: layout.width }}>
        {places.map((at) => {
          const isIn = range !== undefined && at >= range.top && at <= range.bottom
          const index = indexAt(at)
          return (
            <GridRow
              key={at}
              {...{ id, at, columns, pinned, shown, gutter, fixed }}
              number={index + 1}
              top={scroll.topOf(at)}
              row={read(index)}
              from={isIn ? range.left : -1}
              to={isIn ? range.right : -1}
              active={active?.row === at ? active.column : -1}
            />
          )
        })}
      </div>
    </div>
  )
}
