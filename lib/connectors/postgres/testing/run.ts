import type * as z from 'zod'
import { createNet } from '#lib/runner/net'
import type { EgressPolicy } from '#lib/runner/protocol'
import type { DiscoverRequest, Limits, TestOutcome, TestStage } from '../../contract.ts'
import { discoverRequest } from '../../contract.ts'
import { driver } from '../driver.ts'
import { manifest } from '../manifest.ts'

export const testLimits: Limits = { connect_ms: 2000, tls_ms: 1000, auth_ms: 2000, total_ms: 6000, bytes: 64_000_000 }
const policy: EgressPolicy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }

export interface RunOptions {
  config: Record<string, unknown>
  credential?:
    | {
        username: string
        password?: string
        client_certificate?: string
        client_key?: string
        client_key_passphrase?: string
      }
    | undefined
  limits?: Partial<Limits>
  signal?: AbortSignal
}

const targetOf = ({ config, credential, limits: change, signal: given }: RunOptions) => {
  const limits = { ...testLimits, ...change }
  const signal = given ?? AbortSignal.timeout(limits.total_ms)
  return {
    config: manifest.config.parse({ host: '127.0.0.1', database: 'postgres', ssl_mode: 'disable', ...config }),
    credential: credential && { kind: 'database.password' as const, ...credential },
    net: createNet({ policy, limits, signal }),
    signal,
    limits,
  }
}

/** The driver's test as the runner would run it, with all it yielded. */
export const runTest = async (
  options: RunOptions,
): Promise<TestOutcome & { stages: TestStage[]; code: string | undefined }> => {
  const run = driver.test(targetOf(options))
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

/** The driver's discovery, each line parsed. */
export const runDiscover = async <S extends z.ZodType>(
  options: RunOptions,
  request: z.input<typeof discoverRequest>,
  schema: S,
): Promise<z.output<S>[]> => {
  const asked: DiscoverRequest = discoverRequest.parse(request)
  const parts: Uint8Array[] = []
  for await (const bytes of driver.discover(targetOf({ limits: { total_ms: 60_000 }, ...options }), asked))
    parts.push(Uint8Array.from(bytes))
  const lines = Buffer.concat(parts).toString('utf8').split('\n').filter(Boolean)
  return lines.map((line) => schema.parse(JSON.parse(line)))
}
