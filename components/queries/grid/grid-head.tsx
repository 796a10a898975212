// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table lay themselves out and cannot leave rows out
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
import { IconArrowDown, IconArrowUp, IconDots } from '@tabler/icons-react'
import { isNumeric } from '../cell.ts'
import type { ResultColumn } from '../result-store.ts'
import type { Sorting } from '../result-view.ts'
import { VisibleText } from './cell-view.tsx'
import { widths } from './column-widths.ts'
import classes from './grid.module.css'
import type { ColumnPlace, GridColumns } from './use-columns.ts'
import { visibleLine } from './visible-text.ts'

interface GridHeadProps {
  id: string
  columns: readonly ResultColumn[]
  layout: GridColumns
  sorting: Sorting | undefined
  /** Of the head, or -1. */
  active: number
}

/** Names and types of the columns; it stays above the rows. */
export const GridHead = ({ id, columns, layout, sorting, active }: GridHeadProps) => {
  const cell = (place: ColumnPlace) => {
    const column = columns[place.index]
    const sorted = sorting?.column === place.index ? sorting : undefined
    return (
      column && <HeadCell key={place.index} {...{ id, place, column, layout, sorted }} isActive={place.at === active} />
    )
  }
  return (
    <div role="row" aria-rowindex={1} className={classes.head} style={{ width: layout.width }} data-row={-1}>
      <div className={classes.fixed} style={{ width: layout.fixed }}>
        <div
          role="columnheader"
          aria-colindex={1}
          aria-label="Row number"
          className={classes.corner}
          style={{ width: layout.gutter }}
        >
          #
        </div>
        {layout.pinned.map(cell)}
      </div>
      {layout.shown.map(cell)}
    </div>
  )
}

interface HeadCellProps {
  id: string
  place: ColumnPlace
  column: ResultColumn
  layout: GridColumns
  sorted: Sorting | undefined
  isActive: boolean
}

const HeadCell = ({ id, place, column, layout, sorted, isActive }: HeadCellProps) => {
  const Arrow = sorted?.isDescending ? IconArrowDown : IconArrowUp
  return (
    <div
      role="columnheader"
      id={`${id}--1-${place.at}`}
      aria-colindex={place.at + 2}
      aria-sort={sorted ? (sorted.isDescending ? 'descending' : 'ascending') : 'none'}
      className={classes.headCell}
      style={{ left: place.start, width: place.width }}
      title={`${visibleLine(column.name)} · ${visibleLine(column.type)}`}
      data-column={place.at}
      data-numeric={isNumeric(column) || undefined}
      data-active={isActive || undefined}
    >
      <span className={classes.name}>
        {sorted && <Arrow size={12} className={classes.arrow} aria-hidden />}
        <VisibleText text={column.name} />
      </span>
      <span className={classes.type}>
        <VisibleText text={column.type} />
      </span>
      <span className={classes.dots} aria-hidden data-menu>
        <IconDots size={15} />
      </span>
      <ResizeHandle width={place.width} onResize={(width) => layout.resize(place.index, width)} />
    </div>
  )
}

/** Pulled with the mouse; with keys, Alt and an arrow do the same in the head. */
const ResizeHandle = ({ width, onResize }: { width: number; onResize(width: number): void }) => (
  <span
    className={classes.handle}
    aria-hidden
    data-handle
    onPointerDown={(event) => {
      event.stopPropagation()
      const { currentTarget: handle, clientX: from, pointerId } = event
      handle.setPointerCapture(pointerId)
      const move = (moved: PointerEvent) => onResize(Math.max(widths.min, width + moved.clientX - from))
      const stop = () => handle.removeEventListener('pointermove', move)
      handle.addEventListener('pointermove', move)
      handle.addEventListener('lostpointercapture', stop, { once: true })
    }}
  />
)
