import type { Prisma, Tx } from '#lib/db/client'
import { db } from '#lib/db/client'

const open = { acceptedAt: null, revokedAt: null }

/** Invitations that nobody has used and nobody took back, newest first. */
export const pageOfInvitations = (tx: Tx, workspaceId: string, { after, limit }: { after?: string; limit: number }) =>
  tx.invitation.findMany({
    where: { workspaceId, ...open, ...(after !== undefined && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })

export const insertInvitation = (
  tx: Tx,
  workspaceId: string,
  data: Omit<Prisma.InvitationUncheckedCreateInput, 'workspaceId'>,
) => tx.invitation.create({ data: { ...data, workspaceId } })

export const findInvitation = (tx: Tx, workspaceId: string, id: string) =>
  tx.invitation.findFirst({ where: { workspaceId, id, ...open } })

export const revokeInvitation = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.invitation.updateMany({ where: { workspaceId, id, ...open }, data: { revokedAt: new Date() } })
}

/** One link per address: an older one dies with the new one. */
export const revokeInvitationsTo = async (tx: Tx, workspaceId: string, emailKey: string): Promise<void> => {
  await tx.invitation.updateMany({ where: { workspaceId, emailKey, ...open }, data: { revokedAt: new Date() } })
}

export const isMember = async (tx: Tx, workspaceId: string, emailKey: string): Promise<boolean> =>
  (await tx.membership.count({ where: { workspaceId, user: { emailKey } } })) > 0

export const findByToken = (tokenHash: Uint8Array<ArrayBuffer>) =>
  db().invitation.findFirst({
    where: { tokenHash, ...open, expiresAt: { gt: new Date() } },
    include: { workspace: { select: { name: true } } },
  })

/** The same once more, while nobody else uses it, nor makes an account for the same address. */
export const lockByToken = async (tx: Tx, tokenHash: Uint8Array<ArrayBuffer>, emailKey: string) => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('account'), hashtext(${emailKey}))`
  await tx.$queryRaw`select id from invitations where token_hash = ${tokenHash} for update`
  return tx.invitation.findFirst({
    where: { tokenHash, ...open, expiresAt: { gt: new Date() } },
    include: { workspace: { select: { organizationId: true } } },
  })
}

/** Every open invitation to an address, while nobody else uses one, nor makes an account for it. */
export const lockByAddress = async (tx: Tx, emailKey: string) => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('account'), hashtext(${emailKey}))`
  await tx.$queryRaw`select id from invitations where email_key = ${emailKey} for update`
  return tx.invitation.findMany({
    where: { emailKey, ...open, expiresAt: { gt: new Date() } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    include: { workspace: { select: { organizationId: true } } },
  })
}

export const closeInvitation = async (tx: Tx, id: string, acceptedBy: string): Promise<void> => {
  await tx.invitation.updateMany({ where: { id }, data: { acceptedAt: new Date(), acceptedBy } })
}

export const findAccount = (tx: Tx, emailKey: string) =>
  tx.user.findUnique({ where: { emailKey }, select: { id: true, name: true, status: true, passwordHash: true } })

export const insertAccount = async (
  tx: Tx,
  account: { id: string; email: string; emailKey: string; name: string; passwordHash: string | null },
): Promise<void> => {
  await tx.user.create({ data: { ...account, passwordChangedAt: account.passwordHash === null ? null : new Date() } })
}

export const insertMembership = async (
  tx: Tx,
  membership: { workspaceId: string; userId: string; role: string },
): Promise<void> => {
  await tx.membership.createMany({ data: membership, skipDuplicates: true })
}
