'use client'
import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import Link from 'next/link'
import { useState } from 'react'
import { Keys } from '#components/layout/keys'
import { FilterMenu } from './filter-menu.tsx'
import classes from './list.module.css'
import { environmentLabels, isFiltered, type ListQuery, listHref, statusLabels } from './list-query.ts'

interface ListToolbarProps {
  query: ListQuery
  tags: readonly string[]
  isPending: boolean
  go(href: string): void
}

/** Search and filters; all they do is change the URL. */
export const ListToolbar = ({ query, tags, isPending, go }: ListToolbarProps) => (
  <search className={classes.toolbar}>
    <SearchField key={query.q === undefined ? 'empty' : 'set'} query={query} isPending={isPending} go={go} />
    <FilterMenu
      label="Environment"
      value={query.environment}
      options={Object.entries(environmentLabels)}
      choose={(value) => go(listHref(query, { environment: value as NonNullable<ListQuery['environment']> | null }))}
    />
    <FilterMenu
      label="Status"
      value={query.status}
      options={Object.entries(statusLabels)}
      choose={(value) => go(listHref(query, { status: value as NonNullable<ListQuery['status']> | null }))}
    />
    <FilterMenu
      label="Tag"
      value={query.tag}
      options={tags.map((tag) => [tag, tag])}
      choose={(value) => go(listHref(query, { tag: value }))}
    />
    {isFiltered(query) && (
      <Link
        className={classes.clear}
        href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null, sort: query.sort ?? null })}
      >
        <IconX size={14} stroke={1.8} aria-hidden />
        Clear
      </Link>
    )}
  </search>
)

export const searchFieldId = 'connections-search'

const SearchField = ({ query, isPending, go }: Pick<ListToolbarProps, 'query' | 'isPending' | 'go'>) => {
  const [text, setText] = useState(query.q ?? '')
  const search = useDebouncedCallback((q: string) => go(listHref(query, { q: q.trim() || null })), 180)
  return (
    <TextInput
      id={searchFieldId}
      type="search"
      className={classes.search ?? ''}
      leftSection={<IconSearch size={15} stroke={1.8} aria-hidden />}
      rightSection={text === '' ? <Keys keys={['/']} /> : null}
      aria-label="Search connections"
      aria-busy={isPending}
      placeholder="Search name, id, host, database or tag"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        search(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}
