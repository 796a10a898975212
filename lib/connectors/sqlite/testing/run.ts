import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll } from 'vitest'
import type * as z from 'zod'
import { resetEnv } from '#lib/config/env'
import { findLocalFile } from '#lib/engine/local-file'
import { createRunnerPool, type RunnerPool } from '#lib/runner/pool'
import type { StartFrame } from '#lib/runner/protocol'
import { type QueryOptions, requestOf } from '../../_sql/testing/run.ts'
import type { discoverRequest, Limits, TestOutcome, TestStage } from '../../contract.ts'
import { discoverRequest as requestShape, resultLast } from '../../contract.ts'
import { manifest } from '../manifest.ts'

export const testLimits: Limits = { connect_ms: 2000, tls_ms: 1000, auth_ms: 2000, total_ms: 20_000, bytes: 64_000_000 }

export interface RunOptions {
  limits?: Partial<Limits>
  signal?: AbortSignal
  config?: Record<string, unknown>
}

/** An allowed folder and real runners, as the engine has them; `registry` replaces the drivers. */
export const useFiles = (registry?: string) => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'jackfield-sqlite-')))
  const lines: string[] = []
  let pool: RunnerPool
  beforeAll(() => {
    process.env.JACKFIELD_FILE_DIRS = folder
    resetEnv()
    const policy = { allow_loopback: true, allow_private: true, allow: [], deny: [], own: [] }
    pool = createRunnerPool({ max: 2, policy, log: (line) => lines.push(line), ...(registry && { registry }) })
  })
  afterAll(async () => {
    await pool.stop()
    delete process.env.JACKFIELD_FILE_DIRS
    resetEnv()
    rmSync(folder, { recursive: true, force: true })
  })

  const run = async (name: string, job: StartFrame['job'], { limits, signal, config }: RunOptions = {}) => {
    const file = { engine: 'sqlite' as const, found: await findLocalFile(name) }
    const frame = { connector: 'sqlite', config: { path: name, ...config }, credential: null, job, file }
    const ran = pool.run(
      { ...frame, limits: { ...testLimits, ...limits } },
      { signal: signal ?? new AbortController().signal },
    )
    const parts: Uint8Array[] = []
    for await (const bytes of ran) parts.push(Uint8Array.from(bytes))
    const texts = Buffer.concat(parts).toString('utf8').split('\n').filter(Boolean)
    return { lines: texts.map((line) => JSON.parse(line)), end: await ran.end }
  }

  return {
    folder,
    lines,
    stats: () => pool.stats(),
    at: (name: string) => path.join(folder, name),
    run,
    /** Makes a database and runs statements in it; stays open if asked to. */
    make: (name: string, sql: string): string => {
      const db = new DatabaseSync(path.join(folder, name))
      db.exec(`pragma foreign_keys = off; ${sql}`)
      db.close()
      return name
    },
    test: async (name: string, options?: RunOptions) => {
      const parsed = manifest.config.parse({ path: name })
      const { lines: found, end } = await run(parsed.path, { capability: 'test' }, options)
      if (end.error) throw Object.assign(new Error(end.error.message), { code: end.error.code })
      const outcome = end.value as TestOutcome
      const stages = found.map(({ stage }: { stage: TestStage }) => stage).filter(({ status }) => status !== 'running')
      return { ...outcome, stages, code: outcome.cause?.code }
    },
    /** A statement's result, as it comes out of a real runner. */
    query: async (name: string, sql: string, query: QueryOptions = {}, options?: RunOptions) => {
      const request = requestOf(sql, query)
      const total_ms = request.limits.timeout_ms + 700
      const { lines: found, end } = await run(
        name,
        { capability: 'query', request },
        { limits: { total_ms }, ...options },
      )
      if (end.error) throw Object.assign(new Error(end.error.message), { code: end.error.code })
      return { first: found[0], rows: found.slice(1, -1), last: resultLast.parse(found.at(-1)) }
    },
    discover: async <S extends z.ZodType>(name: string, request: z.input<typeof discoverRequest>, shape: S) => {
      const asked = { capability: 'discover' as const, request: requestShape.parse(request) }
      const { lines: found, end } = await run(name, asked, { limits: { total_ms: 60_000 } })
      if (end.error) throw Object.assign(new Error(end.error.message), { code: end.error.code })
      return found.map((line): z.output<S> => shape.parse(line))
    },
  }
}
