import { seesRestricted } from '#lib/auth/grants'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { lookSoon } from './running.ts'
import { cancelAnswer, listQueriesInput, queryList, queryRef, queryView } from './schema.ts'
import { findRun, listRuns, requestCancel } from './store.ts'
import { noSuchQuery, viewOf } from './view.ts'

const object = { kind: 'connection' } as const

export const listQueries = operation({
  summary: 'List your own queries, newest first',
  effect: 'read',
  permission: 'data-sources:query',
  object,
  audit: 'none',
  input: listQueriesInput,
  output: queryList,
  async run({ limit, cursor, connection, q }, { actor, db }) {
    const before = decodeCursor(cursor, 'id')?.id
    const filter = { ...(connection && { connection }), ...(q && { q }), ...(before && { before }) }
    const found = await listRuns(db, actor, { ...filter, limit: limit + 1 })
    const { rows, page } = pageOf(found, limit, 'id', ({ id }) => id)
    return { items: rows.map(viewOf), page }
  },
})

export const getQuery = operation({
  summary: 'Read one of your own queries or exports: how many rows and bytes it has come to, or how it ended',
  effect: 'read',
  permission: 'data-sources:query',
  object,
  audit: 'none',
  input: queryRef,
  output: queryView,
  async run({ id }, { actor, db }) {
    const found = await findRun(db, actor, id)
    if (!found) throw noSuchQuery()
    return viewOf(found)
  },
})

export const cancelQuery = operation({
  summary: 'Cancel a query: the server stops working on it. Admins cancel anybody’s',
  effect: 'write',
  permission: 'data-sources:query',
  object,
  audit: 'query.cancelled',
  input: queryRef,
  output: cancelAnswer,
  async run({ id }, { actor, tx, subject }) {
    const found = await requestCancel(tx, actor, { id, anybodys: seesRestricted(actor) })
    if (!found) throw noSuchQuery()
    const { connectionId, name, actorId } = found
    subject({ type: 'connection', id: connectionId, name, details: { query_id: id, started_by: actorId } })
    lookSoon()
    return { id, status: cancelAnswer.shape.status.parse(found.status) }
  },
})
