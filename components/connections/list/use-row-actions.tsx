'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { hideToast, showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import type { ConnectionView } from '#lib/connections/schema'
import { attempt } from './attempt.ts'
import { restoreConnection } from './row-actions.ts'
import type { RowAction } from './row-menu.tsx'

interface ListChanges {
  test(connection: ConnectionView): unknown
  remove(id: string): void
  bringBack(id: string): void
  /** Asks the server anew: the counts changed. */
  refresh(): void
}

/** What a row's menu does, and the question it asks before a deletion. */
export const useRowActions = ({ test, remove, bringBack, refresh }: ListChanges) => {
  const router = useRouter()
  const [asking, setAsking] = useState<{ connection: ConnectionView; kind: 'delete' | 'purge' }>()
  const restore = async (connection: ConnectionView) => {
    await restoreConnection(connection)
    hideToast(`deleted:${connection.id}`)
    bringBack(connection.id)
    refresh()
  }
  const restoreFromBin = async (connection: ConnectionView) => {
    await restoreConnection(connection)
    hideToast(`deleted:${connection.id}`)
    remove(connection.id)
    refresh()
    const title = `${connection.name} restored`
    await showToast({ id: `restored:${connection.id}`, title, message: '', color: 'green' })
  }
  // Nothing is saved until the person has looked at the copy.
  const duplicate = ({ id, type, role }: ConnectionView) =>
    router.push(`/workspace/connections/new/${encodeURIComponent(type)}?role=${role}&from=${id}`)
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
    test,
    duplicate,
    restore: (connection) => attempt(() => restoreFromBin(connection)),
    delete: (connection) => setAsking({ connection, kind: 'delete' }),
    purge: (connection) => setAsking({ connection, kind: 'purge' }),
  }
  return { actions, asking, closeDialog: () => setAsking(undefined), afterDelete }
}
