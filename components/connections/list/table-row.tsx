'use client'
import { FlexRender, type Row } from '@tanstack/react-table'
import { type MouseEvent, memo } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import tableClasses from '../../layout/table.module.css'
import type { features } from './columns.tsx'

interface TableRowProps {
  row: Row<typeof features, ConnectionView>
  columns: readonly unknown[]
  /** Counted from the head row on, in the whole list. */
  place: number
  isActive: boolean
  isSelected: boolean
  isOpen: boolean
  isArrived: boolean
  onContextMenu(connection: ConnectionView, event: MouseEvent): void
}

/** One connection. Rendered again only when something about it changed, not for each step of scrolling. */
export const TableRow = memo(
  ({ row, place, isActive, isSelected, isOpen, isArrived, onContextMenu }: TableRowProps) => (
    <tr
      className={tableClasses.row}
      aria-rowindex={place}
      data-row={row.id}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      data-open={isOpen || undefined}
      data-arrived={isArrived ? '' : undefined}
      onContextMenu={(event) => onContextMenu(row.original, event)}
    >
      {row.getAllCells().map((cell) => (
        <td key={cell.id} data-column={cell.column.id}>
          <FlexRender cell={cell} />
        </td>
      ))}
    </tr>
  ),
  (before, after) =>
    before.row.original === after.row.original &&
    before.columns === after.columns &&
    before.place === after.place &&
    before.isActive === after.isActive &&
    before.isSelected === after.isSelected &&
    before.isOpen === after.isOpen &&
    before.isArrived === after.isArrived,
)
