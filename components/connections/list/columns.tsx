'use client'
import { IconArrowDown, IconArrowUp, IconDots } from '@tabler/icons-react'
import { createColumnHelper, tableFeatures } from '@tanstack/react-table'
import Link from 'next/link'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import { EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import type { ConnectionView } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import table from '../../layout/table.module.css'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'
import { listHref, type Sort } from './list-query.ts'
import { StatusCell } from './status-cell.tsx'

export const features = tableFeatures({})
const column = createColumnHelper<typeof features, ConnectionView>()

/** The columns of the list; the server sorts and filters. */
export const columns = column.columns([
  column.accessor('name', {
    header: () => <SortHeader label="Connection" sort="name" />,
    cell: ({ row }) => <NameCell connection={row.original} />,
  }),
  column.accessor('summary', {
    header: 'Address',
    cell: ({ row }) => (
      <span className={classes.address} title={row.original.summary}>
        {row.original.summary}
      </span>
    ),
  }),
  column.accessor('environment', {
    header: 'Environment',
    cell: ({ row }) => <EnvironmentBadge environment={row.original.environment} />,
  }),
  column.accessor('role', {
    header: 'Role',
    cell: ({ row }) => <span className={classes.dim}>{row.original.role === 'source' ? 'Source' : 'Destination'}</span>,
  }),
  column.accessor('used_by_count', {
    header: 'Used in',
    cell: ({ row }) =>
      row.original.used_by_count === 0 ? (
        <span className={classes.dim}>—</span>
      ) : (
        <span className={table.number}>{plural(row.original.used_by_count, 'pipeline')}</span>
      ),
  }),
  column.display({
    id: 'status',
    header: 'Last test',
    cell: ({ row }) => <TestCell connection={row.original} />,
  }),
  column.accessor('updated_at', {
    header: () => <SortHeader label="Changed" sort="updated_at" first="-" />,
    cell: ({ row }) => <RelativeTime at={row.original.updated_at} className={classes.dim ?? ''} />,
  }),
  column.display({
    id: 'menu',
    header: () => <span className={table.hidden}>Actions</span>,
    cell: ({ row }) => <MenuCell connection={row.original} />,
  }),
])

const NameCell = ({ connection: { id, name, type, conn_id, tags, deleted_at } }: { connection: ConnectionView }) => {
  const { connectors } = useListContext()
  const label = connectors[type]?.name ?? type
  return (
    <div className={table.identity}>
      <span title={label}>
        <ConnectorLogo type={type} name={label} size={30} />
      </span>
      <div className={table.names}>
        {deleted_at === null ? (
          <Link
            className={classes.name}
            href={`/workspace/connections/${id}/edit`}
            prefetch={false}
            data-row-link={id}
            title={name}
          >
            {name}
          </Link>
        ) : (
          <span className={classes.name}>{name}</span>
        )}
        <span className={classes.under}>
          <code className={classes.slug}>{conn_id}</code>
          {tags.slice(0, 2).map((tag) => (
            <span key={tag} className={classes.tag}>
              {tag}
            </span>
          ))}
          {tags.length > 2 && (
            <span className={classes.tag} title={tags.slice(2).join(', ')}>
              +{tags.length - 2}
            </span>
          )}
        </span>
      </div>
    </div>
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

/** Sorts up, then down; `first` says which way a first click goes. */
const SortHeader = ({ label, sort, first = '' }: { label: string; sort: 'name' | 'updated_at'; first?: '' | '-' }) => {
  const { query } = useListContext()
  const current = query.sort ?? 'name'
  const isUp = current === sort
  const isDown = current === `-${sort}`
  const other: Sort = first === '-' ? sort : `-${sort}`
  const next: Sort = isUp || isDown ? (current === other ? `${first}${sort}` : other) : `${first}${sort}`
  const Arrow = isDown ? IconArrowDown : IconArrowUp
  return (
    <Link
      href={listHref(query, { sort: next === 'name' ? null : next })}
      scroll={false}
      replace
      className={classes.sort}
      data-sorted={isUp || isDown || undefined}
    >
      {label}
      <Arrow size={13} stroke={2} aria-hidden />
    </Link>
  )
}

/** What assistive technology hears of a column's order. */
export const ariaSortOf = (columnId: string, sort: Sort = 'name'): 'ascending' | 'descending' | undefined =>
  sort === columnId ? 'ascending' : sort === `-${columnId}` ? 'descending' : undefined
