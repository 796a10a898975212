import { record } from '#lib/audit/record'
import { isId } from '#lib/core/id'
import { db } from '#lib/db/client'
import type { Actor } from './actor.ts'
import { roles } from './permissions.ts'
import {
  endSessionByHash,
  findSession,
  insertSession,
  replaceReference,
  type StoredSession,
  touchSession,
} from './store.ts'
import { hashToken, randomBase62 } from './tokens.ts'

const hour_ms = 3_600_000
/** How long a session lives without a request, and at all (AUTHN-7). */
export const sessionLife = { idle_ms: 8 * hour_ms, absolute_ms: 7 * 24 * hour_ms } as const

interface Client {
  ip?: string | undefined
  userAgent?: string | undefined
  now?: Date
}

/** Starts a session and answers its reference; only the reference's hash is stored. */
export const startSession = async (
  user: { id: string; workspaceId: string; authenticatedAt?: Date },
  { ip, userAgent, now = new Date() }: Client,
): Promise<{ sessionId: string; reference: string }> => {
  const reference = randomBase62(43)
  const sessionId = await insertSession({
    tokenHash: hashToken(reference),
    userId: user.id,
    workspaceId: user.workspaceId,
    ...(user.authenticatedAt && { authenticatedAt: user.authenticatedAt }),
    ip: ip ?? null,
    userAgent: userAgent?.slice(0, 256) ?? null,
    expiresAt: new Date(now.getTime() + sessionLife.absolute_ms),
  })
  return { sessionId, reference }
}

/** Ends a reference and answers the one in its place; undefined where it was not alive any more. */
export const renewReference = async (reference: string | undefined): Promise<string | undefined> => {
  const next = randomBase62(43)
  return reference !== undefined && (await replaceReference(hashToken(reference), hashToken(next))) ? next : undefined
}

/** Ends the session behind the cookie of a browser that signs out, or signs in as somebody. */
export const endSessionOf = async (reference: unknown): Promise<void> => {
  if (typeof reference !== 'string') return
  for (const { id, userId, workspaceId } of await endSessionByHash(hashToken(reference))) {
    await record(db(), {
      actor: { kind: 'user', id: userId, name: '', workspaceId },
      event: 'session.ended',
      outcome: 'success',
      subject: { type: 'session', id },
    })
  }
}

/** The actor behind a session reference, looked up at every request; undefined unless everything about it is in order. */
export const actorOfSession = async (
  reference: string,
  { ip, userAgent, now = new Date() }: Client,
): Promise<Actor | undefined> => {
  if (!/^[0-9A-Za-z]{43}$/.test(reference)) return undefined
  const stored = await findSession(hashToken(reference))
  if (!stored || !isAlive(stored, now)) return undefined
  const role = roles.find((name) => name === stored.role)
  // Fail closed on the id itself, never on truthiness (AUTHN-1).
  if (!role || !isId('user', stored.userId) || stored.userStatus !== 'active') return undefined
  if (now.getTime() - stored.lastSeenAt.getTime() > 60_000) await touchSession(stored.id, now)
  return {
    kind: 'user',
    id: stored.userId,
    name: stored.userName,
    workspaceId: stored.workspaceId,
    organizationId: stored.organizationId,
    role,
    sessionId: stored.id,
    authenticatedAt: stored.authenticatedAt,
    ...(ip !== undefined && { ip }),
    ...(userAgent !== undefined && { userAgent }),
  }
}

const isAlive = (session: StoredSession, now: Date): boolean =>
  session.revokedAt === null &&
  session.expiresAt > now &&
  now.getTime() - session.lastSeenAt.getTime() < sessionLife.idle_ms
