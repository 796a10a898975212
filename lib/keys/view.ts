import type { KeyReport } from '#lib/engine/protocol'
import { type KeyView, rewrapStates } from './schema.ts'
import type { findLastRewrap, StoredKey } from './store.ts'

/** Keys that are here first, then those that are needed and missing, then the retired. */
export const keyViews = (
  { key_ids: ring, sources }: Pick<KeyReport, 'key_ids' | 'sources'>,
  stored: readonly StoredKey[],
  needed: ReadonlyMap<string, number>,
): KeyView[] => {
  const ids = new Set([...ring, ...sources.map(({ id }) => id), ...needed.keys(), ...stored.map(({ id }) => id)])
  return [...ids]
    .map((id) => {
      const key = stored.find((other) => other.id === id)
      const view = viewOf(id, ring, needed.get(id) ?? 0, key)
      const { source = null, problem = null } = sources.find((other) => other.id === id) ?? {}
      return view && { ...view, source: source ?? (problem === null ? null : (key?.source ?? null)), problem }
    })
    .filter((key) => key !== undefined)
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}

const order = ['primary', 'open_only', 'missing', 'retired']

const viewOf = (
  id: string,
  ring: readonly string[],
  needed_by: number,
  stored: StoredKey | undefined,
): Omit<KeyView, 'source' | 'problem'> | undefined => {
  const state = stateOf(id, ring, needed_by, stored)
  return (
    state && {
      id,
      state,
      added_at: stored?.addedAt.toISOString() ?? null,
      promoted_at: stored?.promotedAt?.toISOString() ?? null,
      retired_at: state === 'retired' ? (stored?.retiredAt?.toISOString() ?? null) : null,
      kit_exported_at: stored?.kitExportedAt?.toISOString() ?? null,
      seals: Number(stored?.seals ?? 0),
      needed_by,
    }
  )
}

// The list of keys says what is here; the table remembers what was. A key nobody needs any more is not missed.
const stateOf = (id: string, ring: readonly string[], neededBy: number, stored: StoredKey | undefined) => {
  if (ring[0] === id) return 'primary'
  if (ring.includes(id)) return 'open_only'
  if (neededBy > 0) return 'missing'
  return stored?.state === 'retired' ? 'retired' : undefined
}

type StoredRewrap = NonNullable<Awaited<ReturnType<typeof findLastRewrap>>>

export const rewrapViewOf = ({ id, toKeyId, state, done, total, startedAt, finishedAt, error }: StoredRewrap) => ({
  id,
  to_key_id: toKeyId,
  state: rewrapStates.find((known) => known === state) ?? 'running',
  done,
  total,
  started_at: startedAt.toISOString(),
  finished_at: finishedAt?.toISOString() ?? null,
  error,
})
