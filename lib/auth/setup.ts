import type * as z from 'zod'
import { record } from '#lib/audit/record'
import { AppError } from '#lib/core/errors'
import { parseInput } from '#lib/core/parse'
import { db, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import { clientOf } from './client.ts'
import { parseEmail } from './email.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import { setupInput, setupOutput } from './schema.ts'
import { countUsers, insertOwner, lockSetup, lockSetupToken, upsertSetupToken, useSetupToken } from './store.ts'
import { hashToken, randomBase62, sameBytes } from './tokens.ts'

const tokenLife_ms = 3_600_000
let isDone = false

/** Whether nobody exists yet, so that the first owner has to be made. */
export const setupNeeded = async (): Promise<boolean> => {
  if (isDone) return false
  isDone = (await countUsers(db())) > 0
  return !isDone
}

/** A new one-time token for the link the server prints (AUTHN-2); undefined once somebody exists. It replaces the last one. */
export const issueSetupToken = async (now = new Date()): Promise<string | undefined> => {
  if ((await countUsers(db())) > 0) return undefined
  const token = randomBase62(43)
  await upsertSetupToken(hashToken(token), new Date(now.getTime() + tokenLife_ms))
  return token
}

/** Makes the organization, the workspace and its owner; exactly one of any number of simultaneous calls succeeds. */
export const completeSetup = async (
  fields: z.input<typeof setupInput>,
  client: { requestId?: string; ip?: string; userAgent?: string } = {},
): Promise<z.output<typeof setupOutput>> => {
  const input = parseInput(setupInput, fields)
  const address = parseEmail(input.email)
  checkPassword(input.password, { email: address.email, name: input.name })
  return transaction(async (tx) => {
    await takeToken(tx, input.token)
    const owner = await insertOwner(tx, {
      ...address,
      name: input.name,
      passwordHash: await hashPassword(input.password),
      workspace: input.workspace,
      tag: tagOf(),
    })
    await record(tx, {
      actor: { kind: 'user', id: owner.userId, name: input.name, ...owner, ...client },
      event: 'setup.completed',
      outcome: 'success',
      subject: { type: 'user', id: owner.userId, name: input.name },
      ...(client.requestId !== undefined && { requestId: client.requestId }),
    })
    return { user_id: owner.userId, workspace_id: owner.workspaceId, email: address.email }
  })
}

/** The part of API keys that tells workspaces apart. */
export const tagOf = (): string => randomBase62(8).toLowerCase()

const takeToken = async (tx: Tx, token: string): Promise<void> => {
  await lockSetup(tx)
  const stored = await lockSetupToken(tx)
  if ((await countUsers(tx)) > 0) throw new AppError('setup_done', 'Jackfield is already set up. Sign in instead.')
  const isRight = stored && sameBytes(stored.tokenHash, hashToken(token))
  if (!isRight || stored.usedAt || stored.expiresAt <= new Date()) {
    const message = 'This set-up link is not valid any more. Restart Jackfield to get a new one.'
    throw new AppError('forbidden', message, { errors: [{ pointer: '/token', message }] })
  }
  await useSetupToken(tx)
}

/** `POST /api/setup`: the one call that needs no sign-in, because nobody can sign in yet. */
export const setupAction = {
  summary: 'Make the first owner, with the one-time token the server printed',
  effect: 'write' as const,
  input: setupInput,
  output: setupOutput,
  run: (fields: z.input<typeof setupInput>, { requestId, headers }: { requestId: string; headers: Headers }) =>
    completeSetup(fields, { requestId, ...clientOf(headers) }),
}
