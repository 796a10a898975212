import type { Job } from './job.ts'
import type { StartFrame } from './protocol.ts'

type Lane = 'export' | 'query' | 'other'

/** Exports run for hours and queries for minutes: neither may take the runner that a test or a listing waits for. */
const sharesOf = (max: number): { total: number; query: number; export: number } => {
  const total = Math.max(2, max)
  const query = total - 1
  return { total, query, export: Math.max(1, query - 1) }
}

/** Waiting jobs of a kind; those beyond are told to come again. */
const waitingMax = 100

/**
 * Which of the waiting jobs may have a runner: one after the other, but each kind only as far as its share goes. `freed`
 * is called when one ended and another may begin.
 */
export const createLanes = (max: number, freed: () => void) => {
  const shares = sharesOf(max)
  const active = new Map<Job, Lane>()
  const busy = (): Record<Lane, number> => {
    const count = { export: 0, query: 0, other: 0 }
    for (const lane of active.values()) count[lane]++
    return count
  }
  return {
    /** Most runners at a time. */
    total: shares.total,
    /** How many of those that wait could begin now, if there were runners. */
    ready: (queue: readonly Job[]): number => pick(queue, busy(), shares).length,
    /** Takes the next one out of the queue that may begin. */
    take(queue: Job[]): Job | undefined {
      const [job] = pick(queue, busy(), shares)
      if (!job) return undefined
      queue.splice(queue.indexOf(job), 1)
      active.set(job, laneOf(job.start))
      job.begin()
      void job.handle.end.then(() => {
        active.delete(job)
        freed()
      })
      return job
    },
    /** Whether as many of its kind wait as may. */
    isFull(queue: readonly Job[], given: StartFrame): boolean {
      const isQuery = laneOf(given) !== 'other'
      return queue.filter(({ start }) => (laneOf(start) !== 'other') === isQuery).length >= waitingMax
    },
  }
}

const laneOf = ({ job }: StartFrame): Lane => {
  if (job.capability !== 'query') return 'other'
  return job.format === undefined ? 'query' : 'export'
}

const pick = (queue: readonly Job[], count: Record<Lane, number>, shares: ReturnType<typeof sharesOf>): Job[] =>
  queue.filter(({ start }) => {
    const lane = laneOf(start)
    if (lane !== 'other' && count.query + count.export >= shares.query) return false
    if (lane === 'export' && count.export >= shares.export) return false
    count[lane]++
    return true
  })
