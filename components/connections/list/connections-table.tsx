'use client'
import { Button } from '@mantine/core'
import { useTable } from '@tanstack/react-table'
import type { MouseEvent } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import tableClasses from '../../layout/table.module.css'
import { ariaSortOf, columns, features } from './columns.tsx'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'

interface ConnectionsTableProps {
  rows: ConnectionView[]
  /** The next list is on its way. */
  isPending: boolean
  more: { isLoading: boolean; load(): void } | undefined
}

export const ConnectionsTable = ({ rows, isPending, more }: ConnectionsTableProps) => {
  const { query, openRow, openMenu } = useListContext()
  const table = useTable({ features, columns, data: rows, getRowId: (row) => row.id })
  const openMenuAt = (connection: ConnectionView) => (event: MouseEvent) => {
    // A link keeps the browser's own menu: people open rows in new tabs.
    if (event.target instanceof Element && event.target.closest('a')) return
    event.preventDefault()
    openMenu({ connection, x: event.clientX, y: event.clientY })
  }
  return (
    <>
      <div className={tableClasses.scroll}>
        <table className={`${tableClasses.table} ${classes.table}`} aria-label="Connections" aria-busy={isPending}>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => (
                  <th
                    key={header.id}
                    scope="col"
                    data-column={header.column.id}
                    aria-sort={ariaSortOf(header.column.id, query.sort)}
                  >
                    <table.FlexRender header={header} />
                  </th>
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row) => (
              <tr
                key={row.id}
                className={tableClasses.row}
                data-open={openRow === row.id || undefined}
                onContextMenu={openMenuAt(row.original)}
              >
                {row.getAllCells().map((cell) => (
                  <td key={cell.id} data-column={cell.column.id}>
                    <table.FlexRender cell={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <div className={tableClasses.more}>
          <Button variant="default" loading={more.isLoading} onClick={more.load}>
            Load more
          </Button>
        </div>
      )}
    </>
  )
}
