import { AppError } from '#lib/core/errors'
import { beat, type Progress } from './store.ts'

/** A statement that runs in this process. */
export interface Running extends Progress {
  /** Aborted, with why as its reason, when somebody wants it to end. */
  signal: AbortSignal
  /** It is over; nobody looks after it any more. */
  stop(): void
}

interface Entry extends Running {
  abort: AbortController
}

interface Keeper {
  runs: Map<string, Entry>
  timer: NodeJS.Timeout | undefined
}

/** A cancellation from another process is seen within this time, and a process that died after several of it. */
const beat_ms = 1_000

// One list per process, also where Next bundles this module a second time.
const holder = globalThis as typeof globalThis & { jackfieldQueries?: Keeper }

const keeper = (): Keeper => {
  holder.jackfieldQueries ??= { runs: new Map(), timer: undefined }
  return holder.jackfieldQueries
}

/** Looks after one that begins: shows that it lives, and ends it when its row says so. */
export const keepRunning = (id: string): Running => {
  const { runs } = keeper()
  const abort = new AbortController()
  const entry: Entry = { id, rows: 0, bytes: 0, abort, signal: abort.signal, stop: () => forget(id) }
  runs.set(id, entry)
  keeper().timer ??= setInterval(look, beat_ms)
  return entry
}

/** Somebody has just asked for an end: not to wait for the next second. */
export const lookSoon = (): void => {
  setTimeout(look, 50).unref()
}

/** The process stops: everything it runs ends now. */
export const endAll = (): void => {
  for (const { abort } of keeper().runs.values()) {
    abort.abort(new AppError('unavailable', 'Stopped: the server is shutting down.'))
  }
}

const look = async (): Promise<void> => {
  const { runs } = keeper()
  if (runs.size === 0) return
  const progress = [...runs.values()].map(({ id, rows, bytes }) => ({ id, rows, bytes }))
  // A database that is away now is asked again in a second.
  const wanted = await beat(progress).catch(() => [])
  for (const id of wanted) runs.get(id)?.abort.abort(new AppError('cancelled', 'The query was cancelled.'))
}

const forget = (id: string): void => {
  const { runs, timer } = keeper()
  runs.delete(id)
  if (runs.size > 0) return
  clearInterval(timer)
  keeper().timer = undefined
}
