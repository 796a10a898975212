import type { Tx } from '#lib/db/client'

export interface IdentityKey {
  issuer: string
  subject: string
}

/** Whose account this is, with their memberships, oldest first. */
export const findPersonOf = async (tx: Tx, { issuer, subject }: IdentityKey) => {
  const identity = await tx.identity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    include: { user: { include: { memberships: { orderBy: [{ createdAt: 'asc' }, { workspaceId: 'asc' }] } } } },
  })
  return identity?.user
}

export const insertIdentity = async (tx: Tx, key: IdentityKey, userId: string, email: string | null): Promise<void> => {
  await tx.identity.create({ data: { ...key, userId, email } })
}

/** No two simultaneous arrivals of the same account at the provider. */
export const lockIdentity = async (tx: Tx, { issuer, subject }: IdentityKey): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('identity'), hashtext(${`${issuer} ${subject}`}))`
}

export const listIdentitiesOf = (tx: Tx, userId: string) =>
  tx.identity.findMany({ where: { userId }, orderBy: [{ createdAt: 'asc' }, { subject: 'asc' }], take: 100 })
/** Keeps two browsers from taking away the last two ways in at the same moment. */
export const lockPerson = async (tx: Tx, userId: string): Promise<void> => {
  await tx.$queryRaw`select id from users where id = ${userId} for update`
}

export const removeIdentity = async (tx: Tx, { issuer, subject }: IdentityKey): Promise<void> => {
  await tx.identity.delete({ where: { issuer_subject: { issuer, subject } } })
}
