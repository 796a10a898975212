import type { Actor } from '#lib/auth/actor'
import { mayDo } from '#lib/auth/authorize'
import { freeName, noSuch, requireOwned } from '#lib/auth/owned'
import { findAlive } from '#lib/connections/found'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { misplacedSecret } from '#lib/core/misplaced-secret'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { requireRevision } from '#lib/core/revision'
import { isoTime } from '#lib/core/time'
import type { Tx } from '#lib/db/client'
import {
  createSavedInput,
  deletedQuery,
  deleteSavedInput,
  listSavedInput,
  restoreSavedInput,
  type SavedQuery,
  savedQueries,
  savedQuery,
  savedRef,
  updateSavedInput,
} from './schema.ts'
import {
  countOwn,
  deleteStored,
  findStored,
  insertStored,
  isNameTaken,
  listStored,
  lockDeleted,
  lockStored,
  type StoredQuery,
  updateStored,
} from './store.ts'

const savedMax = 1_000
const what = 'saved query'

export const listSaved = operation({
  summary: 'List the saved queries: your own and the shared ones',
  effect: 'read',
  permission: 'data-sources:query',
  audit: 'none',
  input: listSavedInput,
  output: savedQueries,
  async run({ limit, cursor, q, connection }, { actor, db }) {
    const connectionId = connection === undefined ? undefined : (await findAlive(db, actor, connection, 'use')).id
    const found = await listStored(db, actor, { q, connectionId }, { limit, after: decodeCursor(cursor, 'name') })
    const { rows, page } = pageOf(found, limit, 'name', (row) => row.nameKey)
    return { items: rows.map((row) => viewOf(actor, row)), page }
  },
})

export const getSaved = operation({
  summary: 'Read one saved query',
  effect: 'read',
  permission: 'data-sources:query',
  audit: 'none',
  input: savedRef,
  output: savedQuery,
  async run({ id }, { actor, db }) {
    return viewOf(actor, found(await findStored(db, actor, id)))
  },
})

export const createSaved = operation({
  summary: 'Save a query under a name, for yourself or for the workspace',
  effect: 'write',
  permission: 'queries:write',
  audit: 'saved_query.created',
  input: createSavedInput,
  output: savedQuery,
  async run({ allow_secrets, connection, ...input }, { actor, tx, subject }) {
    const secret = checkSecrets(input.sql, allow_secrets)
    if ((await countOwn(tx, actor)) >= savedMax) throw tooMany()
    const id = newId('savedQuery')
    const key = await freeKey(tx, actor.workspaceId, { ownerId: actor.id, name: input.name })
    const connectionId = await idOf(tx, actor, connection)
    await insertStored(tx, actor, { ...input, id, nameKey: key, connectionId })
    const stored = found(await findStored(tx, actor, id))
    subject({ ...subjectOf(stored), details: { shared: stored.shared, connection: stored.connId, secret } })
    return viewOf(actor, stored)
  },
})

export const updateSaved = operation({
  summary: 'Change a saved query; what is left out stays',
  effect: 'write',
  permission: 'queries:write',
  audit: 'saved_query.updated',
  input: updateSavedInput,
  output: savedQuery,
  async run({ id, if_match, allow_secrets, connection, ...given }, { actor, tx, subject, meta }) {
    const current = requireOwned(actor, await lockStored(tx, actor, id), what)
    requireRevision(if_match, current.revision)
    // Also what was private until now is looked at again before others see it.
    const isNews = given.sql !== undefined || (given.shared === true && !current.shared)
    const secret = isNews && checkSecrets(given.sql ?? current.sql, allow_secrets)
    const { ownerId } = current
    const changes = Object.fromEntries(
      Object.entries({
        ...given,
        ...(given.name !== undefined && {
          nameKey: await freeKey(tx, actor.workspaceId, { ownerId, name: given.name, except: id }),
        }),
        ...(connection !== undefined && { connectionId: await idOf(tx, actor, connection) }),
      }).filter(([field, value]) => value !== undefined && value !== valueIn(current, field)),
    )
    const changed = Object.keys(changes).filter((field) => field !== 'nameKey')
    meta({ changed })
    subject({ ...subjectOf(current), details: { changed, shared: given.shared ?? current.shared, secret } })
    if (changed.length > 0) await updateStored(tx, actor.workspaceId, id, changes)
    return viewOf(actor, found(await findStored(tx, actor, id)))
  },
})

