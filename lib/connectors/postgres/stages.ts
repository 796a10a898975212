import type { TestStage } from '../contract.ts'
import { Failure, failureOf } from './failure.ts'

export interface StageResult<T> {
  value: T
  status?: 'passed' | 'warning' | 'skipped'
  sentence?: string
  evidence?: TestStage['evidence']
}

export type ConnectStage = 'dns' | 'tcp' | 'tls' | 'authenticate' | 'database'

/** Yields `running`, does the work, yields how it went. A failure is thrown on, so that nothing after it runs. */
export async function* stage<T>(
  name: TestStage['name'],
  work: () => Promise<StageResult<T>>,
): AsyncGenerator<TestStage, T> {
  yield { name, status: 'running' }
  const began = performance.now()
  try {
    const { value, status = 'passed', sentence, evidence } = await work()
    const facts = { ...(sentence !== undefined && { sentence }), ...(evidence && { evidence }) }
    yield { name, status, duration_ms: since(began), ...facts }
    return value
  } catch (error) {
    const failure = error instanceof Failure ? error : failureOf(error, isConnectStage(name) ? name : 'database')
    // The login may have gone through and only the database be missing.
    const isLater = name === 'authenticate' && failure.stage === 'database'
    yield { name, status: isLater ? 'passed' : 'failed', duration_ms: since(began) }
    if (isLater) yield { name: failure.stage, status: 'failed', duration_ms: 0 }
    throw failure.stage === name || isLater ? failure : new StageFailure(failure, name)
  }
}

/** A failure whose code usually belongs to another stage: it is reported where it happened. */
export class StageFailure extends Failure {
  readonly #stage: TestStage['name']
  constructor(failure: Failure, at: TestStage['name']) {
    super(failure.code, failure.facts, { cause: failure })
    this.#stage = at
  }
  override get stage(): TestStage['name'] {
    return this.#stage
  }
}

export const since = (began: number): number => Math.round((performance.now() - began) * 100) / 100

const isConnectStage = (name: TestStage['name']): name is ConnectStage =>
  ['dns', 'tcp', 'tls', 'authenticate', 'database'].includes(name)
