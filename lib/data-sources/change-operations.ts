import type { Actor } from '#lib/auth/actor'
import { authorizeOn } from '#lib/auth/grants'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, encodeCursor, parseJson } from '#lib/core/page'
import type { Tx } from '#lib/db/client'
import { withPipelines } from './affected.ts'
import { listChanges, listObjectsAt, type ObjectChange, type ObjectPlace, readStructures } from './cache-store.ts'
import { type ChangedObject, changesInput, changesOutput, compareInput, compareOutput } from './schema.ts'
import { classOf, diffOf } from './schema-diff.ts'
import { findSource } from './store.ts'

export const listSchemaChanges = operation({
  summary: 'List what is different in a data source between two moments, as its refreshes saw it',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'none',
  input: changesInput,
  output: changesOutput,
  async run({ ref, from, to, limit, cursor }, { actor, db }) {
    const { id: connectionId } = await requireSource(db, actor, ref)
    const after = placeOf(cursor)
    const span = { connectionId, after, limit: limit + 1, from: new Date(from), to: new Date(to) }
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
    const sides = await Promise.all([requireSource(db, actor, ref), requireSource(db, actor, other)])
    const after = placeOf(cursor)
    // One more of each than is shown: whatever stands beyond the shorter list's end is not known yet.
    const at = new Date()
    const [ours, theirs] = await Promise.all(
      sides.map(({ id }) => listObjectsAt(db, actor.workspaceId, { connectionId: id, at, after, limit: limit + 1 })),
    )
    const { changes, end } = merged(ours ?? [], theirs ?? [], limit)
    const [here, there] = sides
    const [before, now] = await Promise.all([
      readStructures(db, actor.workspaceId, { connectionId: here?.id ?? '', ids: idsOf(changes, 'beforeId') }),
      readStructures(db, actor.workspaceId, { connectionId: there?.id ?? '', ids: idsOf(changes, 'afterId') }),
    ])
    const items = changes.map((one) => itemOf(one, before, now))
    return { items, page: { limit, cursor: end ? encodeCursor({ sort, value: JSON.stringify(end), id: '' }) : null } }
  },
})

const sort = 'type,schema,name'

const requireSource = async (tx: Tx, actor: Actor, ref: string) => {
  const source = await findSource(tx, actor, ref)
  if (source) return source
  throw new AppError('not_found', 'There is no such connection, or it belongs to another workspace.')
}

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

interface Placed {
  id: bigint
  type: ObjectChange['type']
  schema: string
  name: string
  hash: string
}

/** Two sorted lists side by side: what stands in one of them alone, or differs. */
const merged = (ours: readonly Placed[], theirs: readonly Placed[], limit: number) => {
  const isLong = (list: readonly Placed[]) => list.length > limit
  const ends = [ours, theirs].filter(isLong).map((list) => keyOf(list[limit - 1]))
  const [end] = ends.sort(byKey)
  const within = (one: Placed) => end === undefined || byKey(keyOf(one), end) <= 0
  const here = new Map(ours.filter(within).map((one) => [JSON.stringify(keyOf(one)), one]))
  const there = new Map(theirs.filter(within).map((one) => [JSON.stringify(keyOf(one)), one]))
  const keys = [...new Set([...here.keys(), ...there.keys()])]
  const changes = keys.flatMap((key): ObjectChange[] => {
    const [before, after] = [here.get(key), there.get(key)]
    const one = before ?? after
    if (!one || before?.hash === after?.hash) return []
    const { type, schema, name } = one
    return [{ type, schema, name, beforeId: before?.id ?? null, afterId: after?.id ?? null }]
  })
  return { changes, end }
}

type Key = [type: string, schema: string, name: string]

const keyOf = (one: Placed | undefined): Key => [one?.type ?? '', one?.schema ?? '', one?.name ?? '']

const byKey = (a: Key, b: Key): number => {
  const at = a.findIndex((part, index) => part !== b[index])
  return at < 0 ? 0 : Buffer.compare(Buffer.from(a[at] ?? ''), Buffer.from(b[at] ?? ''))
}
