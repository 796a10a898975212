import type { Log } from '#lib/core/log'
import { dropOldRuns } from './history-store.ts'

const everyMs = 60 * 60_000

/** Forgets, once an hour and from the start on, what people ran longer ago than a history goes back. */
export const startPruning = (log: Log): { stop(): void } => {
  const look = () =>
    dropOldRuns().catch((error: unknown) => log.warn({ err: error }, 'the history of queries could not be pruned'))
  void look()
  const timer = setInterval(look, everyMs).unref()
  return { stop: () => clearInterval(timer) }
}
