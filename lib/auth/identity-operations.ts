import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import type { Tx } from '#lib/db/client'
import { listIdentitiesOf, lockPerson, removeIdentity } from './identity-store.ts'
import { isConfigured, oidcSettings } from './oidc/settings.ts'
import { type IdentityView, identityList, identityRef, listIdentitiesInput, unlinked } from './schema.ts'
import { endOtherSessions, findUser } from './store.ts'
import { hashToken } from './tokens.ts'

export const listIdentities = operation({
  summary: 'List the accounts at identity providers that you can sign in with',
  effect: 'read',
  permission: 'workspace:read',
  audit: 'none',
  input: listIdentitiesInput,
  output: identityList,
  async run(_input, { actor, db }) {
    return { items: (await listIdentitiesOf(db, actor.id)).map(viewOf) }
  },
})

export const unlinkIdentity = operation({
  summary: 'Unlink an account of an identity provider; your other sessions end',
  effect: 'write',
  permission: 'workspace:read',
  recentSignIn: true,
  audit: 'identity.unlinked',
  input: identityRef,
  output: unlinked,
  async run({ id }, { actor, tx, subject }) {
    await lockPerson(tx, actor.id)
    const all = await listIdentitiesOf(tx, actor.id)
    const identity = all.find((row) => idOf(row) === id)
    if (!identity || !actor.sessionId) throw new AppError('not_found', 'No such account is linked to yours.')
    const others = all.filter((row) => row !== identity)
    await requireAnotherWay(tx, actor.id, others)
    await removeIdentity(tx, identity)
    // Whoever came in by it is out with it.
    const ended = await endOtherSessions(tx, actor.id, actor.sessionId)
    const { issuer, subject: account } = identity
    subject({ type: 'user', id: actor.id, name: actor.name, details: { issuer, subject: account, ended } })
    return { id, ended }
  },
})

type Row = Awaited<ReturnType<typeof listIdentitiesOf>>[number]

const requireAnotherWay = async (tx: Tx, userId: string, others: Row[]): Promise<void> => {
  const user = await findUser(tx, userId)
  if (user?.passwordHash != null || others.some(isConfigured)) return
  throw new AppError('conflict', 'This is your only way to sign in. Link another account first.')
}

const viewOf = (row: Row): IdentityView => ({
  id: idOf(row),
  // One of a provider that is not set up any more opens nothing, but is shown for what it is.
  provider: isConfigured(row) ? (oidcSettings()?.name ?? row.issuer) : row.issuer,
  usable: isConfigured(row),
  email: row.email,
  created_at: row.createdAt.toISOString(),
})

/** What stands for issuer and subject in an address: it tells nothing about either. */
const idOf = ({ issuer, subject }: Row): string =>
  Buffer.from(hashToken(`${issuer} ${subject}`))
    .toString('base64url')
    .slice(0, 22)
