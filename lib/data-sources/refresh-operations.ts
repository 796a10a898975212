import type { Actor } from '#lib/auth/actor'
import { authorize } from '#lib/auth/authorize'
import { findManifest } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import type { Tx } from '#lib/db/client'
import { queueRefresh } from './queue-refresh.ts'
import {
  cancelRefresh as cancelStored,
  countRefusedLogins,
  findRefresh,
  listRefreshes as listStored,
  type StoredRefresh,
} from './refresh-store.ts'
import {
  oneRefreshInput,
  parseRelationPath,
  type RefreshView,
  refreshesInput,
  refreshesOutput,
  refreshInput,
  refreshStatuses,
  refreshTriggers,
  refreshView,
} from './schema.ts'
import { requireSource } from './store.ts'

/** Wrong passwords an hour, so that a server that counts them locks nobody out (SQL-11). */
const refusedMax = 3

export const requestRefresh = operation({
  summary: 'Read the schema of a data source again: all of it, one schema, or one table',
  effect: 'write',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.refresh_requested',
  input: refreshInput,
  output: refreshView,
  async run({ ref, schema, table }, { actor, tx, ticket, subject }) {
    const source = await requireSource(tx, actor, ref)
    if (!findManifest(source.type)?.capabilities.includes('discover')) {
      throw new AppError('unprocessable', `“${source.name}” has nothing to refresh: its connector cannot list tables.`)
    }
    if ((await countRefusedLogins(tx, actor.workspaceId, source.id)) >= refusedMax) {
      const sentence = `The server refused the login of “${source.name}” ${refusedMax} times within an hour. Correct it and test the connection before you refresh again, so that the account is not locked.`
      throw new AppError('conflict', sentence)
    }
    const trigger = actor.kind === 'user' ? 'manual' : 'api'
    const scope = { schema, name: table }
    const stored = await queueRefresh(tx, { actor, ticket, connectionId: source.id, trigger, ...scope })
    subject({ type: 'connection', id: source.id, name: source.name, details: { refresh: stored.id, schema, table } })
    return viewOf(stored)
  },
})

export const listRefreshes = operation({
  summary:
    'List the refreshes of a data source, the newest first; with `relation` those that found that table (or, with `type`, that routine, enum or extension) different',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: refreshesInput,
  output: refreshesOutput,
  async run({ ref, relation, type, limit, cursor }, { actor, db }) {
    const only = relation === undefined ? undefined : { type, ...parseRelationPath(relation, 'relation') }
    const { id: connectionId } = await requireSource(db, actor, ref)
    const before = decodeCursor(cursor, sort)?.id
    const rows = await listStored(db, actor.workspaceId, { connectionId, only, limit: limit + 1, before })
    const { rows: kept, page } = pageOf(rows, limit, sort, ({ id }) => id)
    return { items: kept.map(viewOf), page }
  },
})

export const getRefresh = operation({
  summary: 'Read how far a refresh is, or what it found',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: oneRefreshInput,
  output: refreshView,
  async run({ ref, id }, { actor, db }) {
    return viewOf(await requireRefresh(db, actor, ref, id))
  },
})

export const cancelRefresh = operation({
  summary: 'Stop a refresh; one of somebody else takes the right to configure data sources',
  effect: 'write',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.refresh_cancelled',
  input: oneRefreshInput,
  output: refreshView,
  async run({ ref, id }, { actor, tx, subject }) {
    const refresh = await requireRefresh(tx, actor, ref, id)
    if (refresh.requestedBy !== actor.id) authorize(actor, 'data-sources:configure')
    if (!(await cancelStored(tx, actor.workspaceId, id))) {
      throw new AppError('conflict', 'This refresh has ended already.')
    }
    subject({ type: 'connection', id: refresh.connectionId, details: { refresh: id } })
    return viewOf(await requireRefresh(tx, actor, ref, id))
  },
})

const sort = 'id'

const requireRefresh = async (tx: Tx, actor: Actor, ref: string, id: string): Promise<StoredRefresh> => {
  const { id: connectionId } = await requireSource(tx, actor, ref)
  const refresh = await findRefresh(tx, actor.workspaceId, connectionId, id)
  if (refresh) return refresh
  throw new AppError('not_found', 'There is no such refresh of this data source.')
}

const viewOf = (row: StoredRefresh): RefreshView => ({
  id: row.id,
  status: refreshStatuses.find((status) => status === row.status) ?? 'failed',
  trigger: refreshTriggers.find((trigger) => trigger === row.trigger) ?? 'api',
  schema: row.schema,
  table: row.name,
  schemas_done: row.schemasDone,
  schemas_total: row.schemasTotal,
  relations: row.relations,
  added: row.added,
  changed: row.changed,
  removed: row.removed,
  unchanged: row.unchanged,
  problem: problemOf(row.problem),
  requested_by: row.requestedBy,
  created_at: row.createdAt.toISOString(),
  started_at: row.startedAt?.toISOString() ?? null,
  ended_at: row.endedAt?.toISOString() ?? null,
})

const problemOf = (stored: unknown): RefreshView['problem'] =>
  refreshView.shape.problem.catch(null).parse(stored ?? null)
