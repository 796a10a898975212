import type { Actor } from '#lib/auth/actor'
import { authorize, mayDo } from '#lib/auth/authorize'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { noSuchCredential } from '#lib/credentials/view'
import type { Tx } from '#lib/db/client'
import {
  listRotationsInput,
  promoteInput,
  type RotationView,
  rotationList,
  rotationRef,
  startRotationInput,
  rotationView as viewShape,
} from './schema.ts'
import { stageSecret } from './stage.ts'
import {
  cancel,
  type Doing,
  finish,
  type Held,
  hold,
  noSuchRotation,
  obstacleOf,
  promote,
  retry,
  rollBack,
  subjectOf,
} from './steps.ts'
import {
  addDependents,
  findCredential,
  findOpen,
  findRotation,
  insertRotation,
  listRotations as listStored,
  lockCredential,
  type RotatedCredential,
  type StoredRotation,
  updateRotation,
  visibleConnections,
} from './store.ts'
import { rotationView } from './view.ts'

export const startRotation = operation({
  summary: 'Stage a new secret and test every dependent connection with it',
  effect: 'write',
  permission: 'credentials:write',
  object: { kind: 'credential', field: 'id' },
  recentSignIn: true,
  audit: 'rotation.started',
  input: startRotationInput,
  output: viewShape,
  async run({ id, config, soak_hours, auto_promote, reason }, { actor, tx, ticket, subject }) {
    const credential = await lockRotatable(tx, actor, id)
    const toVersion = await stageSecret(tx, actor, credential, config)
    const rotation = {
      id: newId('rotation'),
      workspaceId: actor.workspaceId,
      credentialId: id,
      fromVersion: credential.version,
      toVersion,
      state: 'testing',
      soakHours: soak_hours,
      autoPromote: auto_promote,
      reason: reason ?? null,
      createdBy: actor.id,
      ticket: { ...ticket, event: 'rotation.tested' },
    }
    await insertRotation(tx, rotation)
    const dependents = await addDependents(tx, rotation.id, id)
    const stored = await requireRotation(tx, id, rotation.id)
    subject(subjectOf({ credential, rotation: stored }, { dependents, soak_hours, auto_promote, reason }))
    return viewOf(tx, actor, credential, stored)
  },
})

export const listRotations = operation({
  summary: 'List the rotations of a credential, the newest first',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential', field: 'id' },
  audit: 'none',
  input: listRotationsInput,
  output: rotationList,
  async run({ id, limit, cursor }, { actor, db }) {
    const credential = await requireCredential(db, actor, id)
    const before = decodeCursor(cursor, '-id')?.id
    const found = await listStored(db, id, { limit, ...(before !== undefined && { before }) })
    const { rows, page } = pageOf(found, limit, '-id', (row) => row.id)
    const visible = await visibleTo(db, actor, rows)
    return { items: rows.map((row) => rotationView(row, credential, visible)), page }
  },
})

export const getRotation = operation({
  summary: 'Read one rotation with the test of every dependent connection',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential', field: 'id' },
  audit: 'none',
  input: rotationRef,
  output: viewShape,
  async run({ id, rotation_id }, { actor, db }) {
    const credential = await requireCredential(db, actor, id)
    return viewOf(db, actor, credential, await requireRotation(db, id, rotation_id))
  },
})

export const promoteRotation = operation({
  summary: 'Make the new secret the current one, in one step',
  effect: 'write',
  permission: 'credentials:write',
  object: { kind: 'credential', field: 'id' },
  audit: 'rotation.promoted',
  input: promoteInput,
  output: viewShape,
  async run({ id, rotation_id, force, reason }, { actor, tx, subject }) {
    const held = await holdOwn(tx, actor, id, rotation_id)
    if (!['testing', 'ready', 'failed'].includes(held.rotation.state)) {
      throw new AppError('conflict', 'This rotation was promoted or ended already.')
    }
    if (force && !reason?.trim()) throw reasonMissing()
    const obstacle = await obstacleOf(tx, held, await visibleTo(tx, actor, [held.rotation]))
    if (obstacle !== undefined && !force) throw new AppError('conflict', obstacle)
    await promote(tx, held)
    if (reason !== undefined) await updateRotation(tx, rotation_id, { reason })
    const forced = obstacle !== undefined && { forced: true, obstacle }
    subject(subjectOf(held, { ...forced, ...(reason !== undefined && { reason }) }))
    return viewOf(tx, actor, held.credential, await requireRotation(tx, id, rotation_id))
  },
})

