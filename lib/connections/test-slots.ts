import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'

/** Tests in flight at once (API-6): each holds a runner and a connection to somebody else's server. */
const limits = { perActor: 4, perInstance: 20 } as const

interface Slots {
  total: number
  byActor: Map<string, number>
}

// One count per process, also where Next bundles this module a second time.
const holder = globalThis as typeof globalThis & { jackfieldTestSlots?: Slots }

const slots = (): Slots => {
  holder.jackfieldTestSlots ??= { total: 0, byActor: new Map() }
  return holder.jackfieldTestSlots
}

/** Takes a place for one test, or refuses; the answer gives the place back. */
export const takeTestSlot = ({ kind, id }: Pick<Actor, 'kind' | 'id'>): (() => void) => {
  const state = slots()
  const key = `${kind} ${id}`
  const mine = state.byActor.get(key) ?? 0
  if (mine >= limits.perActor) {
    throw tooMany(`You already run ${limits.perActor} tests. Wait until one of them ends.`)
  }
  if (state.total >= limits.perInstance) throw tooMany('Many tests are running right now. Try again in a few seconds.')
  state.total++
  state.byActor.set(key, mine + 1)
  return () => {
    const left = (state.byActor.get(key) ?? 1) - 1
    state.total--
    if (left > 0) state.byActor.set(key, left)
    else state.byActor.delete(key)
  }
}

const tooMany = (sentence: string) => new AppError('rate_limited', sentence, { retryAfter_s: 5 })
