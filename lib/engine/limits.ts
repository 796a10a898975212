import type { Capability, Limits } from '#lib/connectors/contract'

const megabyte = 1024 * 1024
const stages = { connect_ms: 10_000, tls_ms: 5_000, auth_ms: 10_000 }

/** Deadlines and byte caps of each kind of job (CONN-8, CONN-9). */
export const limitsOf = {
  test: { ...stages, total_ms: 15_000, bytes: 64 * megabyte },
  discover: { ...stages, total_ms: 120_000, bytes: 256 * megabyte },
  files: { ...stages, total_ms: 60_000, bytes: 256 * megabyte },
  pages: { ...stages, total_ms: 60_000, bytes: 64 * megabyte },
} as const satisfies Record<Capability, Limits>

/** Waiting for a free runner counts too: beyond the job's own deadline by this much the engine gives up. */
export const graceMs = 500

/** How often it is checked that a running job may go on. */
export const accessCheckMs = 2_000
