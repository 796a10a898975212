'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import { environmentLabels } from '#lib/format/environment'
import classes from '../../layout/toolbar.module.css'
import { isFiltered, type ListQuery, listHref, statusLabels } from './list-query.ts'

interface ListToolbarProps {
  query: ListQuery
  tags: readonly string[]
  isPending: boolean
  go(href: string): void
}

export const searchFieldId = 'connections-search'

/** Search and filters; all they do is change the URL. */
export const ListToolbar = ({ query, tags, isPending, go }: ListToolbarProps) => (
  <search className={classes.toolbar}>
    <SearchField
      id={searchFieldId}
      label="Search connections"
      placeholder="Search name, id, host, database or tag"
      value={query.q}
      isPending={isPending}
      onSearch={(q) => go(listHref(query, { q }))}
    />
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
      <ClearFilters
        href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null, sort: query.sort ?? null })}
      />
    )}
  </search>
)
