import { isDeepStrictEqual } from 'node:util'
import type { Bundle } from './bundle.ts'
import type { StoredCredential } from './store.ts'

export interface Difference {
  isTyped: boolean
  isMetaChanged: boolean
  metaChanged: string[]
  /** Stored secret fields that stay as they are. */
  kept: string[]
}

/** What was typed beside what is stored; a secret's value is compared by the engine alone. */
export const differenceOf = (stored: StoredCredential, { meta, typed, cleared }: Bundle): Difference => {
  const before = stored.config as Record<string, unknown>
  const names = new Set([...Object.keys(before), ...Object.keys(meta)])
  const metaChanged = [...names].filter((name) => !isDeepStrictEqual(before[name], meta[name]))
  return {
    isTyped: Object.keys(typed).length > 0 || cleared.some((name) => stored.fields.includes(name)),
    isMetaChanged: metaChanged.length > 0,
    metaChanged,
    kept: stored.fields.filter((name) => !Object.hasOwn(typed, name) && !cleared.includes(name)),
  }
}
