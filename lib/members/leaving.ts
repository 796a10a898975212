import { record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import type { Tx } from '#lib/db/client'
import type { Footprint, LeaveReport } from './schema.ts'
import {
  countOpenInvitations,
  countSessions,
  endSessions,
  flagCredentials,
  listKeysOf,
  listKnownCredentials,
  revokeInvitationsOf,
  revokeKeys,
  type StoredMember,
} from './store.ts'

/** What somebody can still reach or knows in the actor's workspace (AUTHZ-9). */
export const footprintOf = async (tx: Tx, actor: Actor, id: string): Promise<Footprint> => ({
  sessions: await countSessions(tx, actor.workspaceId, id),
  api_keys: (await listKeysOf(tx, actor.workspaceId, id)).map(named),
  invitations: await countOpenInvitations(tx, actor.workspaceId, id),
  credentials: (await listKnownCredentials(tx, actor, id)).map(known),
})

interface Leaving {
  tx: Tx
  actor: Actor
  requestId: string
}

/** Takes away what somebody could reach, and marks every secret they typed: what a person knows cannot be taken back. */
export const leave = async ({ tx, actor, requestId }: Leaving, member: StoredMember): Promise<LeaveReport> => {
  const { workspaceId } = actor
  const keys = await listKeysOf(tx, workspaceId, member.id)
  const credentials = await listKnownCredentials(tx, actor, member.id)
  const note = (event: 'api_key.revoked' | 'credential.flagged', type: string, { id, name }: Named) => {
    const subject = { type, id, name, details: { because_of: member.id } }
    return record(tx, { actor, event, outcome: 'success', requestId, subject })
  }
  await revokeKeys(tx, workspaceId, keys.map(idOf))
  for (const key of keys) await note('api_key.revoked', 'api_key', key)
  const reason = `${member.name} typed this secret and has left.`
  for (const credential of await flagCredentials(tx, credentials.map(idOf), reason)) {
    await note('credential.flagged', 'credential', credential)
  }
  return {
    id: member.id,
    sessions_ended: await endSessions(tx, workspaceId, member.id),
    invitations_revoked: await revokeInvitationsOf(tx, workspaceId, member.id),
    keys_revoked: keys.map(named),
    credentials_to_rotate: credentials.map(known),
  }
}

interface Named {
  id: string
  name: string
}

const idOf = ({ id }: Named): string => id
const named = ({ id, name }: Named): Named => ({ id, name })
const known = ({ id, name, usedBy }: Named & { usedBy: number }) => ({ id, name, used_by: usedBy })

/** The report in figures, for the trail. */
export const figuresOf = (report: LeaveReport) => ({
  sessions_ended: report.sessions_ended,
  invitations_revoked: report.invitations_revoked,
  keys_revoked: report.keys_revoked.map(idOf),
  credentials_to_rotate: report.credentials_to_rotate.map(idOf),
})
