import type { Capability, FileEngine, Limits, LocalFile, Net, NoLocalFile } from '#lib/connectors/contract'
import type { ErrorCode } from '#lib/core/errors'
import type { ExportFormat } from '#lib/queries/schema'

/**
 * Engine ⇄ runner: one duplex pipe (file descriptor 3 of the runner) carrying frames
 * `[type: 1 byte ASCII][length: uint32 big endian][payload]`. A runner does one job at a time.
 *
 * engine → runner: `S` start (JSON `StartFrame`), `C` cancel (empty), `P` policy (JSON egress policy; once, first).
 * runner → engine: `R` ready (empty), `D` data (bytes, NDJSON lines), `E` end (JSON `EndFrame`).
 */
export const frameTypes = { start: 'S', cancel: 'C', policy: 'P', ready: 'R', data: 'D', end: 'E' } as const

export interface StartFrame {
  connector: string
  config: Record<string, unknown>
  /** Kind, public and secret fields of exactly one credential. */
  credential: Record<string, unknown> | null
  job:
    | { capability: 'test' }
    /** `format`: the rows of a query as the bytes of a file, between their first and their last line. */
    | { capability: StreamCapability; request: Record<string, unknown>; format?: ExportFormat | undefined }
  limits: Limits
  /** Set where the connector reads a file: the job gets a runner of its own (CONN-7). */
  file?: { engine: FileEngine; found: LocalFile | NoLocalFile }
}

/** Everything but a test: it yields bytes and has no outcome. */
export type StreamCapability = Exclude<Capability, 'test'>

export interface EndFrame {
  /** The generator's return value (a test's outcome), or null. */
  value: unknown
  /** With the cause from the connector's table, where the driver named one. */
  error: { code: ErrorCode; message: string; details?: Record<string, unknown> } | null
}

export interface EgressPolicy {
  /** Loopback targets are fine on a single-machine install. */
  allow_loopback: boolean
  allow_private: boolean
  /** CIDRs that are always allowed or refused, refusal winning. */
  allow: string[]
  deny: string[]
  /** Jackfield's own addresses, never a target: `127.0.0.1:5433`. */
  own: string[]
}

/** A driver as the runner sees it, whichever connector it belongs to; it was typed where it was defined. */
export interface AnyDriver
  extends Partial<
    Record<
      StreamCapability,
      (target: RunnerTarget, request: Record<string, unknown>) => AsyncGenerator<Uint8Array, void>
    >
  > {
  test(target: RunnerTarget): AsyncGenerator<unknown, unknown>
}

export interface RunnerTarget {
  config: Record<string, unknown>
  credential: Record<string, unknown> | undefined
  net: Net
  file: LocalFile | NoLocalFile | undefined
  openFiles: () => ReadonlySet<string>
  signal: AbortSignal
  limits: Limits
}
