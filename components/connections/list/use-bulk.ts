'use client'
import { useRef, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { ConnectionView } from '#lib/connections/schema'
import { type Outcome, runEach } from './bulk-run.ts'

type Work = (connection: ConnectionView, signal: AbortSignal) => Promise<string | undefined>

/** Something that is done, or was done, for the chosen connections. */
export interface BulkJob {
  words: { doing: string; done: string }
  total: number
  done: number
  failed: readonly Outcome<ConnectionView>[]
  state: 'running' | 'done' | 'cancelled'
}

// One less than a person may run, so that a single test still finds a place.
const atOnce = 3

export const useBulk = () => {
  const [job, setJob] = useState<BulkJob>()
  const stop = useRef<AbortController>(undefined)
  const run = async (words: BulkJob['words'], chosen: readonly ConnectionView[], work: Work): Promise<void> => {
    stop.current = new AbortController()
    const { signal } = stop.current
    setJob({ words, total: chosen.length, done: 0, failed: [], state: 'running' })
    await runEach(chosen, {
      atOnce,
      signal,
      work,
      sentenceOf,
      onOutcome: (one) => setJob((now) => now && after(now, one)),
    })
    setJob((now) => now && { ...now, state: signal.aborted ? 'cancelled' : 'done' })
  }
  return { job, run, cancel: () => stop.current?.abort(), close: () => setJob(undefined) }
}

const after = (job: BulkJob, outcome: Outcome<ConnectionView>): BulkJob => ({
  ...job,
  done: job.done + 1,
  failed: outcome.problem === undefined ? job.failed : [...job.failed, outcome],
})
