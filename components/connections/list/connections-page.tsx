import { IconPlus } from '@tabler/icons-react'
import { ButtonLink } from '#components/layout/button-link'
import { Page } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { Allowed } from '#components/layout/permissions'
import type { SavedView } from '#lib/connection-views/schema'
import type { ConnectionList } from '#lib/connections/schema'
import { allManifests } from '#lib/connectors/catalog'
import { insideOf } from '../../data-sources/inside.ts'
import { ConnectionsList } from './connections-list.tsx'
import { FirstSteps } from './first-steps.tsx'
import { type ListQuery, listHref } from './list-query.ts'
import { ListTabs } from './list-tabs.tsx'
import type { ViewSettings } from './view-settings.ts'

interface ConnectionsPageProps {
  list: ConnectionList
  query: ListQuery
  settings: ViewSettings
  views: readonly SavedView[]
}

/** The home page. Rendered on the server: the manifests stay there, the list gets the two facts it shows. */
export const ConnectionsPage = ({ list, query, settings, views }: ConnectionsPageProps) => {
  const isEmpty = list.counts.all === 0 && listHref(query) === '/workspace/connections'
  const connectors = Object.fromEntries(
    allManifests().map(({ id, name, capabilities }) => [id, { name, inside: insideOf(capabilities) }]),
  )
  return (
    <Page>
      <PageHeader
        title="Connections"
        lead="Every system your pipelines read from and write to."
        actions={
          <Allowed to="connections:write">
            <ButtonLink variant="default" href="/workspace/connections/import">
              Import
            </ButtonLink>
            <ButtonLink
              href={`/workspace/connections/new?role=${query.role ?? 'source'}`}
              leftSection={<IconPlus size={16} stroke={2} aria-hidden />}
            >
              New connection
            </ButtonLink>
          </Allowed>
        }
      />
      <ListTabs query={query} counts={list.counts} />
      {isEmpty ? (
        <FirstSteps />
      ) : (
        <ConnectionsList list={list} query={query} settings={settings} views={views} connectors={connectors} />
      )}
    </Page>
  )
}
