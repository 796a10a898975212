import { newId } from '#lib/core/id'
import { db, Prisma, type Tx } from '#lib/db/client'
import type { Actor } from './actor.ts'
import { asking, isCalled, openTo } from './grants.ts'

/* Sessions and keys are read at every request: one statement each, with everything the actor needs. */

export interface StoredSession {
  id: string
  userId: string
  userName: string
  userStatus: string
  workspaceId: string
  organizationId: string
  role: string
  authenticatedAt: Date
  lastSeenAt: Date
  expiresAt: Date
  revokedAt: Date | null
}

export const findSession = async (tokenHash: Uint8Array): Promise<StoredSession | undefined> => {
  const rows = await db().$queryRaw<StoredSession[]>`
    select s.id, s.user_id as "userId", u.name as "userName", u.status as "userStatus", s.workspace_id as "workspaceId",
           w.organization_id as "organizationId", m.role, s.authenticated_at as "authenticatedAt", s.last_seen_at as "lastSeenAt", s.expires_at as "expiresAt",
           s.revoked_at as "revokedAt"
    from sessions s
    join users u on u.id = s.user_id
    join memberships m on m.user_id = s.user_id and m.workspace_id = s.workspace_id
    join workspaces w on w.id = s.workspace_id
    where s.token_hash = ${tokenHash}`
  return rows[0]
}

export const insertSession = async (data: Omit<Prisma.SessionUncheckedCreateInput, 'id'>): Promise<string> => {
  const { id } = await db().session.create({ data: { id: newId('session'), ...data }, select: { id: true } })
  return id
}

export const touchSession = async (id: string, now: Date): Promise<void> => {
  await db().session.updateMany({ where: { id }, data: { lastSeenAt: now } })
}

/** Ends one session; true if it was alive. */
export const endSession = async (tx: Tx, id: string): Promise<boolean> => {
  const { count } = await tx.session.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
  return count > 0
}

/** Puts another reference in the place of the one a browser holds; false if that one is not alive any more. */
export const replaceReference = async (
  from: Uint8Array<ArrayBuffer>,
  to: Uint8Array<ArrayBuffer>,
): Promise<boolean> => {
  const { count } = await db().session.updateMany({
    where: { tokenHash: from, revokedAt: null },
    data: { tokenHash: to },
  })
  return count > 0
}

export const setAuthenticatedAt = async (tx: Tx, id: string, at: Date): Promise<void> => {
  await tx.session.updateMany({ where: { id, revokedAt: null }, data: { authenticatedAt: at } })
}

export const findUser = (tx: Tx, id: string) => tx.user.findUnique({ where: { id } })

/** Sessions of a person that are alive, the one used last first. */
export const listSessionsOf = (tx: Tx, userId: string, seenSince: Date) =>
  tx.session.findMany({
    where: { userId, revokedAt: null, expiresAt: { gt: new Date() }, lastSeenAt: { gt: seenSince } },
    orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
    take: 100,
  })

/** Ends a session of this person and no one else's; true if it was alive. */
export const endOwnSession = async (tx: Tx, userId: string, id: string): Promise<boolean> => {
  const where = { id, userId, revokedAt: null }
  return (await tx.session.updateMany({ where, data: { revokedAt: new Date() } })).count > 0
}

/** Ends all sessions of a person but one; answers how many. */
export const endOtherSessions = async (tx: Tx, userId: string, kept: string): Promise<number> => {
  const where = { userId, id: { not: kept }, revokedAt: null }
  return (await tx.session.updateMany({ where, data: { revokedAt: new Date() } })).count
}

export const endSessionByHash = (tokenHash: Uint8Array<ArrayBuffer>) =>
  db().session.updateManyAndReturn({
    where: { tokenHash, revokedAt: null },
    data: { revokedAt: new Date() },
    select: { id: true, userId: true, workspaceId: true },
  })

export const endSessionsOfUser = async (tx: Tx, userId: string): Promise<void> => {
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } })
}

