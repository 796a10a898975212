import type { TestStage } from '../contract.ts'
import type { CauseTable } from './causes.ts'
import { Failure } from './failure.ts'

export interface StageResult<T> {
  value: T
  status?: 'passed' | 'warning' | 'skipped'
  sentence?: string
  evidence?: TestStage['evidence']
}

/** Yields `running`, does the work, yields how it went. A failure is thrown on, so that nothing after it runs. */
export type RunStage = <T>(name: TestStage['name'], work: () => Promise<StageResult<T>>) => AsyncGenerator<TestStage, T>

/** The stages of one connector; `failureOf` says what an error in a stage means, in codes of its table. */
export const stagesOf = <Code extends string>(
  causes: CauseTable<never, Code>,
  failureOf: (error: unknown, stage: TestStage['name']) => Failure<Code>,
): RunStage =>
  async function* stage(name, work) {
    yield { name, status: 'running' }
    const began = performance.now()
    try {
      const { value, status = 'passed', sentence, evidence } = await work()
      const facts = { ...(sentence !== undefined && { sentence }), ...(evidence && { evidence }) }
      yield { name, status, duration_ms: since(began), ...facts }
      return value
    } catch (error) {
      const { code, facts, cause, evidence } = failureOf(error, name)
      const usual = causes[code].stage
      // The login may have gone through and only the database be missing.
      const isLater = name === 'authenticate' && usual === 'database'
      yield { name, status: isLater ? 'passed' : 'failed', duration_ms: since(began), ...(evidence && { evidence }) }
      if (isLater) yield { name: usual, status: 'failed', duration_ms: 0 }
      throw new Failure(code, facts, { at: isLater ? usual : name, cause })
    }
  }

export const since = (began: number): number => Math.round((performance.now() - began) * 100) / 100
