import type { Actor } from '#lib/auth/actor'
import { newId } from '#lib/core/id'
import type { Tx } from '#lib/db/client'
import type { Ticket } from '#lib/engine/protocol'
import { type StoredRefresh, wantRefresh } from './refresh-store.ts'
import type { refreshTriggers } from './schema.ts'

interface Wanted {
  actor: Actor
  /** Of the call it comes from: the engine reads for the same person, who may sign out meanwhile. */
  ticket: Ticket
  connectionId: string
  trigger: (typeof refreshTriggers)[number]
  schema?: string | undefined
  name?: string | undefined
}

/** Puts a refresh into the queue, unless there is one of the same scope already. */
export const queueRefresh = (tx: Tx, wanted: Wanted): Promise<StoredRefresh> => {
  const { actor, ticket, connectionId, trigger, schema, name } = wanted
  const { session_id: _, ...asking } = ticket.actor
  return wantRefresh(tx, actor.workspaceId, {
    id: newId('refresh'),
    connectionId,
    trigger,
    schema,
    name,
    ticket: { ...ticket, event: 'data_source.refreshed', permission: 'data-sources:read', actor: asking },
    requestedBy: actor.id,
  })
}
