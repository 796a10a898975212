// biome-ignore-all lint/a11y/useSemanticElements: the elements of a table lay themselves out and cannot leave rows out
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its active cell
import { memo } from 'react'
import { isNumeric } from '../cell.ts'
import type { ResultColumn, Row } from '../result-store.ts'
import { CellView } from './cell-view.tsx'
import classes from './grid.module.css'
import type { ColumnPlace } from './use-columns.ts'

interface GridRowProps {
  id: string
  /** In the grid. */
  at: number
  /** In the result, from 1. */
  number: number
  top: number
  row: Row
  columns: readonly ResultColumn[]
  pinned: readonly ColumnPlace[]
  shown: readonly ColumnPlace[]
  gutter: number
  fixed: number
  /** The chosen columns of this row; both -1 for none. */
  from: number
  to: number
  active: number
}

/** A row is drawn again only when something of its own has changed, not for every step of scrolling. */
export const GridRow = memo(({ id, at, number, top, gutter, fixed, pinned, shown, ...rest }: GridRowProps) => (
  <div role="row" aria-rowindex={at + 2} className={classes.row} style={{ top }} data-row={at}>
    <div className={classes.fixed} style={{ width: fixed }}>
      <div role="rowheader" aria-colindex={1} className={classes.number} style={{ width: gutter }} data-column={-1}>
        {number}
      </div>
      {pinned.map((place) => (
        <GridCellView key={place.index} id={id} at={at} place={place} {...rest} />
      ))}
    </div>
    {shown.map((place) => (
      <GridCellView key={place.index} id={id} at={at} place={place} {...rest} />
    ))}
  </div>
))

type CellProps = Pick<GridRowProps, 'id' | 'at' | 'row' | 'columns' | 'from' | 'to' | 'active'> & { place: ColumnPlace }

const GridCellView = ({ id, at, place, row, columns, from, to, active }: CellProps) => {
  const column = columns[place.index]
  if (!column) return null
  const isChosen = place.at >= from && place.at <= to
  return (
    <div
      role="gridcell"
      id={`${id}-${at}-${place.at}`}
      aria-colindex={place.at + 2}
      aria-selected={isChosen}
      className={classes.cell}
      style={{ left: place.start, width: place.width }}
      data-column={place.at}
      data-kind={column.kind}
      data-numeric={isNumeric(column) || undefined}
      data-active={place.at === active || undefined}
    >
      <CellView cell={row[place.index]} kind={column.kind} />
    </div>
  )
}
