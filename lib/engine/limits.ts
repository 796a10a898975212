import type { Capability, Limits } from '#lib/connectors/contract'
import type { RunRequest } from './protocol.ts'

const megabyte = 1024 * 1024
const stages = { connect_ms: 10_000, tls_ms: 5_000, auth_ms: 10_000 }

/** Deadlines and byte caps of each kind of job (CONN-8, CONN-9). */
const limitsOf = {
  test: { ...stages, total_ms: 15_000, bytes: 64 * megabyte },
  discover: { ...stages, total_ms: 120_000, bytes: 256 * megabyte },
  /** Of a query that says nothing else. */
  query: { ...stages, total_ms: 60_000, bytes: 256 * megabyte },
  replicate: { ...stages, total_ms: 330_000, bytes: 256 * megabyte },
  files: { ...stages, total_ms: 60_000, bytes: 256 * megabyte },
  pages: { ...stages, total_ms: 60_000, bytes: 64 * megabyte },
} as const satisfies Record<Capability, Limits>

/** Everything that a source holds, which a refresh reads while nobody waits. */
const everything = { ...stages, total_ms: 15 * 60_000, bytes: 4 * 1024 * megabyte }

/** A query brings its own deadline and size, up to those of the largest export. */
const queryMax = { timeout_ms: 6 * 3_600_000, bytes: 64 * 1024 * megabyte }
/** Its driver keeps the deadline itself, and then has this long to stop the server (SQL-4). */
const stoppingMs = 700

export const limitsFor = (job: RunRequest['job']): Limits => {
  if (job.capability === 'discover' && job.request.what === 'everything') return everything
  if (job.capability !== 'query') return limitsOf[job.capability]
  const { timeout_ms, bytes } = job.request.limits
  return {
    ...limitsOf.query,
    total_ms: Math.min(timeout_ms, queryMax.timeout_ms) + stoppingMs,
    // What the server sends is longer than what is kept of it.
    bytes: Math.min(bytes * 4 + 64 * megabyte, queryMax.bytes),
  }
}

/**
 * How long a job waits for a free runner, and after which time the engine gives it up altogether. A statement's own time
 * begins when it runs: of several long ones the last would otherwise run out of it while it waits.
 */
export const patienceFor = (job: RunRequest['job']): { waiting_ms: number; whole_ms: number } => {
  const { total_ms } = limitsFor(job)
  return job.capability === 'query'
    ? { waiting_ms: queryWaiting_ms, whole_ms: queryWaiting_ms + total_ms + graceMs }
    : { waiting_ms: total_ms, whole_ms: total_ms + graceMs }
}

const queryWaiting_ms = 120_000
const graceMs = 500

/** How often it is checked that a running job may go on. */
export const accessCheckMs = 2_000
