'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import type { SavedView } from '#lib/connection-views/schema'
import { environmentLabels } from '#lib/format/environment'
import classes from '../../layout/toolbar.module.css'
import own from './list.module.css'
import { useListContext } from './list-context.ts'
import { isFiltered, type ListQuery, listHref, statusLabels } from './list-query.ts'
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

const environmentOptions = [...Object.entries(environmentLabels), ['none', 'None']] as const
const uses = [
  ['true', 'Used by pipelines'],
  ['false', 'Not used'],
] as const

/** Search and filters; all they do is change the URL. */
export const ListToolbar = ({ tags, views, found, isPending, go, onType, onSettings }: ListToolbarProps) => {
  const { query, settings, connectors } = useListContext()
  const choose = (key: keyof ListQuery) => (value: string | null) => go(listHref(query, { [key]: value }))
  const filters = [
    {
      label: 'Connector',
      key: 'type',
      options: Object.entries(connectors).map(([type, { name }]) => [type, name] as const),
    },
    { label: 'Environment', key: 'environment', options: environmentOptions },
    { label: 'Status', key: 'status', options: Object.entries(statusLabels) },
    { label: 'Tag', key: 'tag', options: tags.map((tag) => [tag, tag] as const) },
  ] as const
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
      {filters.map(({ label, key, options }) => (
        <FilterMenu key={key} label={label} value={query[key]} options={options} isMultiple choose={choose(key)} />
      ))}
      <FilterMenu label="Used" value={query.used} options={uses} choose={choose('used')} />
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
