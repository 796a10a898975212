'use client'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { hideToast, showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import { sentenceOf } from '#lib/client/problem'
import type { ConnectionList, ConnectionView } from '#lib/connections/schema'
import { ConnectionsTable } from './connections-table.tsx'
import { type ConnectorFacts, ListContext } from './list-context.ts'
import type { ListQuery } from './list-query.ts'
import { ListToolbar } from './list-toolbar.tsx'
import { NoMatch } from './no-match.tsx'
import { duplicateConnection, restoreConnection } from './row-actions.ts'
import { type MenuPlace, type RowAction, RowMenu } from './row-menu.tsx'
import { useArrival } from './use-arrival.ts'
import { useList } from './use-list.ts'
import { useListKeys } from './use-list-keys.ts'
import { useRowTests } from './use-row-tests.ts'

const DeleteDialog = dynamic(() => import('./delete-dialog.tsx').then((module) => module.DeleteDialog), { ssr: false })

interface ConnectionsListProps {
  list: ConnectionList
  query: ListQuery
  connectors: Readonly<Record<string, ConnectorFacts>>
}

/** The list with everything one can do in it. The server decides what is in it, the URL holds what was asked. */
export const ConnectionsList = ({ list, query, connectors }: ConnectionsListProps) => {
  const router = useRouter()
  const permissions = usePermissions()
  const [isPending, startTransition] = useTransition()
  const [place, setPlace] = useState<MenuPlace>()
  const [asking, setAsking] = useState<{ connection: ConnectionView; kind: 'delete' | 'purge' }>()
  const { rows, hasMore, isLoadingMore, loadMore, change, remove, bringBack, pin } = useList(list, query)
  useArrival(rows, pin)
  const rowTests = useRowTests(change)

  const go = (href: string) => startTransition(() => router.replace(href, { scroll: false }))
  const refresh = () => startTransition(() => router.refresh())
  const restore = async (connection: ConnectionView) => {
    await restoreConnection(connection)
    hideToast(`deleted:${connection.id}`)
    bringBack(connection.id)
    refresh()
  }
  const afterDelete = (connection: ConnectionView) => {
    const { id, name } = connection
    const isPurged = asking?.kind === 'purge'
    setAsking(undefined)
    remove(id)
    showToast({
      id: `deleted:${id}`,
      title: isPurged ? `${name} is gone for good` : `${name} deleted`,
      message: isPurged ? '' : <UndoButton onClick={() => attempt(() => restore(connection))} />,
      autoClose: 10_000,
    })
    refresh()
  }

  const actions: Record<RowAction, (connection: ConnectionView) => unknown> = {
    test: rowTests.start,
    duplicate: (connection) =>
      attempt(async () => router.push(`/workspace/connections/${(await duplicateConnection(connection)).id}/edit`)),
    restore: (connection) =>
      attempt(async () => {
        remove(connection.id)
        await restore(connection)
        await showToast({
          id: `restored:${connection.id}`,
          title: `${connection.name} restored`,
          message: '',
          color: 'green',
        })
      }),
    delete: (connection) => setAsking({ connection, kind: 'delete' }),
    purge: (connection) => setAsking({ connection, kind: 'purge' }),
  }
  useListKeys({
    rows,
    onTest: (connection) => permissions.includes('connections:test') && rowTests.start(connection),
    onEdit: (connection) => router.push(`/workspace/connections/${connection.id}/edit`),
  })

  return (
    <>
      <ListToolbar query={query} tags={tagsOf(rows, query.tag)} isPending={isPending} go={go} />
      {rows.length === 0 ? (
        <NoMatch query={query} />
      ) : (
        <ListContext
          value={{ query, tests: rowTests.tests, connectors, openRow: place?.connection.id, openMenu: setPlace }}
        >
          <ConnectionsTable
            rows={rows}
            isPending={isPending}
            more={hasMore ? { isLoading: isLoadingMore, load: () => attempt(loadMore) } : undefined}
          />
        </ListContext>
      )}
      <RowMenu
        place={place}
        permissions={permissions}
        canDiscover={place ? (connectors[place.connection.type]?.canDiscover ?? false) : false}
        onAction={(action, connection) => actions[action](connection)}
        onClose={() => {
          document.getElementById(`menu-${place?.connection.id}`)?.focus()
          setPlace(undefined)
        }}
      />
      {asking && <DeleteDialog {...asking} onClose={() => setAsking(undefined)} onDone={afterDelete} />}
    </>
  )
}

const attempt = async (action: () => Promise<unknown>): Promise<void> => {
  try {
    await action()
  } catch (error) {
    await showToast({ id: 'list-problem', title: 'That did not work', message: sentenceOf(error), color: 'red' })
  }
}

const tagsOf = (rows: readonly ConnectionView[], current: string | undefined): string[] =>
  [...new Set([...rows.flatMap(({ tags }) => tags), ...(current ? [current] : [])])].sort()
