'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import { environmentLabels } from '#lib/format/environment'
import { plural } from '#lib/format/number'
import classes from '../../layout/toolbar.module.css'
import own from './list.module.css'
import { useListContext } from './list-context.ts'
import { isFiltered, type ListQuery, listHref, statusLabels } from './list-query.ts'
import { ViewMenu } from './view-menu.tsx'
import type { ViewSettings } from './view-settings.ts'

interface ListToolbarProps {
  tags: readonly string[]
  /** How many match; unknown while the server still looks. */
  total: number | undefined
  isPending: boolean
  go(href: string): void
  onType(text: string): void
  onSettings(settings: ViewSettings): void
}

export const searchFieldId = 'connections-search'

/** Search and filters; all they do is change the URL. */
export const ListToolbar = ({ tags, total, isPending, go, onType, onSettings }: ListToolbarProps) => {
  const { query, settings, connectors } = useListContext()
  const choose = (key: keyof ListQuery) => (value: string | null) => go(listHref(query, { [key]: value }))
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
      <FilterMenu
        label="Connector"
        value={query.type}
        options={Object.entries(connectors).map(([type, { name }]) => [type, name])}
        choose={choose('type')}
      />
      <FilterMenu
        label="Environment"
        value={query.environment}
        options={Object.entries(environmentLabels)}
        choose={choose('environment')}
      />
      <FilterMenu
        label="Status"
        value={query.status}
        options={Object.entries(statusLabels)}
        choose={choose('status')}
      />
      <FilterMenu label="Tag" value={query.tag} options={tags.map((tag) => [tag, tag])} choose={choose('tag')} />
      {isFiltered(query) && (
        <ClearFilters
          href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null, sort: query.sort ?? null })}
        />
      )}
      <span className={own.matches} role="status">
        {total !== undefined && isFiltered(query) && `${plural(total, 'connection')} found`}
      </span>
      <ViewMenu settings={settings} onChange={onSettings} />
    </search>
  )
}