type StepEvent = 'rotation.rolled_back' | 'rotation.finished' | 'rotation.cancelled' | 'rotation.started'

const step = (summary: string, audit: StepEvent, take: (doing: Doing, held: Held) => Promise<void>) =>
  operation({
    summary,
    effect: 'write',
    permission: 'credentials:write',
    object: { kind: 'credential', field: 'id' },
    audit,
    input: rotationRef,
    output: viewShape,
    async run({ id, rotation_id }, { actor, tx, requestId, subject }) {
      const held = await holdOwn(tx, actor, id, rotation_id)
      await take({ tx, actor, requestId }, held)
      subject(subjectOf(held, audit === 'rotation.started' ? { again: true } : {}))
      return viewOf(tx, actor, held.credential, await requireRotation(tx, id, rotation_id))
    },
  })

export const rollBackRotation = step('Go back to the secret before, in one step', 'rotation.rolled_back', rollBack)
export const finishRotation = step('End the soak now and destroy the old secret', 'rotation.finished', finish)
export const cancelRotation = step('Give up a rotation before its promotion', 'rotation.cancelled', cancel)
export const retryRotation = step('Test again what failed or is new', 'rotation.started', ({ tx }, held) =>
  retry(tx, held),
)

const requireCredential = async (
  tx: Tx,
  actor: Actor,
  id: string,
  least: 'view' | 'replace' = 'view',
): Promise<RotatedCredential> => {
  const credential = await findCredential(tx, actor, id, least)
  if (!credential) throw noSuchCredential()
  return credential
}

/** Found for this workspace; what belongs to the whole organization is changed by those who administer it. */
const requireOwn = async (tx: Tx, actor: Actor, id: string): Promise<void> => {
  const credential = await requireCredential(tx, actor, id, 'replace')
  if (credential.workspaceId === null) authorize(actor, 'credentials:administer')
}

const holdOwn = async (tx: Tx, actor: Actor, id: string, rotationId: string): Promise<Held> => {
  await requireOwn(tx, actor, id)
  return hold(tx, id, rotationId)
}

const lockRotatable = async (tx: Tx, actor: Actor, id: string): Promise<RotatedCredential> => {
  await requireOwn(tx, actor, id)
  const credential = await lockCredential(tx, id)
  if (!credential || credential.deletedAt) throw noSuchCredential()
  if (credential.status !== 'active') {
    throw new AppError('conflict', `“${credential.name}” is ${credential.status}. Enable it before you rotate it.`)
  }
  const open = await findOpen(tx, id)
  if (!open) return credential
  const sentence = 'A rotation of this credential is under way. Finish, roll back or cancel it first.'
  throw new AppError('conflict', sentence, { details: { rotation_id: open.id, state: open.state } })
}

const requireRotation = async (tx: Tx, credentialId: string, id: string): Promise<StoredRotation> => {
  const rotation = await findRotation(tx, credentialId, id)
  if (!rotation) throw noSuchRotation()
  return rotation
}

const viewOf = async (
  tx: Tx,
  actor: Actor,
  credential: RotatedCredential,
  rotation: StoredRotation,
): Promise<RotationView> => {
  return rotationView(rotation, credential, await visibleTo(tx, actor, [rotation]))
}

/** The connections among their tests that may be named to somebody. */
const visibleTo = async (tx: Tx, actor: Actor, rotations: readonly StoredRotation[]): Promise<Set<string>> => {
  const ids = rotations.flatMap(({ tests }) => tests.map(({ connectionId }) => connectionId))
  return mayDo(actor, 'credentials:administer') ? new Set(ids) : visibleConnections(tx, actor, ids)
}

const reasonMissing = () => {
  const message = 'Say why it is promoted although not every test passed.'
  return new AppError('invalid_request', message, { errors: [{ pointer: '/reason', message }] })
}
