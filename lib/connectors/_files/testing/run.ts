import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import type { EgressPolicy, StartFrame } from '#lib/runner/protocol'
import {
  type FileLine,
  fileLine,
  filesRequest,
  type Manifest,
  type TestOutcome,
  type TestStage,
} from '../../contract.ts'

const policy: EgressPolicy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
const limits = { connect_ms: 5_000, tls_ms: 5_000, auth_ms: 5_000, total_ms: 30_000, bytes: 64_000_000 }

export interface RunOptions {
  config: Record<string, unknown>
  credential?: Record<string, unknown> | undefined
  limits?: Partial<typeof limits>
}

/** A connector in runners like the product's: empty environment, no files, guarded sockets. */
export const startRunners = (manifest: Pick<Manifest, 'id' | 'config'>) => {
  const logs: string[] = []
  const pool: RunnerPool = createRunnerPool({ max: 2, policy, log: (line) => logs.push(line) })

  const run = async (options: RunOptions, job: StartFrame['job']) => {
    const start: StartFrame = {
      connector: manifest.id,
      config: manifest.config.parse(options.config),
      credential: options.credential ?? null,
      job,
      limits: { ...limits, ...options.limits },
    }
    const running = pool.run(start, { signal: new AbortController().signal })
    const parts: Uint8Array[] = []
    for await (const bytes of running) parts.push(bytes)
    const end = await running.end
    const text = Buffer.concat(parts).toString('utf8')
    const lines: unknown[] = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    return { end, text, lines }
  }

  const test = async (options: RunOptions) => {
    const { end, text, lines } = await run(options, { capability: 'test' })
    const outcome = end.value as TestOutcome
    const stages = lines.flatMap((line) => (line as { stage?: TestStage }).stage ?? [])
    const done = stages.filter(({ status }) => status !== 'running')
    return { end, text, outcome, stages: done, code: outcome?.cause?.code }
  }

  const files = async (
    options: RunOptions,
    request: object,
  ): Promise<{ lines: FileLine[]; error: string | undefined; code: string | undefined }> => {
    const asked = filesRequest.parse(request)
    const { end, lines } = await run(options, { capability: 'files', request: asked })
    return { lines: lines.map((line) => fileLine.parse(line)), error: end.error?.message, code: end.error?.code }
  }

  return { test, files, logs, stop: () => pool.stop() }
}
