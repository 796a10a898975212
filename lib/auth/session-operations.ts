import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { listIdentitiesOf } from './identity-store.ts'
import { isConfigured, oidcSettings } from './oidc/settings.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import { provePassword } from './prove-password.ts'
import {
  changePasswordInput,
  confirmInput,
  confirmOutput,
  endedSession,
  endedSessions,
  endOthersInput,
  listSessionsInput,
  readSessionInput,
  sessionList,
  sessionRef,
  sessionState,
} from './schema.ts'
import { sessionLife } from './sessions.ts'
import { endOtherSessions, endOwnSession, findUser, listSessionsOf, setAuthenticatedAt, setPassword } from './store.ts'

export const readSession = operation({
  summary: 'Read how this session was signed in, and when',
  effect: 'read',
  permission: 'workspace:read',
  audit: 'none',
  input: readSessionInput,
  output: sessionState,
  async run(_input, { actor, db }) {
    const user = actor.kind === 'user' ? await findUser(db, actor.id) : null
    const identities = user ? await listIdentitiesOf(db, user.id) : []
    return {
      id: actor.sessionId ?? null,
      authenticated_at: actor.authenticatedAt?.toISOString() ?? null,
      has_password: user?.passwordHash != null,
      provider: identities.some(isConfigured) ? (oidcSettings()?.name ?? null) : null,
    }
  },
})

/** Step-up (AUTHN-8). The route also gives the browser a new reference, so that a copy of the old cookie gains nothing. */
export const confirmSession = operation({
  summary: 'Confirm with the password that it is you, for what needs a recent sign-in',
  effect: 'write',
  permission: 'workspace:read',
  audit: 'session.confirmed',
  input: confirmInput,
  output: confirmOutput,
  before: ({ password }, { actor, requestId }) => provePassword(actor, { password, pointer: '/password', requestId }),
  async run(_input, { actor, tx, subject }) {
    if (!actor.sessionId) throw new AppError('conflict', 'An API key has no session to confirm.')
    const now = new Date()
    await setAuthenticatedAt(tx, actor.sessionId, now)
    subject({ type: 'session', id: actor.sessionId })
    return { authenticated_at: now.toISOString() }
  },
})

export const listSessions = operation({
  summary: 'List where you are signed in',
  effect: 'read',
  permission: 'workspace:read',
  audit: 'none',
  input: listSessionsInput,
  output: sessionList,
  async run(_input, { actor, db }) {
    const rows = await listSessionsOf(db, actor.id, new Date(Date.now() - sessionLife.idle_ms))
    const items = rows.map((row) => ({
      id: row.id,
      ip: row.ip,
      user_agent: row.userAgent,
      created_at: row.createdAt.toISOString(),
      last_seen_at: row.lastSeenAt.toISOString(),
      current: row.id === actor.sessionId,
    }))
    return { items }
  },
})

export const endSessionById = operation({
  summary: 'End one of your own sessions at once',
  effect: 'write',
  permission: 'workspace:read',
  audit: 'session.revoked',
  input: sessionRef,
  output: endedSession,
  async run({ id }, { actor, tx, subject }) {
    if (!(await endOwnSession(tx, actor.id, id))) throw new AppError('not_found', 'You have no such session any more.')
    subject({ type: 'session', id })
    return { id, ended: true }
  },
})

export const endOthers = operation({
  summary: 'End all your sessions but this one',
  effect: 'write',
  permission: 'workspace:read',
  audit: 'session.revoked',
  input: endOthersInput,
  output: endedSessions,
  async run(_input, { actor, tx, subject }) {
    const ended = await endOtherSessions(tx, actor.id, sessionOf(actor))
    subject({ type: 'user', id: actor.id, name: actor.name, details: { ended } })
    return { ended }
  },
})

/** Whoever knew the old password, or holds a copy of a cookie, is out with it. */
export const changePassword = operation({
  summary: 'Change your password; every other session of yours ends',
  effect: 'write',
  permission: 'workspace:read',
  audit: 'user.password_changed',
  input: changePasswordInput,
  output: endedSessions,
  before: ({ current_password: password }, { actor, requestId }) =>
    provePassword(actor, { password, pointer: '/current_password', requestId }),
  async run({ password }, { actor, tx, subject }) {
    const kept = sessionOf(actor)
    const user = await findUser(tx, actor.id)
    checkPassword(password, { name: actor.name, ...(user && { email: user.email }) })
    await setPassword(tx, actor.id, await hashPassword(password))
    await setAuthenticatedAt(tx, kept, new Date())
    const ended = await endOtherSessions(tx, actor.id, kept)
    subject({ type: 'user', id: actor.id, name: actor.name, details: { ended } })
    return { ended }
  },
})

const sessionOf = ({ sessionId }: { sessionId?: string }): string => {
  if (sessionId !== undefined) return sessionId
  throw new AppError('conflict', 'An API key has no session and no password.')
}
