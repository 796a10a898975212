import type { Actor } from '#lib/auth/actor'
import type { Role } from '#lib/auth/permissions'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import { figuresOf, footprintOf, leave } from './leaving.ts'
import { isWithin, noSuchMember, requireCovers, requireMember, requireOtherOwner, roleOf } from './rules.ts'
import {
  changedMember,
  changeMemberInput,
  leaveInput,
  leaveReport,
  listMembersInput,
  type MemberView,
  memberFootprint,
  memberList,
  memberRef,
  memberView,
} from './schema.ts'
import {
  countOtherWorkspaces,
  endSessions,
  findStored,
  listKeysOf,
  listStored,
  removeStored,
  revokeInvitationsOf,
  type StoredMember,
  setKeyRole,
  setRole,
  setStatus,
} from './store.ts'

export const listMembers = operation({
  summary: 'List the members of the workspace',
  effect: 'read',
  permission: 'members:read',
  audit: 'none',
  input: listMembersInput,
  output: memberList,
  async run({ limit, cursor }, { actor, db }) {
    const found = await listStored(db, actor.workspaceId, { limit, after: decodeCursor(cursor, 'name') })
    const { rows, page } = pageOf(found, limit, 'name', (row) => row.nameKey)
    return { items: rows.map((row) => viewOf(actor, row)), page }
  },
})

export const changeMember = operation({
  summary: 'Give a member another role; it ends their sessions',
  effect: 'write',
  permission: 'members:write',
  recentSignIn: true,
  audit: 'member.changed',
  input: changeMemberInput,
  output: changedMember,
  async run({ id, role, if_match }, { actor, tx, subject }) {
    const member = await requireMember(tx, actor, id)
    requireRevision(if_match, member.revision)
    requireCovers(actor, role, '/role')
    subject({ type: 'user', id, name: member.name, details: { from: member.role, to: role } })
    if (member.role === role) return { ...viewOf(actor, member), sessions_ended: 0, keys_narrowed: [] }
    if (role !== 'owner') await requireOtherOwner(tx, actor.workspaceId, member)
    await setRole(tx, actor.workspaceId, id, role)
    const keys_narrowed = await narrowKeys(tx, actor, { id, role })
    // What somebody with more rights promised is not kept by somebody with less.
    if (!isWithin(roleOf(member), role)) await revokeInvitationsOf(tx, actor.workspaceId, id)
    const sessions_ended = await endSessions(tx, actor.workspaceId, id)
    return { ...viewOf(actor, await reread(tx, actor, id)), sessions_ended, keys_narrowed }
  },
})

export const getFootprint = operation({
  summary: 'Read what a member can reach and which secrets they typed',
  effect: 'read',
  permission: 'members:write',
  audit: 'none',
  input: memberRef,
  output: memberFootprint,
  async run({ id }, { actor, db }) {
    const member = await reread(db, actor, id)
    return { ...(await footprintOf(db, actor, id)), member: viewOf(actor, member) }
  },
})

export const removeMember = operation({
  summary: 'Remove a member, with their sessions and keys, and mark the secrets they typed',
  effect: 'write',
  permission: 'members:write',
  recentSignIn: true,
  audit: 'member.removed',
  input: leaveInput,
  output: leaveReport,
  async run({ id, if_match }, { actor, tx, requestId, subject }) {
    const member = await requireLeaver(tx, actor, id)
    requireRevision(if_match, member.revision)
    const report = await leave({ tx, actor, requestId }, member)
    await removeStored(tx, actor.workspaceId, id)
    subject({ type: 'user', id, name: member.name, details: figuresOf(report) })
    return report
  },
})

export const disableMember = operation({
  summary: 'Disable the account of a member, with their sessions and keys, and mark the secrets they typed',
  effect: 'write',
  permission: 'members:write',
  recentSignIn: true,
  audit: 'member.disabled',
  input: memberRef,
  output: leaveReport,
  async run({ id }, { actor, tx, requestId, subject }) {
    const member = await requireLeaver(tx, actor, id)
    await requireOnlyHere(tx, actor, id)
    await setStatus(tx, actor.workspaceId, id, 'disabled')
    const report = await leave({ tx, actor, requestId }, member)
    subject({ type: 'user', id, name: member.name, details: figuresOf(report) })
    return report
  },
})

export const enableMember = operation({
  summary: 'Enable an account again; its sessions and keys stay ended',
  effect: 'write',
  permission: 'members:write',
  recentSignIn: true,
  audit: 'member.enabled',
  input: memberRef,
  output: memberView,
  async run({ id }, { actor, tx, subject }) {
    const member = await requireMember(tx, actor, id)
    await requireOnlyHere(tx, actor, id)
    await setStatus(tx, actor.workspaceId, id, 'active')
    subject({ type: 'user', id, name: member.name })
    return viewOf(actor, await reread(tx, actor, id))
  },
})

/** Keys live on after a change of role, but never with more than the one who made them. */
const narrowKeys = async (tx: Tx, actor: Actor, { id, role }: { id: string; role: Role }) => {
  const keys = await listKeysOf(tx, actor.workspaceId, id)
  const above = keys.filter((key) => !isWithin(roleOf(key), role))
  const ids = above.map((key) => key.id)
  await setKeyRole(tx, actor.workspaceId, ids, role)
  return above.map(({ id, name }) => ({ id, name }))
}

const requireLeaver = async (tx: Tx, actor: Actor, id: string): Promise<StoredMember> => {
  const member = await requireMember(tx, actor, id)
  if (id === actor.id) throw new AppError('conflict', 'You cannot do this to yourself; ask another admin.')
  await requireOtherOwner(tx, actor.workspaceId, member)
  return member
}

/** An account is one for all workspaces: an admin of one must not lock somebody out of the others. */
const requireOnlyHere = async (tx: Tx, actor: Actor, id: string): Promise<void> => {
  if ((await countOtherWorkspaces(tx, actor.workspaceId, id)) === 0) return
  throw new AppError('conflict', 'This person also belongs to another workspace. Remove them from this one instead.')
}

const reread = async (tx: Tx, actor: Actor, id: string): Promise<StoredMember> => {
  const member = await findStored(tx, actor.workspaceId, id)
  if (!member) throw noSuchMember()
  return member
}

const viewOf = (actor: Actor, row: StoredMember): MemberView => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: roleOf(row),
  status: row.status === 'active' ? 'active' : 'disabled',
  is_you: row.id === actor.id,
  joined_at: row.joinedAt.toISOString(),
  last_sign_in_at: row.lastSignInAt?.toISOString() ?? null,
  revision: row.revision,
})
