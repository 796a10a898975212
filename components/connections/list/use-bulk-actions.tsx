'use client'
import { showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import type { ConnectionView } from '#lib/connections/schema'
import type { Environment } from '#lib/format/environment'
import { plural } from '#lib/format/number'
import { changeLabels, deleteConnection, restoreConnection } from './row-actions.ts'
import { retagged } from './tags.ts'
import { useBulk } from './use-bulk.ts'

/** What an action on many changes in the list. */
export interface ListChanges {
  test(connection: ConnectionView, signal: AbortSignal): Promise<string | undefined>
  change(id: string, fields: Partial<ConnectionView>): void
  remove(...ids: string[]): void
  bringBack(...ids: string[]): void
  refresh(): void
  clear(): void
  choose(connections: readonly ConnectionView[]): void
}

/** What the bar does with the chosen connections. */
export const useBulkActions = (chosen: readonly ConnectionView[], changes: ListChanges) => {
  const { job, run, cancel, close } = useBulk()
  const label = async (connection: ConnectionView, labels: Parameters<typeof changeLabels>[1]) => {
    changes.change(connection.id, await changeLabels(connection, labels))
    return undefined
  }
  const restore = async (connections: readonly ConnectionView[]) => {
    await run({ doing: 'Restoring', done: 'Restored' }, connections, async (connection) => {
      await restoreConnection(connection)
      changes.bringBack(connection.id)
      return undefined
    })
    changes.refresh()
  }
  const removeAll = async () => {
    const deleted: ConnectionView[] = []
    await run({ doing: 'Deleting', done: 'Deleted' }, chosen, async (connection) => {
      await deleteConnection(connection)
      deleted.push(connection)
      return undefined
    })
    changes.remove(...deleted.map(({ id }) => id))
    changes.refresh()
    if (deleted.length === 0) return
    if (deleted.length === chosen.length) close()
    await showToast({
      id: 'deleted:many',
      title: `${plural(deleted.length, 'connection')} deleted`,
      message: <UndoButton onClick={() => void restore(deleted)} />,
      autoClose: 15_000,
    })
  }
  return {
    job,
    cancel,
    close,
    testAll: () => void run({ doing: 'Testing', done: 'Tested' }, chosen, changes.test),
    retag: (add: readonly string[], take: readonly string[]) =>
      void run({ doing: 'Tagging', done: 'Tagged' }, chosen, (connection) =>
        label(connection, { tags: retagged(connection.tags, add, take) }),
      ),
    move: (environment: Environment | null) =>
      void run({ doing: 'Moving', done: 'Moved' }, chosen, (connection) => label(connection, { environment })),
    removeAll: () => void removeAll(),
    restoreAll: async () => {
      const ids = chosen.map(({ id }) => id)
      await restore(chosen)
      changes.remove(...ids)
      changes.clear()
    },
  }
}
