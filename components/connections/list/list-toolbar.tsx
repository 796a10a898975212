'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import type { SavedView } from '#lib/connection-views/schema'
import classes from '../../layout/toolbar.module.css'
import { filtersOf } from './filter-options.ts'
import own from './list.module.css'
import { useListContext } from './list-context.ts'
import { isFiltered, type ListQuery, listHref } from './list-query.ts'
import { useFacets } from './use-facets.ts'
import { ViewMenu } from './view-menu.tsx'
import type { ViewSettings } from './view-settings.ts'
import { ViewsMenu } from './views-menu.tsx'

interface ListToolbarProps {
  tags: readonly string[]
  views: readonly SavedView[]
  /** How many were found; unknown while the server still looks. */
  found: string | undefined
  isPending: boolean
  go(href: string): void
  onType(text: string): void
  onSettings(settings: ViewSettings): void
}

export const searchFieldId = 'connections-search'

/** Search and filters; all they do is change the URL. */
export const ListToolbar = ({ tags, views, found, isPending, go, onType, onSettings }: ListToolbarProps) => {
  const { query, settings, connectors } = useListContext()
  const choose = (key: keyof ListQuery) => (value: string | null) => go(listHref(query, { [key]: value }))
  const { facets, load } = useFacets(query)
  return (
    <search className={classes.toolbar}>
      <SearchField
        id={searchFieldId}
        label="Search connections"
        placeholder="Search name, id, host, database or tag"
        value={query.q}
        isPending={isPending}
        onType={onType}
        onSearch={choose('q')}
      />
      {filtersOf({ connectors, tags, facets }).map(({ key, ...filter }) => (
        <FilterMenu key={key} {...filter} value={query[key]} choose={choose(key)} onOpen={load} />
      ))}
      {isFiltered(query) && (
        <ClearFilters
          href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null, sort: query.sort ?? null })}
        />
      )}
      <span className={own.end}>
        <span className={own.matches} role="status">
          {found}
        </span>
        <ViewsMenu views={views} go={go} />
        <ViewMenu settings={settings} onChange={onSettings} />
      </span>
    </search>
  )
}
