'use client'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import type { SavedView } from '#lib/connection-views/schema'
import type { ConnectionList, ConnectionView } from '#lib/connections/schema'
import { useListAddress } from '../../layout/use-list-address.ts'
import { ConnectionsTable, type TableHandle } from './connections-table.tsx'
import { type ConnectorFacts, ListContext } from './list-context.ts'
import { foundText, totalOf } from './list-counts.ts'
import { type ListQuery, listHref, parseListQuery } from './list-query.ts'
import { ListToolbar, searchFieldId } from './list-toolbar.tsx'
import { NoMatch } from './no-match.tsx'
import { type MenuPlace, RowMenu } from './row-menu.tsx'
import { useActiveRow } from './use-active-row.ts'
import { useArrival } from './use-arrival.ts'
import { useList } from './use-list.ts'
import { useListKeys } from './use-list-keys.ts'
import { useNarrowed } from './use-narrowed.ts'
import { useRowActions } from './use-row-actions.tsx'
import { useRowTests } from './use-row-tests.ts'
import { useSelection } from './use-selection.ts'
import { useViewSettings } from './use-view-settings.ts'
import type { ViewSettings } from './view-settings.ts'

const BulkBar = dynamic(() => import('./bulk-bar.tsx').then((module) => module.BulkBar), { ssr: false })
const DeleteDialog = dynamic(() => import('./delete-dialog.tsx').then((module) => module.DeleteDialog), { ssr: false })

interface ConnectionsListProps {
  list: ConnectionList
  query: ListQuery
  settings: ViewSettings
  views: readonly SavedView[]
  connectors: Readonly<Record<string, ConnectorFacts>>
}

/** The list with everything one can do in it. The server decides what is in it, the URL holds what was asked. */
export const ConnectionsList = ({ list, query, settings: remembered, views, connectors }: ConnectionsListProps) => {
  const router = useRouter()
  const permissions = usePermissions()
  const address = useListAddress(listHref(query), parseListQuery)
  const { isPending, go, refresh } = address
  const [settings, setSettings] = useViewSettings(
    remembered,
    views.find(({ id }) => id === query.view),
  )
  const [place, setPlace] = useState<MenuPlace>()
  const loaded = useList(list, query)
  const { rows, searched, isSearching, type } = useNarrowed(loaded.rows, query.q)
  const table = useRef<TableHandle>(null)
  const { activeIndex, active, setActiveId } = useActiveRow(rows, table)
  const reveal = (index: number) => table.current?.reveal(index)
  const arrivedId = useArrival(loaded.rows, { reveal, onMissing: loaded.pin })
  const selection = useSelection(rows)
  const tests = useRowTests(loaded.change)
  const [hasChosen, setHasChosen] = useState(false)
  if (!hasChosen && selection.ids.size > 0) setHasChosen(true)
  const { actions, asking, closeDialog, afterDelete } = useRowActions({
    test: tests.start,
    remove: loaded.remove,
    bringBack: loaded.bringBack,
    refresh,
  })
  const edit = active && (() => router.push(`/workspace/connections/${active.id}/edit`))
  useListKeys({
    count: rows.length,
    activeIndex,
    firstVisible: () => table.current?.firstVisible() ?? 0,
    onMove: reveal,
    handlers: {
      open: active?.deleted_at === null ? edit : undefined,
      edit: active?.deleted_at === null ? edit : undefined,
      test: active && permissions.includes('connections:test') ? () => tests.start(active) : undefined,
      select: active && (() => selection.select(active.id, false)),
      range: active && (() => selection.select(active.id, true)),
      search: () => document.getElementById(searchFieldId)?.focus(),
      clear: selection.ids.size > 0 ? selection.clear : undefined,
    },
  })

  return (
    <ListContext
      value={{
        query: address.query,
        settings,
        searched,
        tests: tests.tests,
        connectors,
        selected: selection.ids,
        allSelected: selection.state,
        select: selection.select,
        selectAll: selection.selectAll,
        openRow: place?.connection.id,
        openMenu: setPlace,
      }}
    >
      <ListToolbar
        tags={tagsOf(loaded.rows)}
        views={views}
        found={isSearching ? undefined : foundText(list, query)}
        isPending={isPending}
        go={go}
        onType={type}
        onSettings={setSettings}
      />
      {rows.length === 0 && !isSearching ? (
        <NoMatch query={query} />
      ) : (
        <ConnectionsTable
          ref={table}
          rows={rows}
          total={isSearching ? rows.length : totalOf(list, query)}
          isPending={isPending || isSearching}
          activeIndex={activeIndex}
          arrivedId={arrivedId}
          onActive={setActiveId}
          more={isSearching ? undefined : loaded.more}
        />
      )}
      <RowMenu
        place={place}
        permissions={permissions}
        inside={place && connectors[place.connection.type]?.inside}
        onAction={(action, connection) => actions[action](connection)}
        onClose={() => {
          document.getElementById(`menu-${place?.connection.id}`)?.focus()
          setPlace(undefined)
        }}
      />
      {hasChosen && (
        <BulkBar
          chosen={selection.chosen}
          isBin={query.deleted === 'true'}
          changes={{
            test: tests.test,
            change: loaded.change,
            remove: loaded.remove,
            bringBack: loaded.bringBack,
            refresh,
            clear: selection.clear,
            choose: (connections) => selection.choose(connections.map(({ id }) => id)),
          }}
        />
      )}
      {asking && <DeleteDialog {...asking} onClose={closeDialog} onDone={afterDelete} />}
    </ListContext>
  )
}

const tagsOf = (rows: readonly ConnectionView[]): string[] => [...new Set(rows.flatMap(({ tags }) => tags))].sort()
