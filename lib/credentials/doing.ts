import { record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import type { Tx } from '#lib/db/client'

/** Who does it, in which transaction and for which request. */
export interface Doing {
  tx: Tx
  actor: Actor
  requestId: string
}

/** Who asks, and so whose credentials: those of the workspace, and those its organization shares with all its workspaces. */
export type Whose = Pick<Actor, 'workspaceId' | 'organizationId' | 'id' | 'role'>

type CredentialEvent =
  | 'credential.created'
  | 'credential.updated'
  | 'credential.replaced'
  | 'credential.bound'
  | 'credential.disabled'
  | 'credential.enabled'
  | 'credential.purged'
  | 'access.restricted'

/** Records what happened to a credential, in the same transaction. */
export const note = (
  { tx, actor, requestId }: Doing,
  event: CredentialEvent,
  { id, name }: { id: string; name: string },
  details: Record<string, unknown>,
): Promise<void> =>
  record(tx, { actor, event, outcome: 'success', requestId, subject: { type: 'credential', id, name, details } })

/** Zod has checked the value; this is where it becomes a JSON column. */
export const toJson = (value: object) => JSON.parse(JSON.stringify(value))
