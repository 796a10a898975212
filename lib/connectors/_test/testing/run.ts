import type * as z from 'zod'
import { createNet } from '#lib/runner/net'
import type { EgressPolicy } from '#lib/runner/protocol'
import type { Limits, Net, TestOutcome, TestStage } from '../../contract.ts'

export const testLimits: Limits = { connect_ms: 2000, tls_ms: 1000, auth_ms: 2000, total_ms: 6000, bytes: 64_000_000 }
const policy: EgressPolicy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }

export interface RunLimits {
  limits?: Partial<Limits>
  signal?: AbortSignal
  /** How much longer sockets live than the signal: the runner grants that to queries. */
  parting_ms?: number
}

/** What the runner hands a driver beside settings and credential: guarded network, limits and abort. */
export const surroundings = ({
  limits: change,
  signal: given,
  parting_ms = 0,
}: RunLimits): { net: Net; signal: AbortSignal; limits: Limits } => {
  const limits = { ...testLimits, ...change }
  const signal = given ?? AbortSignal.timeout(limits.total_ms)
  const net = createNet({ policy, limits, signal: parting_ms > 0 ? later(signal, parting_ms) : signal })
  return { net, signal, limits }
}

const later = (signal: AbortSignal, ms: number): AbortSignal => {
  const closing = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => closing.abort(signal.reason), ms), { once: true })
  return closing.signal
}

/** A driver's test with all it yielded. */
export const collectTest = async (
  run: AsyncGenerator<TestStage, TestOutcome>,
): Promise<TestOutcome & { stages: TestStage[]; code: string | undefined }> => {
  const stages: TestStage[] = []
  for (;;) {
    const next = await run.next()
    if (next.done)
      return {
        ...next.value,
        stages: stages.filter(({ status }) => status !== 'running'),
        code: next.value.cause?.code,
      }
    stages.push(next.value)
  }
}

/** A driver's lines, each parsed. */
export const collectLines = async <S extends z.ZodType>(
  run: AsyncGenerator<Uint8Array, void>,
  schema: S,
): Promise<z.output<S>[]> => {
  const parts: Uint8Array[] = []
  for await (const bytes of run) parts.push(Uint8Array.from(bytes))
  const lines = Buffer.concat(parts).toString('utf8').split('\n').filter(Boolean)
  return lines.map((line) => schema.parse(JSON.parse(line)))
}
