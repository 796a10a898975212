import { env } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { provePassword } from './prove-password.ts'
import { confirmInput, confirmOutput, readSessionInput, sessionState } from './schema.ts'
import { findUser, setAuthenticatedAt } from './store.ts'

export const readSession = operation({
  summary: 'Read how this session was signed in, and when',
  effect: 'read',
  permission: 'workspace:read',
  audit: 'none',
  input: readSessionInput,
  output: sessionState,
  async run(_input, { actor, db }) {
    const user = actor.kind === 'user' ? await findUser(db, actor.id) : null
    const { JACKFIELD_OIDC_ISSUER: issuer, JACKFIELD_OIDC_NAME: name } = env()
    return {
      id: actor.sessionId ?? null,
      authenticated_at: actor.authenticatedAt?.toISOString() ?? null,
      has_password: user?.passwordHash != null,
      provider: user?.identities.some((identity) => identity.issuer === issuer) ? name : null,
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
