import type * as z from 'zod'
import { record } from '#lib/audit/record'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { parseInput } from '#lib/core/parse'
import { displayName } from '#lib/core/text'
import { transaction } from '#lib/db/transaction'
import type { Actor } from './actor.ts'
import { emailKeyOf, parseEmail } from './email.ts'
import { createApiKey } from './operations.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import type { createApiKeyInput, createdApiKey } from './schema.ts'
import { tagOf } from './setup.ts'
import { forgetAccount } from './sign-in-limits.ts'
import {
  endSessionsOfUser,
  findFirstWorkspace,
  findUserByEmail,
  insertOwner,
  insertUser,
  lockSetup,
  setPassword,
} from './store.ts'

interface NewPerson {
  email: string
  name: string
  password: string
  /** Name of the first workspace, where there is none yet. */
  workspace?: string
}

/** For the command line: an owner of the first workspace, which is made if there is none. */
export const createOwner = async ({ email, name, password, workspace = 'Default' }: NewPerson) => {
  const person = { ...parseEmail(email), name: parseInput(displayName, name, '/name') }
  checkPassword(password, person)
  const passwordHash = await hashPassword(password)
  return transaction(async (tx) => {
    await lockSetup(tx)
    const existing = await findFirstWorkspace()
    const userId = newId('user')
    const ids = existing
      ? { userId, workspaceId: existing.id }
      : await insertOwner(tx, { ...person, passwordHash, workspace, tag: tagOf() })
    if (existing) await insertUser(tx, { ...person, passwordHash, ...ids })
    const subject = { type: 'user', id: ids.userId, name: person.name }
    await record(tx, { actor: atConsole(ids.workspaceId), event: 'setup.completed', outcome: 'success', subject })
    return { user_id: ids.userId, workspace_id: ids.workspaceId, email: person.email }
  })
}

/** For the command line: a new password, which ends every session of the person. */
export const resetPassword = async ({ email, password }: { email: string; password: string }): Promise<void> => {
  const user = await findUserByEmail(emailKeyOf(email) ?? '')
  if (!user) throw new AppError('not_found', 'Nobody has this e-mail address.')
  checkPassword(password, user)
  const passwordHash = await hashPassword(password)
  await transaction(async (tx) => {
    await setPassword(tx, user.id, passwordHash)
    await endSessionsOfUser(tx, user.id)
    const subject = { type: 'user', id: user.id, name: user.name }
    const actor = atConsole(user.memberships[0]?.workspaceId ?? '')
    await record(tx, { actor, event: 'user.password_reset', outcome: 'success', subject })
  })
  await forgetAccount(user.emailKey)
}

/** For the command line: an API key of the first workspace. */
export const createApiKeyAtConsole = async (
  input: z.input<typeof createApiKeyInput>,
): Promise<z.output<typeof createdApiKey>> => {
  const workspace = await findFirstWorkspace()
  if (!workspace) throw new AppError('conflict', 'There is no workspace yet; create an owner first.')
  return createApiKey(atConsole(workspace.id, workspace.organizationId), input)
}

/** Who stands at the machine may do everything; the trail says it was done there. */
const atConsole = (workspaceId: string, organizationId = ''): Actor => ({
  kind: 'system',
  id: 'system',
  name: 'command line',
  workspaceId,
  organizationId,
  role: 'owner',
})
