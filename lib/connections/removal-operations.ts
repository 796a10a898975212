import { requireForce } from '#lib/auth/forced'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { changedMeanwhile, requireRevision } from '#lib/core/revision'
import { purgeInlineCredential } from '#lib/credentials/attach'
import type { Tx } from '#lib/db/client'
import { requireNoSlot } from '#lib/replications/leash'
import { requireAlive, requireDeleted, subjectOf, viewOf } from './found.ts'
import { requireFree } from './names.ts'
import { bindReferences, holdNames, namesOf, takeName } from './naming-store.ts'
import {
  deleteConnectionInput,
  deletedConnection,
  purgedConnection,
  removeConnectionInput,
  connectionView as viewShape,
} from './schema.ts'
import { findStored, listActivePipelines, purgeStored, updateStored, type Viewer } from './store.ts'

export const deleteConnection = operation({
  summary: 'Delete a connection; it can be restored. Where active pipelines use it, only with `force` and a reason',
  effect: 'write',
  permission: 'connections:delete',
  audit: 'connection.deleted',
  input: deleteConnectionInput,
  output: deletedConnection,
  async run({ ref, if_match, ...force }, { actor, tx, subject, meta }) {
    const current = await requireAlive(tx, actor, ref)
    requireRevision(if_match, current.revision)
    await requireNoSlot(tx, actor.workspaceId, current.id)
    // Whoever registers holds the connection: they came before and are seen here, or wait and are told that it is deleted.
    const pipelines = await listActivePipelines(tx, actor.workspaceId, current.id)
    const names = pipelines.map(({ name }) => name)
    const forced =
      names.length === 0
        ? undefined
        : { ...requireForce(actor, 'connections:purge', force, inUse(pipelines, names)), used_by: names }
    const deletedAt = new Date()
    if (!(await updateStored(tx, actor.workspaceId, current, { deletedAt, updatedBy: actor.id })))
      throw changedMeanwhile()
    if (forced) meta({ used_by: names })
    subject({ ...subjectOf(current), ...(forced && { details: forced }) })
    return { id: current.id, conn_id: current.connId, status: 'deleted' as const, deleted_at: deletedAt.toISOString() }
  },
})

export const restoreConnection = operation({
  summary: 'Bring a deleted connection back; pipelines that name it have it again',
  effect: 'write',
  permission: 'connections:delete',
  audit: 'connection.restored',
  input: removeConnectionInput,
  output: viewShape,
  async run({ ref, if_match }, { actor, tx, subject }) {
    await holdNamesOf(tx, actor, ref)
    const current = await requireDeleted(tx, actor, ref)
    requireRevision(if_match, current.revision)
    await requireFree(tx, actor.workspaceId, { connId: current.connId, name: current.name })
    if (!(await updateStored(tx, actor.workspaceId, current, { deletedAt: null, updatedBy: actor.id })))
      throw changedMeanwhile()
    await takeName(tx, actor.workspaceId, current.connId)
    subject(subjectOf(current))
    return viewOf(tx, actor, current.id)
  },
})

export const purgeConnection = operation({
  summary: 'Delete a deleted connection permanently, with the credential that was typed for it alone',
  effect: 'write',
  permission: 'connections:purge',
  audit: 'connection.purged',
  input: removeConnectionInput,
  output: purgedConnection,
  async run({ ref, if_match }, { actor, tx, requestId, subject, meta }) {
    const names = await holdNamesOf(tx, actor, ref)
    const current = await requireDeleted(tx, actor, ref)
    requireRevision(if_match, current.revision)
    await purgeStored(tx, actor.workspaceId, current.id)
    await bindReferences(tx, actor.workspaceId, names)
    const { credentialId } = current
    meta({
      credential_purged: credentialId !== null && (await purgeInlineCredential({ tx, actor, requestId }, credentialId)),
    })
    subject(subjectOf(current))
    return { id: current.id, purged: true as const }
  },
})

/** Names are held before the connection is: the order in which everybody takes them. */
const holdNamesOf = async (tx: Tx, viewer: Viewer, ref: string): Promise<string[]> => {
  const found = await findStored(tx, viewer, ref, { deleted: true })
  if (!found) return []
  const names = await namesOf(tx, viewer.workspaceId, found)
  await holdNames(tx, viewer.workspaceId, names, 'change')
  return names
}

const inUse = (pipelines: { key: string; name: string }[], names: string[]) =>
  new AppError(
    'in_use',
    `Active pipelines use this connection: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}. Deactivate them first.`,
    { details: { used_by: names, pipelines } },
  )
