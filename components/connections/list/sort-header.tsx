import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import Link from 'next/link'
import type { ConnectionSort, SortColumn } from '#lib/connections/columns'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'
import { type ListQuery, listHref, sortOf } from './list-query.ts'

interface SortHeaderProps {
  label: string
  sort: SortColumn
  /** Which way a first click sorts: times begin with the newest. */
  first?: '' | '-'
}

/** Sorts one way, then the other. */
export const SortHeader = ({ label, sort, first = '' }: SortHeaderProps) => {
  const { query } = useListContext()
  const current = sortOf(query)
  const isUp = current === sort
  const isDown = current === `-${sort}`
  const other: ConnectionSort = first === '-' ? sort : `-${sort}`
  const next: ConnectionSort = isUp || isDown ? (current === other ? `${first}${sort}` : other) : `${first}${sort}`
  const Arrow = isDown ? IconArrowDown : IconArrowUp
  return (
    <Link
      href={listHref(query, { sort: next === 'name' && query.q === undefined ? null : next })}
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
export const ariaSortOf = (columnId: string, query: ListQuery): 'ascending' | 'descending' | undefined => {
  const sort = sortOf(query)
  const column = columnId === 'status' ? 'last_test' : columnId
  return sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined
}
