import type { AuditEvent } from '#lib/audit/events'
import { record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import type { RotationState } from './schema.ts'
import {
  addDependents,
  adoptTests,
  destroyVersion,
  findById,
  listUntested,
  lockCredential,
  openStates,
  type RotatedCredential,
  type StoredRotation,
  setPending,
  switchVersion,
  updateRotation,
} from './store.ts'

// The steps of a rotation. Each runs in its caller's transaction with the credential locked, so that two of them never
// overlap, and leaves a version that works: the current one is switched in one statement and destroyed never.

/** A rotation and its credential, both as they are now and nobody else's to change until the transaction ends. */
export interface Held {
  credential: RotatedCredential
  rotation: StoredRotation
}

type Who = Pick<Actor, 'kind' | 'id' | 'name' | 'workspaceId' | 'ip' | 'userAgent'>
export interface Doing {
  tx: Tx
  actor: Who
  requestId?: string
}

export const hold = async (tx: Tx, credentialId: string, rotationId: string): Promise<Held> => {
  const credential = await lockCredential(tx, credentialId)
  const rotation = credential && (await findById(tx, rotationId))
  if (!credential || rotation?.credentialId !== credentialId) throw noSuchRotation()
  return { credential, rotation }
}

/** Makes the new version the current one for everything at once. */
export const promote = async (tx: Tx, { credential, rotation }: Held, now = new Date()): Promise<void> => {
  if (isOvertaken({ credential, rotation })) {
    throw new AppError('conflict', 'The credential was changed meanwhile. Cancel this rotation and start another one.')
  }
  const isThere = await switchVersion(tx, credential, rotation.toVersion, null)
  if (!isThere) throw new AppError('conflict', 'The new secret is not there any more. Start the rotation again.')
  await adoptTests(tx, credential.id, rotation.toVersion)
  await updateRotation(tx, rotation.id, {
    state: 'soaking',
    promotedAt: now,
    soakUntil: new Date(now.getTime() + rotation.soakHours * 3_600_000),
    rotateReason: credential.rotateReason,
  })
}

/** What keeps a rotation from being promoted without force; undefined: nothing. Names only what is visible, if that is said. */
export const obstacleOf = async (
  tx: Tx,
  { credential, rotation }: Held,
  visible?: ReadonlySet<string>,
): Promise<string | undefined> => {
  if (rotation.state === 'testing')
    return 'The tests are not finished yet. Wait for them, or promote anyway with a reason.'
  const failed = rotation.tests.filter(({ state }) => state === 'failed')
  if (failed.length > 0) {
    return `The new secret does not work for ${failed
      .map(({ name, connectionId }) =>
        visible?.has(connectionId) === false ? 'a connection you may not see' : `“${name}”`,
      )
      .slice(0, 3)
      .join(', ')}. Mend that and test again, or promote anyway with a reason.`
  }
  const untested = await listUntested(tx, credential.id, rotation.toVersion)
  if (untested.length === 0) return undefined
  return 'Connections were added or changed after their test. Test again, or promote anyway with a reason.'
}

export const rollBack = async (doing: Doing, { credential, rotation }: Held): Promise<void> => {
  requireState(rotation, ['soaking'], 'Only a promoted secret that is still soaking can be rolled back.')
  if (credential.version !== rotation.toVersion) throw changedSincePromotion()
  const isThere = await switchVersion(doing.tx, credential, rotation.fromVersion, rotation.rotateReason)
  if (!isThere) throw new AppError('conflict', 'The secret before is not there any more, so nothing was changed.')
  await adoptTests(doing.tx, credential.id, rotation.fromVersion)
  await destroy(doing, credential, rotation.toVersion)
  await end(doing.tx, rotation, 'rolled_back')
}

export const finish = async (doing: Doing, { credential, rotation }: Held): Promise<void> => {
  requireState(rotation, ['soaking'], 'Only a promoted rotation can be finished.')
  await destroy(doing, credential, rotation.fromVersion)
  await end(doing.tx, rotation, 'finished')
}

export const cancel = async (doing: Doing, { credential, rotation }: Held): Promise<void> => {
  const sentence = 'It is promoted already. Roll it back instead.'
  requireState(rotation, ['testing', 'ready', 'failed'], sentence)
  await destroy(doing, credential, rotation.toVersion)
  await end(doing.tx, rotation, 'cancelled')
}

/** Tests again what failed, what was changed after its test, and what was attached since. */
export const retry = async (tx: Tx, { credential, rotation }: Held): Promise<void> => {
  requireState(rotation, ['ready', 'failed'], 'Tests can be repeated once all of them have ended, until the promotion.')
  await setPending(tx, rotation.id)
  await setPending(tx, rotation.id, await listUntested(tx, credential.id, rotation.toVersion))
  await addDependents(tx, rotation.id, credential.id)
  await updateRotation(tx, rotation.id, { state: 'testing' })
}

/** Takes the step a rotation takes by itself, if there is one now. */
export const settle = async (tx: Tx, { credential, rotation }: Held, actor: Who, now = new Date()): Promise<void> => {
  const doing = { tx, actor }
  if (!openStates.some((state) => state === rotation.state)) return
  if (rotation.state === 'soaking') {
    const isOver = rotation.soakUntil !== null && rotation.soakUntil <= now
    if (!isOver && credential.version === rotation.toVersion) return
    await finish(doing, { credential, rotation })
    return note(doing, 'rotation.finished', { credential, rotation })
  }
  if (isOvertaken({ credential, rotation })) {
    await cancel(doing, { credential, rotation })
    return note(doing, 'rotation.cancelled', { credential, rotation }, { why: 'the credential was changed or deleted' })
  }
  if (rotation.state === 'testing') await endTesting(doing, { credential, rotation }, now)
}

const endTesting = async (doing: Doing, { credential, rotation }: Held, now: Date): Promise<void> => {
  const { tx } = doing
  if (rotation.tests.some(({ state }) => state === 'pending' || state === 'running')) return
  // Attached while the others were tested: it is tested too.
  if ((await addDependents(tx, rotation.id, credential.id)) > 0) return
  const hasFailed = rotation.tests.some(({ state }) => state === 'failed')
  await updateRotation(tx, rotation.id, { state: hasFailed ? 'failed' : 'ready' })
  const ended: Held = { credential, rotation: { ...rotation, state: hasFailed ? 'failed' : 'ready' } }
  if (hasFailed || !rotation.autoPromote || (await obstacleOf(tx, ended)) !== undefined) return
  await promote(tx, ended, now)
  await note(doing, 'rotation.promoted', ended, { automatic: true })
}

export const note = (
  { tx, actor, requestId }: Doing,
  event: AuditEvent,
  held: Held,
  more: Record<string, unknown> = {},
): Promise<void> =>
  record(tx, { actor, event, outcome: 'success', ...(requestId && { requestId }), subject: subjectOf(held, more) })

export const subjectOf = ({ credential, rotation }: Held, more: Record<string, unknown> = {}) => ({
  type: 'credential',
  id: credential.id,
  name: credential.name,
  details: {
    rotation_id: rotation.id,
    from_version: rotation.fromVersion,
    to_version: rotation.toVersion,
    ...more,
  },
})

const destroy = async (doing: Doing, credential: RotatedCredential, version: number): Promise<void> => {
  if (!(await destroyVersion(doing.tx, credential.id, version))) return
  const { id, name } = credential
  const subject = { type: 'credential', id, name, details: { version } }
  const { tx, actor, requestId } = doing
  const event = 'credential.version_destroyed'
  await record(tx, { actor, event, outcome: 'success', ...(requestId && { requestId }), subject })
}

const end = (tx: Tx, { id }: StoredRotation, state: RotationState): Promise<void> =>
  updateRotation(tx, id, { state, finishedAt: new Date() })

const isOvertaken = ({ credential, rotation }: Held): boolean =>
  credential.deletedAt !== null || credential.version !== rotation.fromVersion

const requireState = ({ state }: StoredRotation, allowed: readonly RotationState[], sentence: string): void => {
  if (!allowed.some((one) => one === state)) throw new AppError('conflict', sentence, { details: { state } })
}

const changedSincePromotion = () =>
  new AppError('conflict', 'The secret was replaced after the promotion, so there is nothing to roll back to.')

export const noSuchRotation = () => new AppError('not_found', 'There is no such rotation of this credential.')
