import type { ReactNode } from 'react'
import classes from './table.module.css'

/** A title; `from` leaves the column out of windows narrower than so many rem, on the cells as `data-from`. */
export type Column = string | { title: string; from?: 54 | 64; isHidden?: boolean }

interface TableProps {
  label: string
  columns: readonly Column[]
  /** No cell breaks its line; the table scrolls sideways instead. */
  isOneLine?: boolean
  className?: string | undefined
  children: ReactNode
}

/** The last column of a list: its buttons need no title that is seen. */
export const actionsColumn = { title: 'Actions', isHidden: true } as const

/** Every list of the product: its frame and its head; the rows are the caller's. */
export const Table = ({ label, columns, isOneLine = false, className, children }: TableProps) => (
  <div className={classes.scroll}>
    <table
      className={[classes.table, isOneLine && classes.oneLine, className].filter(Boolean).join(' ')}
      aria-label={label}
    >
      <thead>
        <tr>{columns.map(headOf)}</tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)

const headOf = (column: Column) => {
  const { title, from, isHidden = false } = typeof column === 'string' ? { title: column } : column
  return (
    <th key={title} scope="col" data-from={from}>
      {isHidden ? <span className={classes.hidden}>{title}</span> : title}
    </th>
  )
}
