import { mayDo } from '#lib/auth/authorize'
import { authorizeOn, mayDoOn } from '#lib/auth/grants'
import { AppError } from '#lib/core/errors'
import type { Destination } from '#lib/credentials/destination'
import { bindTo, requireBinding, requireExchange, sharedWith } from './binding.ts'
import type { Bundle } from './bundle.ts'
import { type Difference, differenceOf } from './difference.ts'
import { type Doing, note } from './doing.ts'
import type { CredentialKind } from './kinds.ts'
import { requireNoRotation } from './rotating.ts'
import { placeColumns, sealNext, sealTo, storeInlineCredential } from './seal-version.ts'
import { findStored, isUsed, listUsers, lockStored, purgeStored, type StoredCredential, updateStored } from './store.ts'

/**
 * Destroys a credential that was typed on the form of a connection that is gone, unless another connection uses it, a
 * deleted one too: that one can be restored. True if it is gone, with every version of its secret.
 */
export const purgeInlineCredential = async (doing: Doing, credentialId: string): Promise<boolean> => {
  const { tx, actor } = doing
  const stored = await lockStored(tx, actor, credentialId, 'replace')
  if (!stored?.inline || (await isUsed(tx, credentialId))) return false
  await purgeStored(tx, actor, credentialId)
  await note(doing, 'credential.purged', stored, { fields: stored.fields, versions: stored.version })
  return true
}

/** Lets a connection use a stored credential: it must fit, be usable, and be sealed to this destination or to none yet. */
export const attachCredential = async (
  doing: Doing,
  credentialId: string,
  { accepted, destination }: { accepted: readonly CredentialKind[]; destination: Destination },
): Promise<void> => {
  await authorizeOn(doing.tx, doing.actor, 'credentials:attach', { kind: 'credential', ref: credentialId })
  const stored = await lockStored(doing.tx, doing.actor, credentialId, 'attach')
  if (!stored || stored.deletedAt !== null) throw wrongCredential('There is no such credential.')
  if (stored.status !== 'active')
    throw wrongCredential(`“${stored.name}” is disabled. Enable it, or choose another one.`)
  if (!accepted.some((kind) => kind === stored.kind)) {
    throw wrongCredential(`“${stored.name}” does not fit this connector; it takes ${accepted.join(', ')}.`)
  }
  await bindTo(doing, stored, destination)
}

/** Whether this actor may attach a credential that a connection has, so that a copy of the connection keeps it. */
export const mayAttach = async ({ tx, actor }: Doing, credentialId: string): Promise<boolean> =>
  (await mayDoOn(tx, actor, 'credentials:attach', { kind: 'credential', ref: credentialId })) &&
  (await findStored(tx, actor, credentialId, 'attach')) !== undefined

export interface SecretChange {
  /** Names of the fields that changed: secret ones as they are, public ones as `credential.username`. */
  changed: string[]
  /** Set when the connection got a credential of its own because others use the old one. */
  replacedBy?: string
}

/** Changes the credential of a connection by what was typed on its form, and seals it to where the connection now points. */
export const changeCredential = async (
  doing: Doing,
  credentialId: string,
  {
    bundle,
    destination,
    connection,
  }: { bundle: Bundle; destination: Destination; connection: { id: string; name: string } },
): Promise<SecretChange> => {
  const stored = await lockOwn(doing, credentialId, 'attach')
  const change = differenceOf(stored, bundle)
  if (!change.isTyped && !change.isMetaChanged) {
    await bindTo(doing, stored, destination, connection.id)
    return { changed: [] }
  }
  await authorizeOn(doing.tx, doing.actor, 'credentials:write', { kind: 'credential', ref: credentialId })
  await lockOwn(doing, credentialId, 'replace')
  const others = await listUsers(doing.tx, doing.actor, credentialId, { except: connection.id })
  const isOthers = stored.workspaceId === null && !mayDo(doing.actor, 'credentials:administer')
  if (isOthers || others.length > 0) return replaceShared(doing, { bundle, destination, connection, change, others })
  return changeOwn(doing, stored, { bundle, destination, change, connectionId: connection.id })
}

/** Checks, for a connection that keeps its secret, that the secret may go where the connection now points. */
export const keepCredential = async (
  doing: Doing,
  credentialId: string,
  { destination, isMoved, connectionId }: { destination: Destination; isMoved: boolean; connectionId: string },
): Promise<void> => {
  // One that is restricted to others stays where it is, whoever changes the rest of the connection.
  if (!isMoved && !(await findStored(doing.tx, doing.actor, credentialId, 'attach'))) return
  await bindTo(doing, await lockOwn(doing, credentialId, 'attach'), destination, connectionId)
}

const changeOwn = async (
  doing: Doing,
  stored: StoredCredential,
  given: { bundle: Bundle; destination: Destination; change: Difference; connectionId: string },
): Promise<SecretChange> => {
  const { tx, actor } = doing
  const { bundle, destination, change } = given
  await requireNoRotation(tx, stored.id)
  // A secret that is typed in full may go where it was typed for; one that is only kept may not.
  const isKept = change.kept.length > 0
  const sealedTo = isKept ? await requireBinding(doing, stored, destination, given.connectionId) : destination
  if (isKept) await requireExchange(doing, stored, bundle.meta)
  const place = { destination: sealedTo, config: bundle.meta }
  const next = change.isTyped ? await sealNext(doing, stored, { bundle, kept: change.kept, place }) : undefined
  const changed = [...change.metaChanged.map((name) => `credential.${name}`), ...(next?.changed ?? [])]
  await updateStored(tx, actor, stored.id, {
    ...(change.isTyped ? placeColumns(place) : await sealTo(doing, stored, place)),
    ...(next?.version !== undefined && { version: next.version, rotateReason: null }),
  })
  if (changed.length > 0) await note(doing, 'credential.updated', stored, { changed })
  return { changed }
}

/** Others use the credential: they keep it, and this connection gets its own, if its whole secret was typed. */
const replaceShared = async (
  doing: Doing,
  given: {
    bundle: Bundle
    destination: Destination
    connection: { name: string }
    change: Difference
    others: string[]
  },
): Promise<SecretChange> => {
  const { bundle, destination, connection, change, others } = given
  if (change.kept.length > 0) throw sharedWith(others)
  const replacedBy = await storeInlineCredential(doing, { name: connection.name, bundle, destination })
  const changed = [...change.metaChanged.map((name) => `credential.${name}`), ...Object.keys(bundle.typed)].sort()
  return { changed: [...changed, 'credential_id'], replacedBy }
}

const lockOwn = async ({ tx, actor }: Doing, id: string, least: 'attach' | 'replace'): Promise<StoredCredential> => {
  const stored = await lockStored(tx, actor, id, least)
  if (!stored)
    throw wrongCredential(
      'The credential of this connection is gone or restricted. Attach another one, or ask an admin.',
    )
  return stored
}

const wrongCredential = (message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer: '/credential_id', message }] })
