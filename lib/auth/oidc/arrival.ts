import { record } from '#lib/audit/record'
import { displayName } from '#lib/core/text'
import { db, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import { joinByAddress } from '#lib/members/joining'
import type { Actor } from '../actor.ts'
import { authenticateSession } from '../authenticate.ts'
import { clientOf } from '../client.ts'
import { readSessionCookie } from '../cookie.ts'
import { emailKeyOf } from '../email.ts'
import { findPersonOf, type IdentityKey, insertIdentity, lockIdentity } from '../identity-store.ts'
import type { Purpose, Refusal } from '../schema.ts'
import { endSessionOf, renewReference, startSession } from '../sessions.ts'
import { hasRecentSignIn } from '../step-up.ts'
import { setAuthenticatedAt } from '../store.ts'
import type { Flow } from './flow.ts'
import type { Claims } from './provider.ts'

export interface SignedIn {
  id: string
  sid: string
}

interface Arrival {
  claims: Claims
  key: IdentityKey
  flow: Flow
  headers: Headers
}

/** What somebody whom the provider has just named may do: the session to give them, or why there is none. */
export const arrive = (claims: Claims, flow: Flow, headers: Headers): Promise<SignedIn | Refusal> =>
  arrivals[flow.purpose]({ claims, key: { issuer: claims.iss, subject: claims.sub }, flow, headers })

const arrivals: Record<Purpose, (arrival: Arrival) => Promise<SignedIn | Refusal>> = {
  async sign_in({ claims, key, headers }) {
    const client = clientOf(headers)
    const person = await transaction((tx) => admit(tx, { claims, key, client }))
    if (typeof person === 'string') return person
    // Signed in at the provider hours ago is no recent sign-in here; unknown when is none either (AUTHN-8).
    const authenticatedAt = new Date(Math.min(Date.now(), (claims.auth_time ?? 0) * 1_000))
    const { sessionId, reference } = await startSession({ ...person, authenticatedAt }, client)
    await endSessionOf(await readSessionCookie(headers))
    const { id, name, workspaceId } = person
    await record(db(), {
      actor: { kind: 'user', id, name, workspaceId, ...client },
      event: 'session.created',
      outcome: 'success',
      subject: { type: 'session', id: sessionId, details: { issuer: key.issuer } },
    })
    return { id, sid: reference }
  },

  async confirm({ claims, key, flow, headers }) {
    const actor = await actorOf(flow, headers)
    if (!actor?.sessionId) return 'OidcFailed'
    if ((await findPersonOf(db(), key))?.id !== actor.id) return 'OidcOther'
    if (!isFresh(claims, flow)) return 'OidcStale'
    const { sessionId } = actor
    // The old reference ends first: a stolen copy of the cookie must not become recent with this one (AUTHN-7).
    const sid = await renewReference(await readSessionCookie(headers))
    if (sid === undefined) return 'OidcFailed'
    await transaction(async (tx) => {
      await setAuthenticatedAt(tx, sessionId, new Date())
      const subject = { type: 'session', id: sessionId, details: { issuer: key.issuer } }
      await record(tx, { actor, event: 'session.confirmed', outcome: 'success', subject })
    })
    return { id: actor.id, sid }
  },

  async link({ claims, key, flow, headers }) {
    const actor = await actorOf(flow, headers)
    const sid = await readSessionCookie(headers)
    if (!actor || sid === undefined || !hasRecentSignIn(actor)) return 'OidcFailed'
    return transaction(async (tx) => {
      await lockIdentity(tx, key)
      const owner = await findPersonOf(tx, key)
      if (owner && owner.id !== actor.id) return 'OidcTaken'
      if (owner) return { id: actor.id, sid }
      await insertIdentity(tx, key, actor.id, claims.email ?? null)
      await recordLink(tx, actor, key)
      return { id: actor.id, sid }
    })
  },
}

interface Person {
  id: string
  name: string
  workspaceId: string
}

/** The person of this account at the provider; one who is new gets in by an open invitation only. */
const admit = async (
  tx: Tx,
  { claims, key, client }: { claims: Claims; key: IdentityKey; client: ReturnType<typeof clientOf> },
): Promise<Person | Refusal> => {
  await lockIdentity(tx, key)
  const known = await findPersonOf(tx, key)
  if (known && known.status !== 'active') return 'OidcDisabled'
  const joined = await joinVerified(tx, claims, known, client)
  if (!known && typeof joined === 'string') return joined
  if (typeof joined !== 'string' && !known) await insertIdentity(tx, key, joined.id, claims.email ?? null)
  const person = await findPersonOf(tx, key)
  const workspaceId = person?.memberships[0]?.workspaceId
  if (!person || workspaceId === undefined) return 'OidcDisabled'
  const { id, name } = person
  if (!known) await recordLink(tx, { kind: 'user', id, name, workspaceId, ...client }, key)
  return { id, name, workspaceId }
}

const joinVerified = async (
  tx: Tx,
  { email, email_verified, name }: Claims,
  known: { id: string; name: string } | undefined,
  client: ReturnType<typeof clientOf>,
): Promise<{ id: string; name: string } | Refusal> => {
  if (email === undefined || emailKeyOf(email) === undefined) return 'OidcUnknown'
  if (email_verified !== true) return 'OidcUnverified'
  const shown = displayName.safeParse(name ?? '')
  const person = { email, name: shown.success ? shown.data : (email.split('@')[0] ?? email), account: known }
  const joined = await joinByAddress(tx, person, client)
  if (joined === 'not_invited') return 'OidcUnknown'
  return joined === 'account_exists' ? 'OidcExists' : joined
}

type Linker = Pick<Actor, 'kind' | 'id' | 'name' | 'workspaceId' | 'ip' | 'userAgent'>

const recordLink = (tx: Tx, actor: Linker, key: IdentityKey): Promise<void> => {
  const subject = { type: 'user', id: actor.id, name: actor.name, details: { ...key } }
  return record(tx, { actor, event: 'identity.linked', outcome: 'success', subject })
}

/** Whoever set out, if they are still signed in with that very session. */
const actorOf = async (flow: Flow, headers: Headers): Promise<Actor | undefined> => {
  const actor = await authenticateSession(headers)
  return actor?.sessionId !== undefined && actor.sessionId === flow.sessionId ? actor : undefined
}

const skew_ms = 60_000

/** Whether the provider has really asked again, and not taken the sign-in of this morning for one (AUTHN-8). */
const isFresh = ({ auth_time }: Claims, { startedAt }: Flow): boolean =>
  auth_time !== undefined && auth_time * 1_000 >= startedAt.getTime() - skew_ms
