'use client'
import { showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import { sentenceOf } from '#lib/client/problem'
import type { ConnectionView } from '#lib/connections/schema'
import { retagged } from '#lib/connections/tags'
import { plural } from '#lib/format/number'
import { type BulkAction, bulk } from './bulk-api.ts'
import { runEach } from './bulk-run.ts'
import { type BulkJob, useBulk } from './use-bulk.ts'

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
  /** One call for many; answers those for which it was done. */
  const call = async (words: BulkJob['words'], action: BulkAction, connections: readonly ConnectionView[]) => {
    const byId = new Map(connections.map((connection) => [connection.id, connection]))
    const done: ConnectionView[] = []
    await run(words, connections.length, async (report, signal) => {
      for await (const { id, status, message } of bulk(action, [...byId.keys()], signal)) {
        const item = byId.get(id)
        if (!item) continue
        if (status === 'done') done.push(item)
        report({ item, problem: message ?? undefined })
      }
    })
    return done
  }
  const relabel = async (words: BulkJob['words'], action: BulkAction, labelsOf: (one: ConnectionView) => Labels) => {
    for (const one of await call(words, action, chosen))
      changes.change(one.id, { ...labelsOf(one), revision: one.revision + 1, updated_at: new Date().toISOString() })
    changes.refresh()
  }
  const restore = async (connections: readonly ConnectionView[]) => {
    const restored = await call({ doing: 'Restoring', done: 'Restored' }, { path: 'restore' }, connections)
    changes.refresh()
    return restored.map(({ id }) => id)
  }
  const removeAll = async () => {
    const deleted = await call({ doing: 'Deleting', done: 'Deleted' }, { path: 'delete' }, chosen)
    changes.remove(...deleted.map(({ id }) => id))
    changes.refresh()
    if (deleted.length === 0) return
    if (deleted.length === chosen.length) close()
    await showToast({
      id: 'deleted:many',
      title: `${plural(deleted.length, 'connection')} deleted`,
      message: <UndoButton onClick={() => void restore(deleted).then((ids) => changes.bringBack(...ids))} />,
      autoClose: 15_000,
    })
  }
  return {
    job,
    cancel,
    close,
    testAll: () =>
      void run({ doing: 'Testing', done: 'Tested', failedToo: true }, chosen.length, (report, signal) =>
        runEach(chosen, { atOnce: testsAtOnce, signal, work: changes.test, sentenceOf, onOutcome: report }),
      ),
    retag: (add: readonly string[], remove: readonly string[]) =>
      void relabel({ doing: 'Tagging', done: 'Tagged' }, { path: 'tags', fields: { add, remove } }, ({ tags }) => ({
        tags: retagged(tags, add, remove),
      })),
    move: (environment: ConnectionView['environment']) =>
      void relabel({ doing: 'Moving', done: 'Moved' }, { path: 'environment', fields: { environment } }, () => ({
        environment,
      })),
    removeAll: () => void removeAll(),
    restoreAll: async () => changes.remove(...(await restore(chosen))),
  }
}

type Labels = Partial<Pick<ConnectionView, 'tags' | 'environment'>>

// One less than a person may run, so that a single test still finds a place.
const testsAtOnce = 3
