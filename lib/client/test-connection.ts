import type { TestReport } from '#lib/connections/schema'
import type { TestStage } from '#lib/connectors/contract'
import { streamApi } from './api.ts'
import { problemFrom } from './problem.ts'

/** Stages as they finish, then the whole report or why the test itself could not run. */
export type TestLine = { stage: TestStage } | { error: unknown } | { end: TestReport }

/** Tests a saved connection and answers its report; `onStage` hears of each stage on the way. */
export const testSavedConnection = async (
  ref: string,
  { signal, onStage }: { signal?: AbortSignal; onStage?: (stage: TestStage) => void } = {},
): Promise<TestReport> => {
  const path = `/api/connections/${encodeURIComponent(ref)}/test`
  for await (const line of streamApi<TestLine>(path, { method: 'POST', body: {}, signal })) {
    if ('end' in line) return line.end
    if ('error' in line) throw problemFrom(line.error)
    onStage?.(line.stage)
  }
  throw new Error('The test stopped before it was finished. Try again.')
}
