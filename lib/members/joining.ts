import type * as z from 'zod'
import { record } from '#lib/audit/record'
import { clientOf } from '#lib/auth/client'
import { parseEmail } from '#lib/auth/email'
import { checkPassword, hashPassword, isPassword } from '#lib/auth/passwords'
import { forgetTries, isOneTooMany } from '#lib/auth/sign-in-limits'
import { hashToken } from '#lib/auth/tokens'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { parseInput } from '#lib/core/parse'
import { db, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'
import {
  closeInvitation,
  findAccount,
  findByToken,
  insertAccount,
  insertMembership,
  lockByAddress,
  lockByToken,
} from './invitation-store.ts'
import { roleOf } from './rules.ts'
import { acceptInvitationInput, invitationFacts, joined, lookAtInvitationInput } from './schema.ts'

interface Client {
  requestId?: string
  ip?: string
  userAgent?: string
}

type Accept = z.output<typeof acceptInvitationInput>
type Invitation = NonNullable<Awaited<ReturnType<typeof findByToken>>>

/** Makes the account and the member; exactly one of any number of simultaneous calls succeeds. */
export const acceptInvitation = async (
  fields: z.input<typeof acceptInvitationInput>,
  client: Client = {},
): Promise<z.output<typeof joined>> => {
  const input = parseInput(acceptInvitationInput, fields)
  const invitation = await requireOpen(input.token, client)
  const known = await findAccount(db(), invitation.emailKey)
  if (known) await provePerson(known, { invitation, password: input.password, client })
  else checkNewPerson(input, invitation)
  return transaction(async (tx) => {
    const locked = await lockByToken(tx, hashToken(input.token), invitation.emailKey)
    if (!locked) throw deadLink()
    const account = known ?? (await makeAccount(tx, input, invitation))
    await join(tx, account, locked, client)
    return { user_id: account.id, workspace_id: locked.workspaceId, email: invitation.email }
  })
}

interface Vouched {
  /** Whose address this is, says the identity provider. */
  email: string
  name: string
  /** Somebody who has an account already. */
  account?: { id: string; name: string } | undefined
}

/**
 * Joins by every open invitation to an address that an identity provider has verified. Makes an account only where there
 * was none: an address alone never opens an existing one (AUTHN-3).
 */
export const joinByAddress = async (
  tx: Tx,
  { email, name, account }: Vouched,
  client: Client,
): Promise<{ id: string; name: string } | 'not_invited' | 'account_exists'> => {
  const address = parseEmail(email)
  const open = await lockByAddress(tx, address.emailKey)
  // Everything behind a “+” is folded into one account, but not every mail server delivers it to one person.
  const invitations = open.filter((invitation) => invitation.email.toLowerCase() === address.email.toLowerCase())
  if (invitations.length === 0) return 'not_invited'
  if (!account && (await findAccount(tx, address.emailKey))) return 'account_exists'
  const joining = account ?? { id: newId('user'), name }
  if (!account) await insertAccount(tx, { ...joining, ...address, passwordHash: null })
  for (const invitation of invitations) await join(tx, joining, invitation, client)
  return joining
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockByToken>>>

const join = async (tx: Tx, account: { id: string; name: string }, invitation: Locked, client: Client) => {
  const { id, workspaceId, workspace, role } = invitation
  await insertMembership(tx, { workspaceId, userId: account.id, role })
  await closeInvitation(tx, id, account.id)
  const { requestId, ...from } = client
  await record(tx, {
    actor: { kind: 'user', id: account.id, name: account.name, workspaceId, ...workspace, ...from },
    event: 'member.joined',
    outcome: 'success',
    subject: { type: 'user', id: account.id, name: account.name, details: { invitation: id, role } },
    ...(requestId !== undefined && { requestId }),
  })
}

/** Guessing links is hopeless; that it is tried at all is made slow as well. */
const requireOpen = async (token: string, { ip }: Client): Promise<Invitation> => {
  const invitation = await findByToken(hashToken(token))
  if (invitation) return invitation
  if (await isOneTooMany({ emailKey: 'an invitation', ip })) throw tooMany()
  throw deadLink()
}

type Account = NonNullable<Awaited<ReturnType<typeof findAccount>>>

/** Whoever holds the link may not be the one who has the account: the password says so, under the limits of signing in. */
const provePerson = async (
  account: Account,
  { invitation, password, client: { ip } }: { invitation: Invitation; password: string; client: Client },
): Promise<void> => {
  const tried = { emailKey: invitation.emailKey, ip }
  if (await isOneTooMany(tried)) throw tooMany()
  if ((await isPassword(account.passwordHash, password)) && account.status === 'active') return forgetTries(tried)
  const message = 'That is not the password of your account. Type the one you sign in with.'
  throw new AppError('forbidden', message, { errors: [{ pointer: '/password', message }] })
}

const checkNewPerson = ({ name, password }: Accept, { email }: Invitation): void => {
  if (name === undefined) {
    const message = 'Enter your name.'
    throw new AppError('invalid_request', message, { errors: [{ pointer: '/name', message }] })
  }
  checkPassword(password, { email, name })
}

const makeAccount = async (tx: Tx, { name = '', password }: Accept, { email, emailKey }: Invitation) => {
  // Somebody was faster, by another invitation: then it is their password that counts.
  if (await findAccount(tx, emailKey)) throw new AppError('conflict', 'This address has an account now; try again.')
  const account = { id: newId('user'), email, emailKey, name }
  await insertAccount(tx, { ...account, passwordHash: await hashPassword(password) })
  return account
}

const deadLink = () => {
  const message = 'This invitation is not valid any more. Ask for a new one.'
  return new AppError('forbidden', message, { errors: [{ pointer: '/token', message }] })
}

const tooMany = () => new AppError('rate_limited', 'Too many attempts. Wait a few minutes, then try again.')

/** `POST /api/invitations/accept`: needs no sign-in, because the person may have no account yet. */
export const acceptAction = {
  summary: 'Join a workspace with the link of an invitation',
  effect: 'write' as const,
  input: acceptInvitationInput,
  output: joined,
  run: (
    fields: z.input<typeof acceptInvitationInput>,
    { requestId, headers }: { requestId: string; headers: Headers },
  ) => acceptInvitation(fields, { requestId, ...clientOf(headers) }),
}

/** `POST /api/invitations/look`: what the link is for. A POST, because a token does not belong into an address. */
export const lookAction = {
  summary: 'Read what an invitation is for, by the token of its link',
  effect: 'read' as const,
  input: lookAtInvitationInput,
  output: invitationFacts,
  async run(fields: z.input<typeof lookAtInvitationInput>, { headers }: { headers: Headers }) {
    const { token } = parseInput(lookAtInvitationInput, fields)
    const invitation = await requireOpen(token, clientOf(headers))
    const has_account = (await findAccount(db(), invitation.emailKey)) !== null
    const { workspace, email } = invitation
    return { workspace: workspace.name, email, role: roleOf(invitation), has_account }
  },
}
