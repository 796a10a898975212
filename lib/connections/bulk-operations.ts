import type * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { createLog } from '#lib/core/log'
import { type CallOptions, streamOperation } from '#lib/core/operation'
import type { Tx } from '#lib/db/client'
import { findAlive } from './found.ts'
import { updateConnection } from './operations.ts'
import { deleteConnection, restoreConnection } from './removal-operations.ts'
import { bulkIds, type bulkItem, bulkLine, bulkMove, bulkReport, bulkTags } from './schema.ts'
import { retagged } from './tags.ts'

type Item = z.output<typeof bulkItem>
type Outcome = Pick<Item, 'status'>

/**
 * Several connections at once are the single operation for each of them: its own permission, transaction and audit event,
 * so that one that is refused stops no other, and nothing that was done is lost when the call breaks off.
 */
async function* each(
  ids: readonly string[],
  signal: AbortSignal,
  work: (id: string) => Promise<Outcome>,
): AsyncGenerator<{ item: Item }, z.output<typeof bulkReport>> {
  const items: Item[] = []
  const waiting = [...new Set(ids)]
  while (waiting.length > 0) {
    signal.throwIfAborted()
    for (const item of await Promise.all(waiting.splice(0, atOnce).map((id) => outcomeOf(id, work)))) {
      items.push(item)
      yield { item }
    }
  }
  const count = (status: Item['status']) => items.filter((item) => item.status === status).length
  return { items, done: count('done'), unchanged: count('unchanged'), failed: count('failed') }
}

// Of the connections to the database that everybody shares here.
const atOnce = 3

const outcomeOf = async (id: string, work: (id: string) => Promise<Outcome>): Promise<Item> => {
  try {
    return { id, ...(await work(id)), code: null, message: null }
  } catch (error) {
    if (error instanceof AppError) return { id, status: 'failed', code: error.code, message: error.message }
    createLog('web').error({ connection: id, err: error }, 'One of several connections could not be changed.')
    return { id, status: 'failed', code: 'internal', message: 'Something went wrong on our side. Try it again.' }
  }
}

interface Doing {
  actor: Actor
  db: Tx
  options: CallOptions
}

/** A change of labels that depends on those that are there, tried again where somebody else was faster. */
const relabel = async (
  { actor, db, options }: Doing,
  ref: string,
  labelsOf: (row: { tags: string[] }) => object,
): Promise<Outcome> => {
  for (let attempt = 1; ; attempt++) {
    const row = await findAlive(db, actor, ref)
    const labels = { ref, if_match: `"${row.revision}"`, ...labelsOf(row) }
    let changed: unknown
    try {
      await updateConnection(actor, labels, { ...options, onMeta: (meta) => (changed = meta.changed) })
    } catch (error) {
      const isOvertaken = error instanceof AppError && error.code === 'precondition_failed'
      if (isOvertaken && attempt < attemptsMax) continue
      throw error
    }
    return { status: Array.isArray(changed) && changed.length === 0 ? 'unchanged' : 'done' }
  }
}

const attemptsMax = 5

export const tagConnections = streamOperation({
  summary: 'Add tags to several connections and take others away',
  permission: 'connections:write',
  object: { kind: 'connection' },
  audit: 'connection.updated',
  input: bulkTags,
  line: bulkLine,
  output: bulkReport,
  run({ ids, add, remove }, { actor, db, signal, requestId, validateOnly }) {
    const doing = { actor, db, options: { signal, requestId, validateOnly } }
    return each(ids, signal, (id) => relabel(doing, id, ({ tags }) => ({ tags: retagged(tags, add, remove) })))
  },
})

export const moveConnections = streamOperation({
  summary: 'Move several connections to an environment, or to none',
  permission: 'connections:write',
  object: { kind: 'connection' },
  audit: 'connection.updated',
  input: bulkMove,
  line: bulkLine,
  output: bulkReport,
  run({ ids, environment }, { actor, db, signal, requestId, validateOnly }) {
    const doing = { actor, db, options: { signal, requestId, validateOnly } }
    return each(ids, signal, (id) => relabel(doing, id, () => ({ environment })))
  },
})

export const deleteConnections = streamOperation({
  summary: 'Delete several connections; those in use stay, the others can be restored',
  permission: 'connections:delete',
  audit: 'connection.deleted',
  input: bulkIds,
  line: bulkLine,
  output: bulkReport,
  run({ ids }, { actor, signal, requestId, validateOnly }) {
    const options = { signal, requestId, validateOnly }
    return each(ids, signal, async (ref) => {
      await deleteConnection(actor, { ref }, options)
      return { status: 'done' }
    })
  },
})

export const restoreConnections = streamOperation({
  summary: 'Bring several deleted connections back',
  permission: 'connections:delete',
  audit: 'connection.restored',
  input: bulkIds,
  line: bulkLine,
  output: bulkReport,
  run({ ids }, { actor, signal, requestId, validateOnly }) {
    const options = { signal, requestId, validateOnly }
    return each(ids, signal, async (ref) => {
      await restoreConnection(actor, { ref }, options)
      return { status: 'done' }
    })
  },
})
