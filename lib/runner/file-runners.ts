import type { Job } from './job.ts'
import { createLanes } from './lanes.ts'
import type { EgressPolicy, StartFrame } from './protocol.ts'
import { createWorker, type Worker } from './worker.ts'

export interface FileRunnersOptions {
  /** Most of them at a time. */
  max: number
  registry: string
  policy: EgressPolicy
  log: (line: string) => void
}

export interface FileRunners {
  run(job: Job): void
  /** Takes a job back that nobody wants any more. */
  forget(job: Job): void
  /** Whether as many jobs like this one wait as may. */
  isFull(start: StartFrame): boolean
  stats(): { busy: number; queued: number }
  /** Ends all of them; what waits ends with `unavailable`. */
  stop(): Promise<void>
}

/**
 * Runners for connectors that read a file: started for one job and ended with it, whatever came of it. A file may hold
 * what makes its engine run wild, and nothing that it could have left behind meets another job (CONN-7).
 */
export const createFileRunners = ({ max, registry, policy, log }: FileRunnersOptions): FileRunners => {
  const workers = new Set<Worker>()
  const queue: Job[] = []
  const lanes = createLanes(max, () => dispatch())
  let stopped = false

  const dispatch = () => {
    while (!stopped && workers.size < lanes.total) {
      const job = lanes.take(queue)
      if (!job) return
      if (!job.isOver()) launch(job)
    }
  }

  const launch = (job: Job) => {
    let isGiven = false
    const changed = () => {
      if (isGiven || job.isOver()) return void worker.stop()
      isGiven = true
      worker.run(job)
    }
    const died = () => {
      workers.delete(worker)
      if (!job.isOver()) job.finish({ value: null, error: isGiven ? lost : noStart })
      dispatch()
    }
    const worker = createWorker({ registry, engine: job.start.file?.engine, policy, log, changed, died })
    workers.add(worker)
  }

  return {
    run(job) {
      queue.push(job)
      dispatch()
    },
    forget(job) {
      const at = queue.indexOf(job)
      if (at >= 0) queue.splice(at, 1)
    },
    isFull: (start) => lanes.isFull(queue, start),
    stats: () => ({ busy: workers.size, queued: queue.length }),
    async stop() {
      stopped = true
      for (const job of queue.splice(0)) job.finish({ value: null, error: stopping })
      await Promise.all([...workers].map((worker) => worker.stop()))
    },
  }
}

const noStart = { code: 'unavailable', message: 'The connector process does not start; see the server’s log.' } as const
const lost = { code: 'upstream_failed', message: 'The connector process ended unexpectedly. Try again.' } as const
const stopping = { code: 'unavailable', message: 'The server is shutting down.' } as const
