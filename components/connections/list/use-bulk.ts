'use client'
import { useRef, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { ConnectionView } from '#lib/connections/schema'
import type { Outcome } from './bulk-run.ts'

/** Something that is done, or was done, for the chosen connections. */
export interface BulkJob {
  /** `failedToo`: a test that fails was a test as well. */
  words: { doing: string; done: string; failedToo?: true }
  total: number
  /** Those that failed as well. */
  done: number
  failed: readonly Outcome<ConnectionView>[]
  state: 'running' | 'done' | 'cancelled'
  /** Why it broke off. */
  problem?: string
}

/** Does it, and reports of each connection as it goes. */
type Perform = (report: (outcome: Outcome<ConnectionView>) => void, signal: AbortSignal) => Promise<void>

export const useBulk = () => {
  const [job, setJob] = useState<BulkJob>()
  const stop = useRef<AbortController>(undefined)
  const run = async (words: BulkJob['words'], total: number, perform: Perform): Promise<void> => {
    stop.current = new AbortController()
    const { signal } = stop.current
    setJob({ words, total, done: 0, failed: [], state: 'running' })
    const problem = await perform((outcome) => setJob((now) => now && after(now, outcome)), signal).then(
      () => undefined,
      (error: unknown) => (signal.aborted ? undefined : sentenceOf(error)),
    )
    const state = signal.aborted || problem !== undefined ? 'cancelled' : 'done'
    setJob((now) => now && { ...now, state, ...(problem !== undefined && { problem }) })
  }
  return { job, run, cancel: () => stop.current?.abort(), close: () => setJob(undefined) }
}

const after = (job: BulkJob, outcome: Outcome<ConnectionView>): BulkJob => ({
  ...job,
  done: job.done + 1,
  failed: outcome.problem === undefined ? job.failed : [...job.failed, outcome],
})
