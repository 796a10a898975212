import * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { authorize } from '#lib/auth/authorize'
import { freeName, requireOwned } from '#lib/auth/owned'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { requireRevision } from '#lib/core/revision'
import type { Tx } from '#lib/db/client'
import {
  createViewInput,
  deletedView,
  deleteViewInput,
  densities,
  listViewsInput,
  type SavedView,
  savedView,
  savedViews,
  updateViewInput,
} from './schema.ts'
import {
  countOwn,
  deleteStored,
  insertStored,
  isNameTaken,
  listStored,
  lockStored,
  type StoredView,
  updateStored,
} from './store.ts'

const viewsMax = 100
const what = 'view'

export const listViews = operation({
  summary: 'List the saved views of the connections: your own and the shared ones',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: listViewsInput,
  output: savedViews,
  async run({ limit, cursor }, { actor, db }) {
    const found = await listStored(db, actor, { limit, after: decodeCursor(cursor, 'name') })
    const { rows, page } = pageOf(found, limit, 'name', (row) => row.nameKey)
    return { items: rows.map((row) => viewOf(actor, row)), page }
  },
})

export const createView = operation({
  summary: 'Save a view of the connections: filters, order and columns under a name',
  effect: 'write',
  permission: 'connection-views:write',
  audit: 'connection_view.created',
  input: createViewInput,
  output: savedView,
  async run(input, { actor, tx, subject }) {
    if (input.shared) requireSharing(actor)
    if ((await countOwn(tx, actor)) >= viewsMax) throw tooMany()
    const key = await freeKey(tx, actor.workspaceId, { ownerId: actor.id, name: input.name })
    const stored = await insertStored(tx, actor, { ...input, id: newId('view'), nameKey: key })
    subject({ ...subjectOf(stored), details: { query: stored.query, shared: stored.shared } })
    return viewOf(actor, stored)
  },
})

export const updateView = operation({
  summary: 'Change a saved view; what is left out stays',
  effect: 'write',
  permission: 'connection-views:write',
  audit: 'connection_view.updated',
  input: updateViewInput,
  output: savedView,
  async run({ id, if_match, name, ...changes }, { actor, tx, subject, meta }) {
    const current = requireOwned(actor, await lockStored(tx, actor, id), what)
    requireRevision(if_match, current.revision)
    if (changes.shared === true && !current.shared) requireSharing(actor)
    const { workspaceId, ownerId } = current
    const named = name !== undefined && {
      name,
      nameKey: await freeKey(tx, workspaceId, { ownerId, name, except: id }),
    }
    const given = Object.entries({ ...changes, name }).filter(([, value]) => value !== undefined)
    const changed = given.map(([field]) => field).filter((field) => isChanged(current, { ...changes, name }, field))
    meta({ changed })
    subject({ ...subjectOf(current), details: { changed } })
    if (changed.length === 0) return viewOf(actor, current)
    const data = Object.fromEntries(given)
    return viewOf(actor, await updateStored(tx, workspaceId, id, { ...data, ...named }))
  },
})

export const deleteView = operation({
  summary: 'Delete a saved view',
  effect: 'write',
  permission: 'connection-views:write',
  audit: 'connection_view.deleted',
  input: deleteViewInput,
  output: deletedView,
  async run({ id, if_match }, { actor, tx, subject }) {
    const current = requireOwned(actor, await lockStored(tx, actor, id), what)
    requireRevision(if_match, current.revision)
    await deleteStored(tx, actor.workspaceId, id)
    subject(subjectOf(current))
    return { id, deleted: true as const }
  },
})

const isChanged = (current: StoredView, given: object, field: string): boolean => {
  const valueIn = (of: object) => JSON.stringify(Object.entries(of).find(([name]) => name === field)?.[1])
  return valueIn(current) !== valueIn(given)
}

/** What everybody sees is for those who may change what everybody uses. */
const requireSharing = (actor: Actor): void => authorize(actor, 'connections:write')

const freeKey = (tx: Tx, workspaceId: string, { name, ...of }: { ownerId: string; name: string; except?: string }) =>
  freeName(name, what, (key) => isNameTaken(tx, workspaceId, { ...of, nameKey: key }))

const tooMany = () => new AppError('conflict', `You have ${viewsMax} views. Delete one that you do not need first.`)

const columnNames = z.array(z.string()).nullable().catch(null)

const viewOf = (actor: Actor, row: StoredView): SavedView => ({
  id: row.id,
  name: row.name,
  shared: row.shared,
  query: row.query,
  columns: columnNames.parse(row.columns),
  density: densities.find((density) => density === row.density) ?? null,
  mine: row.ownerId === actor.id,
  revision: row.revision,
})

const subjectOf = ({ id, name }: StoredView) => ({ type: 'connection_view', id, name })
