import { AppError, type ErrorCode } from '#lib/core/errors'
import { createFileRunners } from './file-runners.ts'
import { createJob, type Job, type RunnerJob } from './job.ts'
import { createLanes } from './lanes.ts'
import type { EgressPolicy, StartFrame } from './protocol.ts'
import { productRegistry } from './spawn.ts'
import { createWorker, type Worker } from './worker.ts'

export type { RunnerJob } from './job.ts'

export interface PoolOptions {
  /** Most runners at a time; never fewer than two, one of which is kept from queries. */
  max: number
  policy: EgressPolicy
  /** What runners print and why they died, one line at a time, secrets of the job already taken out. */
  log: (line: string) => void
  /** Module that exports `drivers`; the product's own unless another is given. */
  registry?: string
  /** How long a runner beyond the first may idle before it is retired. */
  idle_ms?: number
}

export interface RunnerPool {
  /**
   * Queues a job. Throws `rate_limited` when too many are waiting; everything later is in the job's `end`, also that no
   * runner was free for `waiting_ms`. Its own deadline begins only when it runs.
   */
  run(start: StartFrame, options: { signal: AbortSignal; waiting_ms?: number }): RunnerJob
  stats(): { idle: number; busy: number; queued: number }
  /** Ends all runners; jobs still running or waiting end with `unavailable`. */
  stop(): Promise<void>
}

/** After this many runners in a row that died before they were ready, waiting jobs are told instead of kept waiting. */
const deadStartsMax = 3
const restartDelayMs = 1000
/** Jobs are mostly over sooner. Where all runners are busy longer, the next job shall not wait for a process to start. */
const spareAfterMs = 250

/**
 * A small pool of runner processes: one always up, beside those that are busy for longer as well, more while there is work,
 * each job in a process of its own (CONN-10).
 */
export const createRunnerPool = (options: PoolOptions): RunnerPool => {
  const { max, policy, log, registry = productRegistry, idle_ms = 30_000 } = options
  const workers = new Set<Worker>()
  const queue: Job[] = []
  const lanes = createLanes(max, () => dispatch())
  let deadStarts = 0
  let stopped = false
  let restart: NodeJS.Timeout | undefined
  let spare: NodeJS.Timeout | undefined

  const idle = () => [...workers].filter((worker) => worker.state === 'idle')
  const fileRunners = createFileRunners({ max, registry, policy, log })
  const starting = () => [...workers].filter((worker) => worker.state === 'starting')

  const grow = () => {
    const worker = createWorker({ registry, policy, log, changed: () => settle(worker), died: () => bury(worker) })
    workers.add(worker)
  }

  const settle = (worker: Worker) => {
    if (worker.state === 'idle') {
      deadStarts = 0
      retireLater(worker)
    }
    dispatch()
  }

  const bury = (worker: Worker) => {
    workers.delete(worker)
    if (worker.wasReady) deadStarts = 0
    else deadStarts += 1
    if (deadStarts >= deadStartsMax)
      failQueue('unavailable', 'The connector process does not start; see the server’s log.')
    dispatch()
  }

  const failQueue = (code: ErrorCode, message: string) => {
    for (const job of queue.splice(0)) job.finish({ value: null, error: { code, message } })
  }

  const hasSpare = () => workers.size >= lanes.total || idle().length + starting().length > 0

  const prepareSpare = () => {
    if (hasSpare()) return
    spare ??= setTimeout(() => {
      spare = undefined
      if (!stopped && deadStarts === 0 && !hasSpare()) grow()
    }, spareAfterMs).unref()
  }

  const dispatch = () => {
    if (stopped) return
    startWaiting()
    prepareSpare()
  }

  const startWaiting = () => {
    for (const worker of idle()) {
      const job = lanes.take(queue)
      if (!job) break
      worker.run(job)
    }
    const waiting = lanes.ready(queue)
    const wanted = Math.min(lanes.total, Math.max(1, workers.size - idle().length - starting().length + waiting))
    if (workers.size >= wanted && workers.size > 0) return
    if (deadStarts === 0) grow()
    else
      restart ??= setTimeout(() => {
        restart = undefined
        if (!stopped && workers.size < lanes.total) grow()
      }, restartDelayMs * Math.min(deadStarts, 10))
  }

  const retireLater = (worker: Worker) =>
    setTimeout(() => {
      if (worker.state === 'idle' && idle().length > 1 && worker.idleSince + idle_ms <= performance.now()) worker.stop()
    }, idle_ms + 10).unref()

  dispatch()
  return {
    run(start, { signal, waiting_ms }) {
      if (stopped) throw new AppError('unavailable', 'The server is shutting down.')
      if (lanes.isFull(queue, start) || fileRunners.isFull(start)) {
        throw new AppError('rate_limited', 'Too many connection tests and queries are waiting. Try again in a moment.')
      }
      const job = createJob(start, { signal, waiting_ms }, (abandoned) => {
        fileRunners.forget(abandoned)
        const at = queue.indexOf(abandoned)
        if (at >= 0) queue.splice(at, 1)
      })
      if (job.isOver()) return job.handle
      if (start.file) fileRunners.run(job)
      else queue.push(job)
      dispatch()
      return job.handle
    },
    stats: () => {
      const free = idle().length
      const busy = [...workers].filter((worker) => worker.state === 'busy').length
      const files = fileRunners.stats()
      return { idle: free, busy: busy + files.busy, queued: queue.length + files.queued }
    },
    async stop() {
      stopped = true
      clearTimeout(restart)
      clearTimeout(spare)
      failQueue('unavailable', 'The server is shutting down.')
      await Promise.all([fileRunners.stop(), ...[...workers].map((worker) => worker.stop())])
    },
  }
}