export const deleteSaved = operation({
  summary: 'Delete a saved query; it can be restored for a day',
  effect: 'write',
  permission: 'queries:write',
  audit: 'saved_query.deleted',
  input: deleteSavedInput,
  output: deletedQuery,
  async run({ id, if_match }, { actor, tx, subject }) {
    const current = requireOwned(actor, await lockStored(tx, actor, id), what)
    requireRevision(if_match, current.revision)
    await deleteStored(tx, actor.workspaceId, id)
    subject(subjectOf(current))
    return { id, deleted: true as const }
  },
})

export const restoreSaved = operation({
  summary: 'Bring a deleted query back, under another name if its own was taken meanwhile',
  effect: 'write',
  permission: 'queries:write',
  audit: 'saved_query.restored',
  input: restoreSavedInput,
  output: savedQuery,
  async run({ id, name: wanted }, { actor, tx, subject }) {
    const { ownerId, name } = requireOwned(actor, await lockDeleted(tx, actor, id), what)
    if (ownerId === actor.id && (await countOwn(tx, actor)) >= savedMax) throw tooMany()
    const given = wanted ?? name
    const nameKey = await freeKey(tx, actor.workspaceId, { ownerId, name: given, except: id })
    await updateStored(tx, actor.workspaceId, id, { deletedAt: null, name: given, nameKey })
    const stored = found(await findStored(tx, actor, id))
    subject(subjectOf(stored))
    return viewOf(actor, stored)
  },
})

const valueIn = (row: StoredQuery, field: string): unknown => Object.entries(row).find(([name]) => name === field)?.[1]

/** Whether it holds something that looks like a secret; refused unless it was said that it may (SQL-10). */
const checkSecrets = (sql: string, isAllowed: boolean): boolean => {
  const words = misplacedSecret(sql)
  if (words === undefined || isAllowed) return words !== undefined
  const message = `This looks like ${words}. Use a parameter such as :key instead, or say that everybody who sees the query may read it.`
  throw new AppError('invalid_request', message, {
    errors: [{ pointer: '/sql', message }],
    details: { looks_like_secret: true },
  })
}

const idOf = async (tx: Tx, actor: Actor, connection: string | null): Promise<string | null> =>
  connection === null ? null : (await findAlive(tx, actor, connection, 'use')).id

const found = (stored: StoredQuery | undefined): StoredQuery => {
  if (stored) return stored
  throw noSuch(what)
}

const freeKey = (tx: Tx, workspaceId: string, { name, ...of }: { ownerId: string; name: string; except?: string }) =>
  freeName(name, what, (key) => isNameTaken(tx, workspaceId, { ...of, nameKey: key }))

const tooMany = () => new AppError('conflict', `You have ${savedMax} saved queries. Delete one that you do not need.`)

const viewOf = (actor: Actor, row: StoredQuery): SavedQuery => ({
  id: row.id,
  name: row.name,
  description: row.description,
  sql: row.sql,
  shared: row.shared,
  mine: row.ownerId === actor.id,
  editable: mayDo(actor, 'queries:write') && (row.ownerId === actor.id || mayDo(actor, 'workspace:write')),
  connection:
    row.connectionId === null || row.connId === null || row.connectionName === null
      ? null
      : { id: row.connectionId, conn_id: row.connId, name: row.connectionName },
  revision: row.revision,
  created_at: isoTime(row.createdAt),
  updated_at: isoTime(row.updatedAt),
})

const subjectOf = ({ id, name }: StoredQuery) => ({ type: 'saved_query', id, name })
