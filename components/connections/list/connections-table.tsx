'use client'
import { FlexRender, useTable } from '@tanstack/react-table'
import {
  type FocusEvent,
  type MouseEvent,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
} from 'react'
import { flushSync } from 'react-dom'
import type { ConnectionView } from '#lib/connections/schema'
import tableClasses from '../../layout/table.module.css'
import { columnsFor, features } from './columns.tsx'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'
import { ariaSortOf } from './sort-header.tsx'
import { TableRow } from './table-row.tsx'
import { type MoreRows, TableTail } from './table-tail.tsx'
import { placesOf, useRowWindow } from './use-row-window.ts'
import { isWide, rowRem } from './view-settings.ts'

export interface TableHandle {
  /** Brings a row into view and focuses it. */
  reveal(index: number): void
  /** The first row that is wholly on screen. */
  firstVisible(): number
}

interface ConnectionsTableProps {
  ref: RefObject<TableHandle | null>
  rows: readonly ConnectionView[]
  /** How many there are, loaded or not, where that is known. */
  total: number | undefined
  /** The next list is on its way. */
  isPending: boolean
  activeIndex: number
  arrivedId: string | undefined
  onActive(id: string): void
  more: MoreRows | undefined
}

/** How close to the end of what is loaded the next page is asked for. */
const rowsAhead = 30

export const ConnectionsTable = ({
  ref,
  rows,
  total,
  isPending,
  activeIndex,
  arrivedId,
  onActive,
  more,
}: ConnectionsTableProps) => {
  const { query, settings, selected, openRow, openMenu } = useListContext()
  const body = useRef<HTMLTableSectionElement>(null)
  const { virtual, height, top, isMeasured } = useRowWindow({
    body,
    count: rows.length,
    rowRem: rowRem[settings.density],
    activeIndex,
  })
  const items = virtual.getVirtualItems()
  const columns = useMemo(() => columnsFor(settings.columns), [settings.columns])
  const shown = items.flatMap(({ index }) => rows[index] ?? [])
  const table = useTable({ features, columns, data: shown, getRowId: (row) => row.id })
  const models = new Map(table.getRowModel().rows.map((row) => [row.id, row]))

  const last = virtual.range?.endIndex ?? 0
  useEffect(() => {
    if (isMeasured && more && !more.isLoading && !more.hasFailed && last >= rows.length - rowsAhead) more.load()
  }, [isMeasured, more, last, rows.length])

  useImperativeHandle(ref, () => ({
    reveal: (index) => {
      const id = rows[index]?.id
      if (id === undefined) return
      flushSync(() => onActive(id))
      focusRow(body.current, id)
      virtual.scrollToIndex(index)
    },
    firstVisible: () => Math.max(0, Math.ceil((window.scrollY - top) / height)),
  }))
  const openMenuAt = (connection: ConnectionView, event: MouseEvent) => {
    // A link keeps the browser's own menu: people open rows in new tabs.
    if (event.target instanceof Element && event.target.closest('a')) return
    event.preventDefault()
    openMenu({ connection, x: event.clientX, y: event.clientY })
  }
  const noteFocus = ({ target }: FocusEvent) => {
    const id = target.closest<HTMLElement>('[data-row]')?.dataset.row
    if (id !== undefined) onActive(id)
  }
  const [head] = table.getHeaderGroups()
  return (
    <div className={classes.host}>
      <div className={`${tableClasses.scroll} ${classes.frame}`} data-wide={isWide(settings) || undefined}>
        <table
          className={`${tableClasses.table} ${classes.table}`}
          aria-label="Connections"
          aria-busy={isPending}
          aria-rowcount={total === undefined ? -1 : total + 1}
          data-density={settings.density}
          data-wide={isWide(settings) || undefined}
        >
          <thead>
            <tr aria-rowindex={1}>
              {head?.headers.map((header) => (
                <th
                  key={header.id}
                  scope="col"
                  data-column={header.column.id}
                  aria-sort={ariaSortOf(header.column.id, query)}
                >
                  <FlexRender header={header} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody ref={body} onFocus={noteFocus}>
            {placesOf(items, { top, total: virtual.getTotalSize() }).map((place) => {
              if ('gap' in place) return <Gap key={`gap:${place.at}`} height={place.gap} />
              const row = models.get(rows[place.index]?.id ?? '')
              return (
                row && (
                  <TableRow
                    key={row.id}
                    row={row}
                    columns={columns}
                    place={place.index + 2}
                    isActive={place.index === activeIndex}
                    isSelected={selected.has(row.id)}
                    isOpen={openRow === row.id}
                    isArrived={arrivedId === row.id}
                    onContextMenu={openMenuAt}
                  />
                )
              )
            })}
            {more && <TableTail key={rows.length} more={more} columns={columns.length} />}
          </tbody>
        </table>
      </div>
    </div>
  )
}

/** The room of rows that are not on screen. */
const Gap = ({ height }: { height: number }) => (
  <tr aria-hidden className={classes.gap}>
    <td style={{ height }} />
  </tr>
)

/** The link of a row; where it has none, its menu. */
const focusRow = (body: HTMLElement | null, id: string): void => {
  const row = [...(body?.querySelectorAll<HTMLElement>('[data-row]') ?? [])].find(({ dataset }) => dataset.row === id)
  const target = row?.querySelector<HTMLElement>('[data-row-link]') ?? row?.querySelector<HTMLElement>('button')
  target?.focus({ preventScroll: true })
}
