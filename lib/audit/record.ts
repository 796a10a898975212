import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import type { AuditEvent } from './events.ts'
import { insertEvent } from './store.ts'

/** What an event is about; ids and names only, `details` holds public facts. */
export interface AuditSubject {
  type?: string
  id?: string
  name?: string
  workspaceId?: string
  details?: Record<string, unknown>
}

export interface AuditEntry {
  actor: Pick<Actor, 'kind' | 'id' | 'name' | 'workspaceId' | 'ip' | 'userAgent'>
  event: AuditEvent
  outcome: 'success' | 'failure' | 'denied'
  subject?: AuditSubject
  requestId?: string
}

/**
 * Writes one audit event in the caller's transaction: what it records happens together with it, or not at all (AUDIT-1).
 * The engine seals it into the chain some milliseconds later: a chain that is locked until each commit would make every
 * writer of a workspace wait for the one before.
 */
export const record = async (tx: Tx, entry: AuditEntry): Promise<void> => {
  try {
    await insertEvent(tx, entry)
  } catch (cause) {
    const sentence = 'Nothing was opened or changed: the audit trail cannot be written right now. Try again soon.'
    throw new AppError('unavailable', sentence, { cause })
  }
}
