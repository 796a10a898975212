import { type Force, requireForce } from '#lib/auth/forced'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { requireRevision } from '#lib/core/revision'
import { nameKey } from '#lib/core/text'
import { requireAdminister } from './binding.ts'
import type { Doing } from './doing.ts'
import { nameTaken } from './names.ts'
import {
  deleteCredentialInput,
  deletedCredential,
  purgedCredential,
  restoreCredentialInput,
  restoredCredential,
} from './schema.ts'
import {
  detachUsers,
  isNameTaken,
  listUsers,
  lockStored,
  lockUsers,
  purgeStored,
  type StoredCredential,
  updateStored,
} from './store.ts'
import { noSuchCredential } from './view.ts'

export const deleteCredential = operation({
  summary: 'Delete a credential; it can be restored',
  effect: 'write',
  permission: 'credentials:delete',
  audit: 'credential.deleted',
  input: deleteCredentialInput,
  output: deletedCredential,
  async run({ id, if_match, ...force }, { actor, tx, requestId, subject }) {
    const doing = { tx, actor, requestId }
    const stored = await requireAlive(doing, id)
    requireRevision(if_match, stored.revision)
    const users = await listUsers(tx, actor, id)
    const forced = requireUnused(doing, users, force)
    const deletedAt = new Date()
    await updateStored(tx, actor, id, { deletedAt, updatedBy: actor.id })
    subject({ ...subjectOf(stored), ...(forced && { details: forced }) })
    return { id, status: 'deleted' as const, deleted_at: deletedAt.toISOString() }
  },
})

export const restoreCredential = operation({
  summary: 'Bring a deleted credential back, under another name if its own was taken meanwhile',
  effect: 'write',
  permission: 'credentials:delete',
  audit: 'credential.restored',
  input: restoreCredentialInput,
  output: restoredCredential,
  async run({ id, if_match, name: wanted }, { actor, tx, requestId, subject }) {
    const stored = await requireDeleted({ tx, actor, requestId }, id)
    requireRevision(if_match, stored.revision)
    const name = wanted ?? stored.name
    if (await isNameTaken(tx, actor, nameKey(name), id)) throw nameTaken(name)
    await updateStored(tx, actor, id, { deletedAt: null, name, nameKey: nameKey(name), updatedBy: actor.id })
    subject({ ...subjectOf(stored), name })
    // One that was disabled when it was deleted stays so: bringing it back is not a decision to use it.
    const status = stored.status === 'disabled' ? ('disabled' as const) : ('active' as const)
    return { id, status, deleted_at: null }
  },
})

export const purgeCredential = operation({
  summary: 'Destroy a deleted credential with every version of its secret',
  effect: 'write',
  permission: 'credentials:purge',
  recentSignIn: true,
  audit: 'credential.purged',
  input: deleteCredentialInput,
  output: purgedCredential,
  async run({ id, if_match, ...force }, { actor, tx, requestId, subject }) {
    const doing = { tx, actor, requestId }
    await lockUsers(tx, actor, id)
    const stored = await requireDeleted(doing, id)
    requireRevision(if_match, stored.revision)
    const forced = requireUnused(doing, await listUsers(tx, actor, id, { deleted: true }), force)
    await detachUsers(tx, actor, id)
    await purgeStored(tx, actor, id)
    subject({ ...subjectOf(stored), details: { fields: stored.fields, versions: stored.version, ...forced } })
    return { id, purged: true as const }
  },
})

const requireUnused = ({ actor }: Doing, users: string[], force: Force) =>
  users.length === 0 ? undefined : { ...requireForce(actor, 'credentials:purge', force, inUse(users)), used_by: users }

const inUse = (users: string[]) =>
  new AppError(
    'in_use',
    `Connections use this credential: ${users.slice(0, 3).join(', ')}${users.length > 3 ? ', …' : ''}. Attach another one to them first.`,
    { details: { used_by: users } },
  )

export const requireAlive = async (doing: Doing, id: string): Promise<StoredCredential> => {
  const stored = await lockStored(doing.tx, doing.actor, id, 'replace')
  if (!stored || stored.deletedAt !== null) throw noSuchCredential()
  requireAdminister(doing, stored)
  return stored
}

const requireDeleted = async (doing: Doing, id: string): Promise<StoredCredential> => {
  const stored = await lockStored(doing.tx, doing.actor, id, 'replace')
  if (!stored) throw noSuchCredential()
  requireAdminister(doing, stored)
  if (stored.deletedAt !== null) return stored
  throw new AppError(
    'conflict',
    'Only a deleted credential can be restored or deleted permanently; this one is not deleted.',
  )
}

const subjectOf = ({ id, name }: StoredCredential) => ({ type: 'credential', id, name })
