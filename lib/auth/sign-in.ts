import { record } from '#lib/audit/record'
import { db } from '#lib/db/client'
import { emailKeyOf } from './email.ts'
import { isPassword } from './passwords.ts'
import { startSession } from './sessions.ts'
import { forgetTries, isOneTooMany } from './sign-in-limits.ts'
import { findUserByEmail } from './store.ts'

export interface SignIn {
  email: string
  password: string
  ip?: string
  userAgent?: string
}

export type SignInResult =
  | { outcome: 'signed_in'; userId: string; name: string; email: string; reference: string }
  | { outcome: 'refused' }
  | { outcome: 'limited' }

/** Signs a person in. Unknown people, wrong passwords and disabled accounts get one answer after one time (AUTHN-5). */
export const signIn = async ({ email, password, ip, userAgent }: SignIn): Promise<SignInResult> => {
  const emailKey = emailKeyOf(email.slice(0, 320)) ?? ''
  const tried = { emailKey, ip }
  if (await isOneTooMany(tried)) return { outcome: 'limited' }
  const user = await findUserByEmail(emailKey)
  const isRight = await isPassword(user?.passwordHash, password)
  const membership = user?.memberships[0]
  const client = { ...(ip !== undefined && { ip }), ...(userAgent !== undefined && { userAgent }) }
  if (!isRight || !user || user.status !== 'active' || !membership) {
    // The address typed may be a password in the wrong field: it is not written down.
    await record(db(), {
      actor: {
        kind: 'system',
        id: 'anonymous',
        name: 'somebody',
        workspaceId: membership?.workspaceId ?? '',
        ...client,
      },
      event: 'session.refused',
      outcome: 'failure',
      ...(user && { subject: { type: 'user', id: user.id, name: user.name } }),
    })
    return { outcome: 'refused' }
  }
  await forgetTries(tried)
  const { workspaceId } = membership
  const { sessionId, reference } = await startSession({ id: user.id, workspaceId }, client)
  await record(db(), {
    actor: { kind: 'user', id: user.id, name: user.name, workspaceId, ...client },
    event: 'session.created',
    outcome: 'success',
    subject: { type: 'session', id: sessionId },
  })
  return { outcome: 'signed_in', userId: user.id, name: user.name, email: user.email, reference }
}
