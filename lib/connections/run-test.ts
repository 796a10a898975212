import * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { type TestStage, testOutcome, testStage } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { engineError, readLines, runJob } from '#lib/engine/client'
import type { RunTarget, Ticket } from '#lib/engine/protocol'
import type { TestReport } from './schema.ts'
import { takeTestSlot } from './test-slots.ts'

const testEvent = z.union([
  z.object({ stage: testStage }),
  z.object({ end: z.object({ outcome: testOutcome, test_id: z.string().nullable().optional() }) }),
  z.object({ error: z.unknown() }),
])

/** Runs the connector's test in the engine, if there is room for one more: yields its stages as they happen, returns the whole. */
export async function* runTest(
  target: RunTarget,
  context: { actor: Actor; ticket: Ticket; signal: AbortSignal },
): AsyncGenerator<{ stage: TestStage }, TestReport> {
  const giveBack = takeTestSlot(context.actor)
  try {
    return yield* stagesOf(target, context)
  } finally {
    giveBack()
  }
}

async function* stagesOf(
  target: RunTarget,
  { ticket, signal }: { ticket: Ticket; signal: AbortSignal },
): AsyncGenerator<{ stage: TestStage }, TestReport> {
  const stages = new Map<string, TestStage>()
  const bytes = await runJob({ ticket, target, job: { capability: 'test' } }, signal)
  for await (const line of readLines(bytes)) {
    const event = testEvent.parse(line)
    if ('error' in event) throw engineError(event.error)
    if ('end' in event)
      return { ...event.end.outcome, stages: [...stages.values()], test_id: event.end.test_id ?? null }
    stages.set(event.stage.name, event.stage)
    yield event
  }
  throw new AppError('upstream_failed', 'The test ended without a result. Try again.')
}