export interface StoredApiKey {
  id: string
  name: string
  hash: Uint8Array
  role: string
  scopes: string[]
  ipAllowlist: string[]
  connections: string[]
  environments: string[]
  workspaceId: string
  organizationId: string
  expiresAt: Date | null
  lastUsedAt: Date | null
  revokedAt: Date | null
}

export const findApiKey = async (hash: Uint8Array): Promise<StoredApiKey | undefined> => {
  const rows = await db().$queryRaw<StoredApiKey[]>`
    select k.id, k.name, k.hash, k.role, k.scopes, k.ip_allowlist as "ipAllowlist", k.connections, k.environments, k.workspace_id as "workspaceId",
           w.organization_id as "organizationId", k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt",
           k.revoked_at as "revokedAt"
    from api_keys k join workspaces w on w.id = k.workspace_id
    where k.hash = ${hash}`
  return rows[0]
}

export const touchApiKey = async (id: string, now: Date): Promise<void> => {
  await db().apiKey.updateMany({ where: { id }, data: { lastUsedAt: now } })
}

export const pageOfApiKeys = (tx: Tx, workspaceId: string, { after, limit }: { after?: string; limit: number }) =>
  tx.apiKey.findMany({
    where: { workspaceId, ...(after !== undefined && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })

export const insertApiKey = (
  tx: Tx,
  workspaceId: string,
  data: Omit<Prisma.ApiKeyUncheckedCreateInput, 'workspaceId'>,
) => tx.apiKey.create({ data: { ...data, workspaceId } })

/** Connections by id or slug, as far as they are there for whoever asks. */
export const findReachable = async (
  tx: Tx,
  actor: Pick<Actor, 'id' | 'role' | 'workspaceId'>,
  refs: readonly string[],
): Promise<Map<string, string>> => {
  const rows = await tx.$queryRaw<{ id: string; ref: string }[]>`
    select c.id, r.ref from unnest(${[...refs]}::text[]) as r (ref)
    join connections c on ${isCalled(actor.workspaceId, Prisma.sql`r.ref`)}
    where c.workspace_id = ${actor.workspaceId} and c.deleted_at is null
      and ${openTo(asking(actor), { kind: 'connection', least: 'use', alias: Prisma.sql`c` })}`
  return new Map(rows.map(({ id, ref }) => [ref, id]))
}

export const lockApiKey = (tx: Tx, workspaceId: string, id: string) =>
  tx.apiKey.findFirst({ where: { workspaceId, id } })

export const revokeStoredApiKey = (tx: Tx, workspaceId: string, id: string, at: Date) =>
  tx.apiKey.updateManyAndReturn({ where: { workspaceId, id, revokedAt: null }, data: { revokedAt: at } })

export const findUserByEmail = (emailKey: string) =>
  db().user.findUnique({
    where: { emailKey },
    include: { memberships: { orderBy: [{ createdAt: 'asc' }, { workspaceId: 'asc' }] } },
  })

export const findWorkspaceTag = async (tx: Tx, workspaceId: string): Promise<string | undefined> => {
  const row = await tx.workspace.findUnique({ where: { id: workspaceId }, select: { tag: true } })
  return row?.tag
}

export const findFirstWorkspace = () => db().workspace.findFirst({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })

export const countUsers = (tx: Tx) => tx.user.count({ take: 1 })

export const upsertSetupToken = async (tokenHash: Uint8Array<ArrayBuffer>, expiresAt: Date): Promise<void> => {
  const fresh = { tokenHash, expiresAt, usedAt: null }
  await db().setupToken.upsert({ where: { id: 1 }, create: { id: 1, ...fresh }, update: fresh })
}

/** Reads the set-up token and keeps everybody else from reading it until the transaction ends. */
export const lockSetupToken = async (tx: Tx) => {
  const rows = await tx.$queryRaw<{ tokenHash: Uint8Array; expiresAt: Date; usedAt: Date | null }[]>`
    select token_hash as "tokenHash", expires_at as "expiresAt", used_at as "usedAt" from setup_tokens where id = 1 for update`
  return rows[0]
}

/** No two first owners, also where one is made at the command line. */
export const lockSetup = async (tx: Tx): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtext('jackfield setup'))`
}

export const useSetupToken = async (tx: Tx): Promise<void> => {
  await tx.setupToken.updateMany({ where: { id: 1 }, data: { usedAt: new Date() } })
}

export interface NewOwner {
  email: string
  emailKey: string
  name: string
  passwordHash: string
  workspace: string
  tag: string
}

/** The first organization, workspace and person. */
export const insertOwner = async (tx: Tx, owner: NewOwner) => {
  const organizationId = newId('organization')
  const workspaceId = newId('workspace')
  const userId = newId('user')
  await tx.organization.create({ data: { id: organizationId, name: owner.workspace } })
  await tx.workspace.create({ data: { id: workspaceId, organizationId, name: owner.workspace, tag: owner.tag } })
  await insertUser(tx, { ...owner, userId, workspaceId })
  return { organizationId, workspaceId, userId }
}

/** A person with the role `owner` in a workspace. */
export const insertUser = async (
  tx: Tx,
  owner: Omit<NewOwner, 'workspace' | 'tag'> & { userId: string; workspaceId: string },
): Promise<void> => {
  const { userId, workspaceId, email, emailKey, name, passwordHash } = owner
  await tx.user.create({
    data: { id: userId, email, emailKey, name, passwordHash, passwordChangedAt: new Date() },
  })
  await tx.membership.create({ data: { userId, workspaceId, role: 'owner' } })
}

export const setPassword = async (tx: Tx, userId: string, passwordHash: string): Promise<void> => {
  await tx.user.update({ where: { id: userId }, data: { passwordHash, passwordChangedAt: new Date() } })
}

/**
 * Counts one more try under each id and answers the counts of the current window, by the id in hexadecimal. From the
 * second strike on the window doubles with each, up to sixteen times.
 */
export const addTries = async (ids: Uint8Array[], window_s: number): Promise<Map<string, number>> => {
  // Always in the same order, so that two sign-ins never wait for each other's row.
  const sorted = [...ids].sort(Buffer.compare)
  const isOver = Prisma.sql`t.since < now() - make_interval(secs => ${window_s} * 2 ^ least(greatest(t.strikes - 1, 0), 4))`
  const rows = await db().$queryRaw<{ id: Uint8Array; count: number }[]>`
    insert into sign_in_tries as t (id) select unnest(${sorted}::bytea[])
    on conflict (id) do update set
      count = case when ${isOver} then 1 else t.count + 1 end,
      since = case when ${isOver} then now() else t.since end
    returning id, count`
  return new Map(rows.map(({ id, count }) => [Buffer.from(id).toString('hex'), count]))
}

/** The limit of this id was passed: its next window is longer. A day without a try forgets that. */
export const addStrike = async (id: Uint8Array<ArrayBuffer>): Promise<void> => {
  await db().signInTry.updateMany({ where: { id }, data: { strikes: { increment: 1 } } })
}

/** Forgets the tries under `ids`, takes one from `eased`, and removes what no window needs any more. */
export const clearTries = async (ids: Uint8Array<ArrayBuffer>[], eased?: Uint8Array<ArrayBuffer>): Promise<void> => {
  await db().signInTry.deleteMany({ where: { id: { in: ids } } })
  if (eased) await db().signInTry.updateMany({ where: { id: eased }, data: { count: { decrement: 1 } } })
  await db().$executeRaw`delete from sign_in_tries where since < now() - interval '1 day'`
}

/** Whether this account has had a session from this address in the last 90 days. */
export const hasSignedInFrom = async (emailKey: string, ip: string): Promise<boolean> => {
  const rows = await db().$queryRaw<unknown[]>`
    select 1 from sessions s join users u on u.id = s.user_id
    where u.email_key = ${emailKey} and s.ip = ${ip} and s.created_at > now() - interval '90 days' limit 1`
  return rows.length > 0
}
