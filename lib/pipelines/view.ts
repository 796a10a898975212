import { AppError } from '#lib/core/errors'
import type { PipelineLine, PipelineReferenceView, PipelineView } from './schema.ts'
import type { ListedPipeline, StoredPipeline, StoredReference } from './store.ts'

export const pipelineView = (row: StoredPipeline, references: readonly StoredReference[]): PipelineView => ({
  ...commonOf(row),
  definition: row.definition as Record<string, unknown>,
  references: references.map(referenceView),
  created_by: row.createdBy,
  updated_by: row.updatedBy,
})

export const pipelineLine = (row: ListedPipeline, references: readonly StoredReference[]): PipelineLine => {
  const views = references.map(referenceView)
  const connections = new Map(
    views.flatMap(({ state, connection }) =>
      connection && state !== 'missing' ? [[connection.id, { ...connection, state }]] : [],
    ),
  )
  const missing = views.flatMap(({ state, conn_id }) => (state === 'missing' ? [conn_id] : []))
  return { ...commonOf(row), connections: [...connections.values()], missing: [...new Set(missing)] }
}

const commonOf = (row: ListedPipeline) => ({
  id: row.id,
  key: row.key,
  name: row.name,
  active: row.active,
  revision: row.revision,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  last_seen_at: row.lastSeenAt.toISOString(),
})

const referenceView = (row: StoredReference): PipelineReferenceView => {
  const { pointer, writtenId: conn_id, node } = row
  const connection = connectionOf(row)
  const state = connection === null ? 'missing' : row.deletedAt === null ? 'bound' : 'deleted'
  return { pointer, conn_id, node, state, connection }
}

const connectionOf = ({ id, connId, name, type, environment }: StoredReference): PipelineReferenceView['connection'] =>
  id === null || connId === null || name === null || type === null
    ? null
    : { id, conn_id: connId, name, type, environment }

/** What an active pipeline's references say to whoever registers it. */
export const warningsOf = ({ active, references }: PipelineView): { pointer: string; message: string }[] =>
  references.flatMap(({ pointer, conn_id, state }) => {
    if (!active || state === 'bound') return []
    const message =
      state === 'deleted'
        ? `The connection “${conn_id}” is deleted. Restore it, or name another one.`
        : `There is no connection “${conn_id}” that you may see. The reference is kept until there is one.`
    return [{ pointer: `/definition${pointer}`, message }]
  })

export const noSuchPipeline = () =>
  new AppError('not_found', 'There is no such pipeline, or it belongs to another workspace.')
