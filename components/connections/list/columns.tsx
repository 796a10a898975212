'use client'
import { IconDots } from '@tabler/icons-react'
import { createColumnHelper, tableFeatures } from '@tanstack/react-table'
import { EnvironmentBadge } from '#components/layout/badge'
import { Marked } from '#components/layout/marked'
import { RelativeTime } from '#components/layout/relative-time'
import { UsedIn } from '#components/pipelines/used-in'
import type { ConnectionView } from '#lib/connections/schema'
import table from '../../layout/table.module.css'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'
import { NameCell, Tags } from './name-cell.tsx'
import { SelectAll, SelectCell } from './select-cell.tsx'
import { SortHeader } from './sort-header.tsx'
import { StatusCell } from './status-cell.tsx'
import { type ColumnChoice, columnLabels } from './view-settings.ts'

export const features = tableFeatures({})
const column = createColumnHelper<typeof features, ConnectionView>()

/** Every column of the list; the server sorts and filters. */
const all = column.columns([
  column.display({
    id: 'select',
    header: () => <SelectAll />,
    cell: ({ row }) => <SelectCell connection={row.original} />,
  }),
  column.accessor('name', {
    header: () => <SortHeader label="Connection" sort="name" />,
    cell: ({ row }) => <NameCell connection={row.original} />,
  }),
  column.accessor('type', {
    header: () => <SortHeader label={columnLabels.type} sort="type" />,
    cell: ({ row }) => <ConnectorCell type={row.original.type} />,
  }),
  column.accessor('summary', {
    header: columnLabels.summary,
    cell: ({ row }) => <AddressCell summary={row.original.summary} />,
  }),
  column.accessor('environment', {
    header: () => <SortHeader label={columnLabels.environment} sort="environment" />,
    cell: ({ row }) => <EnvironmentBadge environment={row.original.environment} />,
  }),
  column.accessor('tags', {
    header: columnLabels.tags,
    cell: ({ row }) => (
      <span className={classes.under}>
        <Tags tags={row.original.tags} most={3} />
      </span>
    ),
  }),
  column.accessor('role', {
    header: columnLabels.role,
    cell: ({ row }) => <span className={classes.dim}>{row.original.role === 'source' ? 'Source' : 'Destination'}</span>,
  }),
  column.accessor('used_by_count', {
    header: () => <SortHeader label={columnLabels.used_by_count} sort="used_by_count" first="-" />,
    cell: ({ row }) => <UsedIn connection={row.original} />,
  }),
  column.display({
    id: 'status',
    header: () => <SortHeader label={columnLabels.status} sort="last_test" first="-" />,
    cell: ({ row }) => <TestCell connection={row.original} />,
  }),
  column.accessor('updated_at', {
    header: () => <SortHeader label={columnLabels.updated_at} sort="updated_at" first="-" />,
    cell: ({ row }) => <RelativeTime at={row.original.updated_at} className={classes.dim ?? ''} />,
  }),
  column.accessor('created_at', {
    header: () => <SortHeader label={columnLabels.created_at} sort="created_at" first="-" />,
    cell: ({ row }) => <RelativeTime at={row.original.created_at} className={classes.dim ?? ''} />,
  }),
  column.display({
    id: 'menu',
    header: () => <span className={table.hidden}>Actions</span>,
    cell: ({ row }) => <MenuCell connection={row.original} />,
  }),
])

/** The columns that were chosen, and those that are always there. */
export const columnsFor = (chosen: readonly ColumnChoice[]): (typeof all)[number][] =>
  all.filter((column) => {
    const key = 'accessorKey' in column ? column.accessorKey : column.id
    return !Object.hasOwn(columnLabels, key ?? '') || chosen.some((choice) => choice === key)
  })

const ConnectorCell = ({ type }: { type: string }) => {
  const { connectors } = useListContext()
  return <span className={`${table.clip} ${classes.dim}`}>{connectors[type]?.name ?? type}</span>
}

const AddressCell = ({ summary }: { summary: string }) => {
  const { searched } = useListContext()
  return (
    <span className={classes.address} title={summary}>
      <Marked text={summary} q={searched} />
    </span>
  )
}

const TestCell = ({ connection }: { connection: ConnectionView }) => {
  const { tests } = useListContext()
  return <StatusCell connection={connection} test={tests.get(connection.id)} />
}

const MenuCell = ({ connection }: { connection: ConnectionView }) => {
  const { openMenu, openRow } = useListContext()
  return (
    <button
      type="button"
      id={`menu-${connection.id}`}
      className={classes.dots}
      aria-label={`Actions for ${connection.name}`}
      aria-haspopup="menu"
      aria-expanded={openRow === connection.id}
      onClick={(event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect()
        openMenu({ connection, x: left, y: bottom })
      }}
    >
      <IconDots size={17} stroke={1.8} aria-hidden />
    </button>
  )
}
