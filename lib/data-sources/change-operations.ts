import { authorizeOn } from '#lib/auth/grants'
import { findManifest } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, encodeCursor, parseJson } from '#lib/core/page'
import type { Tx } from '#lib/db/client'
import { withPipelines } from './affected.ts'
import {
  findCache,
  listChanges,
  listDifferences,
  type ObjectChange,
  type ObjectPlace,
  readStructures,
} from './cache-store.ts'
import {
  type ChangedObject,
  changesInput,
  changesOutput,
  compareInput,
  compareOutput,
  parseRelationPath,
} from './schema.ts'
import { classOf, diffOf } from './schema-diff.ts'
import { requireSource } from './store.ts'

export const listSchemaChanges = operation({
  summary: 'List what is different in a data source between two moments, as its refreshes saw it',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: changesInput,
  output: changesOutput,
  async run({ ref, from, to, relation, type, limit, cursor }, { actor, db }) {
    const only = relation === undefined ? undefined : { type, ...parseRelationPath(relation, 'relation') }
    const { id: connectionId } = await requireSource(db, actor, ref)
    const after = placeOf(cursor)
    const span = { connectionId, only, after, limit: limit + 1, from: new Date(from), to: new Date(to) }
    const found = await listChanges(db, actor.workspaceId, span)
    const kept = found.slice(0, limit)
    const items = await explained(db, actor.workspaceId, { connectionId, changes: kept })
    const page = { limit, cursor: cursorAfter(found, kept) }
    return { ...(await withPipelines(actor, connectionId, items)), page }
  },
})

export const compareSources = operation({
  summary: 'Compare what two data sources hold now, such as development with production',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: compareInput,
  output: compareOutput,
  async run({ ref, with: other, limit, cursor }, { actor, db }) {
    // A right on the one says nothing of the other.
    await authorizeOn(db, actor, 'data-sources:read', { kind: 'connection', ref: other })
    const [here, there] = [await requireSource(db, actor, ref), await requireSource(db, actor, other)]
    requireAlike(here, there)
    const { workspaceId } = actor
    const page = { connectionIds: [here.id, there.id], after: placeOf(cursor), limit: limit + 1 } as const
    const found = await listDifferences(db, workspaceId, page)
    const kept = found.slice(0, limit)
    const [before, after] = await Promise.all([
      readStructures(db, workspaceId, { connectionId: here.id, ids: idsOf(kept, 'beforeId') }),
      readStructures(db, workspaceId, { connectionId: there.id, ids: idsOf(kept, 'afterId') }),
    ])
    const [known, knownThere] = await Promise.all([here, there].map(({ id }) => findCache(db, workspaceId, id)))
    return {
      items: kept.map((one) => itemOf(one, before, after)),
      page: { limit, cursor: cursorAfter(found, kept) },
      refreshed_at: known?.refreshedAt.toISOString() ?? null,
      with_refreshed_at: knownThere?.refreshedAt.toISOString() ?? null,
    }
  },
})

/** Types and definitions are written as each server writes them: two families would differ in everything. */
const requireAlike = (here: Source, there: Source): void => {
  if (here.type === there.type) return
  const [one, other] = [here, there].map(({ type }) => findManifest(type)?.name ?? type)
  const message = `Only sources of one kind are compared: “${here.name}” is ${one}, “${there.name}” is ${other}.`
  throw new AppError('unprocessable', message, { errors: [{ pointer: '/with', message }] })
}

type Source = Awaited<ReturnType<typeof requireSource>>

const sort = 'type,schema,name'

const placeOf = (cursor: string | undefined): ObjectPlace | undefined => {
  const value = decodeCursor(cursor, sort)?.value
  const place = value === undefined ? undefined : parseJson(value)
  if (!Array.isArray(place)) return undefined
  const [type, schema, name] = place.map(String)
  return [type ?? '', schema ?? '', name ?? '']
}

const cursorAfter = (found: readonly ObjectChange[], kept: readonly ObjectChange[]): string | null => {
  const last = kept.at(-1)
  if (found.length === kept.length || !last) return null
  return encodeCursor({ sort, value: JSON.stringify([last.type, last.schema, last.name]), id: '' })
}

interface Explained {
  connectionId: string
  changes: readonly ObjectChange[]
}

const explained = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, changes }: Explained,
): Promise<ChangedObject[]> => {
  const ids = [...idsOf(changes, 'beforeId'), ...idsOf(changes, 'afterId')]
  const structures = await readStructures(tx, workspaceId, { connectionId, ids })
  return changes.map((one) => itemOf(one, structures, structures))
}

const idsOf = (changes: readonly ObjectChange[], side: 'beforeId' | 'afterId'): bigint[] =>
  changes.flatMap((one) => one[side] ?? [])

const itemOf = (
  { type, schema, name, beforeId, afterId }: ObjectChange,
  before: Map<bigint, string>,
  after: Map<bigint, string>,
): ChangedObject => {
  const changes = diffOf(structureOf(before, beforeId), structureOf(after, afterId))
  return { type, schema, name, class: classOf(changes), changes }
}

const structureOf = (known: Map<bigint, string>, id: bigint | null): Record<string, unknown> | null => {
  if (id === null) return null
  const parsed = parseJson(known.get(id) ?? '{}')
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
}
