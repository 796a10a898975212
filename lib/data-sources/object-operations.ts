import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, encodeCursor } from '#lib/core/page'
import { findCache } from './cache-store.ts'
import { objectName } from './object-names.ts'
import { findNamedObject, listNamedObjects } from './object-store.ts'
import { objectInput, objectsInput, objectsOutput, wholeObject } from './objects.ts'
import { parseRelationPath } from './schema.ts'
import { requireSource } from './store.ts'

export const listObjects = operation({
  summary: 'List routines, enums or extensions of a data source by name, as the last refresh read them',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: objectsInput,
  output: objectsOutput,
  async run({ ref, limit, cursor, ...asked }, { actor, db, meta }) {
    const place = decodeCursor(cursor, sort)
    const { id: connectionId } = await requireSource(db, actor, ref)
    const known = await findCache(db, actor.workspaceId, connectionId)
    // Of what was read while the connection led somewhere else nothing is said.
    if (!known) return { items: [], page: { limit, cursor: null } }
    meta({ refreshed_at: known.refreshedAt.toISOString() })
    const after = place && ([place.value, place.id] as const)
    const found = await listNamedObjects(db, actor.workspaceId, { connectionId, ...asked, after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = found.length > limit ? items.at(-1) : undefined
    const next = last ? encodeCursor({ sort, value: objectName(last), id: last.schema }) : null
    return { items, page: { limit, cursor: next } }
  },
})

const sort = 'name,schema'

export const getObject = operation({
  summary: 'Read one routine, enum or extension as the last refresh read it',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: objectInput,
  output: wholeObject,
  async run({ ref, type, object }, { actor, db, meta }) {
    const name = parseRelationPath(object, 'object')
    const { id: connectionId } = await requireSource(db, actor, ref)
    const known = await findCache(db, actor.workspaceId, connectionId)
    const found = known && (await findNamedObject(db, actor.workspaceId, { connectionId, type, ...name }))
    if (!known || !found) throw new AppError('not_found', `There is no such ${type}, as far as the last refresh saw.`)
    meta({ refreshed_at: known.refreshedAt.toISOString() })
    return found
  },
})
