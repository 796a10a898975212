import { parseEmail } from '#lib/auth/email'
import { hashToken, randomBase62 } from '#lib/auth/tokens'
import { env } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import {
  findInvitation,
  insertInvitation,
  isMember,
  pageOfInvitations,
  revokeInvitationsTo,
  revokeInvitation as revokeStored,
} from './invitation-store.ts'
import { requireCovers, roleOf } from './rules.ts'
import {
  createdInvitation,
  type InvitationView,
  invitationList,
  invitationView,
  inviteInput,
  listInvitationsInput,
  memberRef,
} from './schema.ts'

const life_ms = 7 * 86_400_000

export const invite = operation({
  summary: 'Invite somebody by a link that works once; the answer shows it once',
  effect: 'write',
  permission: 'members:write',
  recentSignIn: true,
  audit: 'member.invited',
  input: inviteInput,
  output: createdInvitation,
  shownOnce: ['link'],
  async run({ email, role }, { actor, tx, subject }) {
    requireCovers(actor, role, '/role')
    const address = parseEmail(email)
    if (await isMember(tx, actor.workspaceId, address.emailKey)) throw alreadyMember(address.email)
    await revokeInvitationsTo(tx, actor.workspaceId, address.emailKey)
    const token = randomBase62(43)
    const row = await insertInvitation(tx, actor.workspaceId, {
      id: newId('invitation'),
      ...address,
      role,
      tokenHash: hashToken(token),
      createdBy: actor.id,
      expiresAt: new Date(Date.now() + life_ms),
    })
    subject({ type: 'invitation', id: row.id, name: address.email, details: { role, expires_at: row.expiresAt } })
    return { ...viewOf(row), link: linkOf(token) }
  },
})

export const listInvitations = operation({
  summary: 'List the invitations that nobody has used yet',
  effect: 'read',
  permission: 'members:read',
  audit: 'none',
  input: listInvitationsInput,
  output: invitationList,
  async run({ limit, cursor }, { actor, db }) {
    const after = decodeCursor(cursor, '-id')?.id
    const found = await pageOfInvitations(db, actor.workspaceId, { limit, ...(after !== undefined && { after }) })
    const { rows, page } = pageOf(found, limit, '-id', (row) => row.id)
    return { items: rows.map(viewOf), page }
  },
})

export const revokeInvitation = operation({
  summary: 'Take back an invitation; its link is dead at once',
  effect: 'write',
  permission: 'members:write',
  audit: 'invitation.revoked',
  input: memberRef,
  output: invitationView,
  async run({ id }, { actor, tx, subject }) {
    const row = await findInvitation(tx, actor.workspaceId, id)
    if (!row) throw new AppError('not_found', 'There is no such invitation in this workspace.')
    await revokeStored(tx, actor.workspaceId, id)
    subject({ type: 'invitation', id, name: row.email })
    return { ...viewOf(row), status: 'revoked' as const }
  },
})

// Behind the “#” it is never sent: no server, proxy or log sees it, and no other site as a referrer.
const linkOf = (token: string): string => `${(env().JACKFIELD_URL ?? '').replace(/\/$/, '')}/invite#${token}`

type Row = Awaited<ReturnType<typeof insertInvitation>>

const viewOf = (row: Row): InvitationView => ({
  id: row.id,
  email: row.email,
  role: roleOf(row),
  status: row.expiresAt <= new Date() ? 'expired' : 'open',
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
})

const alreadyMember = (email: string) => {
  const message = `${email} is a member of this workspace already.`
  return new AppError('conflict', message, { errors: [{ pointer: '/email', message }] })
}
