import { isDeepStrictEqual } from 'node:util'
import type { Viewer } from '#lib/connections/references'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import { findReferences } from './references.ts'
import {
  listPipelinesInput,
  type PipelineView,
  patchPipelineInput,
  pipelineList,
  pipelineRef,
  putPipelineInput,
  removedPipeline,
  removePipelineInput,
  pipelineView as viewShape,
} from './schema.ts'
import {
  countStored,
  deleteStored,
  ensureStored,
  findStored,
  holdReferences,
  listReferences,
  listStored,
  lockStored,
  replaceReferences,
  type StoredPipeline,
  touchStored,
  updateStored,
} from './store.ts'
import { noSuchPipeline, pipelineLine, pipelineView, warningsOf } from './view.ts'

export const listPipelines = operation({
  summary: 'List pipelines with the connections they use',
  effect: 'read',
  permission: 'pipelines:read',
  audit: 'none',
  input: listPipelinesInput,
  output: pipelineList,
  async run({ limit, cursor, sort, q, active, broken, connection }, { actor, db }) {
    const filter = {
      ...(q !== undefined && { q }),
      ...(connection !== undefined && { connection }),
      ...(active !== undefined && { active: active === 'true' }),
      ...(broken !== undefined && { broken: broken === 'true' }),
    }
    const page = { after: decodeCursor(cursor, sort), limit, descending: sort === '-key' }
    const [found, counts] = await Promise.all([listStored(db, actor, filter, page), countStored(db, actor, filter)])
    const cut = pageOf(found, limit, sort, (row) => row.key)
    const references = await listReferences(
      db,
      actor,
      cut.rows.map(({ id }) => id),
    )
    const of = Map.groupBy(references, ({ pipelineId }) => pipelineId)
    return { items: cut.rows.map((row) => pipelineLine(row, of.get(row.id) ?? [])), page: cut.page, counts }
  },
})

export const getPipeline = operation({
  summary: 'Read one pipeline with its definition and the connections it names',
  effect: 'read',
  permission: 'pipelines:read',
  audit: 'none',
  input: pipelineRef,
  output: viewShape,
  async run({ key }, { actor, db }) {
    const row = await findStored(db, actor.workspaceId, key)
    if (!row) throw noSuchPipeline()
    return viewOf(db, actor, row)
  },
})

export const putPipeline = operation({
  summary: 'Register a pipeline; the same call again changes nothing',
  effect: 'write',
  permission: 'pipelines:write',
  audit: 'pipeline.registered',
  input: putPipelineInput,
  output: viewShape,
  async run({ key, if_match, name = key, active, definition }, { actor, tx, subject, meta }) {
    const found = findReferences(definition)
    const { workspaceId } = actor
    const { stored, isNew } = await ensureStored(tx, workspaceId, { key, actorId: actor.id })
    requireRevision(if_match, stored.revision)
    const changed = isNew ? ['name', 'active', 'definition'] : differences(stored, { name, active, definition })
    if (changed.includes('definition')) await replaceReferences(tx, workspaceId, stored.id, found)
    else if (active && changed.includes('active')) await holdReferences(tx, workspaceId, stored.id)
    if (changed.length === 0) await touchStored(tx, workspaceId, stored.id)
    else
      await updateStored(tx, workspaceId, stored.id, {
        name,
        active,
        definition: JSON.parse(JSON.stringify(definition)),
        revision: { increment: 1 },
        updatedBy: actor.id,
        lastSeenAt: new Date(),
      })
    const view = await viewNow(tx, actor, key)
    meta({ created: isNew, changed, warnings: warningsOf(view) })
    subject({ ...subjectOf(view), details: { created: isNew, changed, active, ...namesIn(view) } })
    return view
  },
})

export const patchPipeline = operation({
  summary: 'Rename a pipeline, or say whether it is active; its definition stays',
  effect: 'write',
  permission: 'pipelines:write',
  audit: 'pipeline.updated',
  input: patchPipelineInput,
  output: viewShape,
  async run({ key, if_match, ...given }, { actor, tx, subject, meta }) {
    const stored = await lockStored(tx, actor.workspaceId, key)
    if (!stored) throw noSuchPipeline()
    requireRevision(if_match, stored.revision)
    const { name = stored.name, active = stored.active } = given
    const changed = differences(stored, { name, active })
    if (active && changed.includes('active')) await holdReferences(tx, actor.workspaceId, stored.id)
    if (changed.length > 0) {
      const data = { name, active, revision: { increment: 1 }, updatedBy: actor.id }
      await updateStored(tx, actor.workspaceId, stored.id, data)
    }
    const view = await viewNow(tx, actor, key)
    meta({ changed, warnings: warningsOf(view) })
    const before = { name: stored.name, active: stored.active }
    subject({ ...subjectOf(view), details: { changed, before, after: { name, active } } })
    return view
  },
})

export const deletePipeline = operation({
  summary: 'Forget a pipeline; it appears again when it registers again',
  effect: 'write',
  permission: 'pipelines:write',
  audit: 'pipeline.deleted',
  input: removePipelineInput,
  output: removedPipeline,
  async run({ key, if_match }, { actor, tx, subject }) {
    const stored = await lockStored(tx, actor.workspaceId, key)
    if (!stored) throw noSuchPipeline()
    requireRevision(if_match, stored.revision)
    const view = await viewOf(tx, actor, stored)
    await deleteStored(tx, actor.workspaceId, stored.id)
    subject({ ...subjectOf(view), details: { active: stored.active, ...namesIn(view) } })
    return { id: stored.id, key, deleted: true as const }
  },
})

const viewOf = async (tx: Tx, viewer: Viewer, row: StoredPipeline): Promise<PipelineView> =>
  pipelineView(row, await listReferences(tx, viewer, [row.id]))

const viewNow = async (tx: Tx, viewer: Viewer, key: string): Promise<PipelineView> => {
  const row = await findStored(tx, viewer.workspaceId, key)
  if (!row) throw noSuchPipeline()
  return viewOf(tx, viewer, row)
}

const subjectOf = ({ id, name }: PipelineView) => ({ type: 'pipeline', id, name })

/** The names a definition holds, for the trail; as many as a line can bear. */
const namesIn = ({ key, references }: PipelineView) => {
  const names = [...new Set(references.map(({ conn_id }) => conn_id))]
  return { key, references: references.length, conn_ids: names.slice(0, 50) }
}

const differences = (before: StoredPipeline, after: Partial<StoredPipeline>): string[] =>
  Object.entries(after).flatMap(([name, value]) => {
    const old = Object.entries(before).find(([key]) => key === name)?.[1]
    return isDeepStrictEqual(old, JSON.parse(JSON.stringify(value))) ? [] : [name]
  })
