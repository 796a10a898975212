import * as z from 'zod'
import { type TestStage, testOutcome, testStage } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { withhold } from '#lib/core/log'
import type { RunnerJob, RunnerPool } from '#lib/runner/pool'
import { createAnswerRedactor } from './answer-redactor.ts'
import { type DispatchContext, type PreparedRun, prepareRun } from './dispatch.ts'
import { graceMs } from './limits.ts'
import type { RunRequest } from './protocol.ts'
import { saveTest } from './store.ts'

export interface RunContext extends DispatchContext {
  pool: RunnerPool
}

/** The answer to a run as NDJSON bytes: what the driver yields, then one last line. Throws instead of an error line. */
export async function* runLines(
  request: RunRequest,
  signal: AbortSignal,
  context: RunContext,
): AsyncGenerator<Uint8Array> {
  const prepared = await prepareRun(request, context)
  const release = withhold(prepared.secrets)
  try {
    const deadline = AbortSignal.timeout(prepared.start.limits.total_ms + graceMs)
    const job = context.pool.run(prepared.start, { signal: AbortSignal.any([signal, deadline]) })
    if (request.job.capability === 'test') yield* testLines({ job, deadline }, prepared, request, context)
    else yield* discoverLines({ job, deadline })
  } finally {
    release()
  }
}

interface Started {
  job: RunnerJob
  /** Aborted when waiting and running together took too long. */
  deadline: AbortSignal
}

async function* discoverLines(started: Started): AsyncGenerator<Uint8Array> {
  yield* started.job
  await endOf(started)
  yield lineOf({ end: {} })
}

async function* testLines(
  started: Started,
  prepared: PreparedRun,
  request: RunRequest,
  { log }: RunContext,
): AsyncGenerator<Uint8Array> {
  const redact = createAnswerRedactor(prepared)
  const stages = new Map<string, TestStage>()
  for await (const line of linesOf(started.job)) {
    const { stage } = stageLine.parse(redact(line))
    if (stage.status !== 'running') stages.set(stage.name, stage)
    yield lineOf({ stage })
  }
  const outcome = testOutcome.parse(redact((await endOf(started)).value))
  const { connection, credential } = prepared.target
  const stored = credential?.stored?.from
  const saved = connection && {
    workspaceId: request.ticket.actor.workspace_id,
    connectionId: connection.id,
    settingsRevision: connection.settingsRevision,
    credentialId: stored?.credential_id ?? null,
    credentialVersion: stored?.version ?? null,
    createdBy: request.ticket.actor.id,
    outcome,
    stages: [...stages.values()],
  }
  const testId =
    saved &&
    (await saveTest(saved).catch((error: unknown) => log.error({ err: error }, 'a test result could not be saved')))
  yield lineOf({ end: { outcome, test_id: testId ?? null } })
}

const stageLine = z.object({ stage: testStage })

const endOf = async ({ job, deadline }: Started) => {
  const end = await job.end
  if (end.error && deadline.aborted) throw new AppError('upstream_timeout', 'It took too long and was stopped.')
  if (end.error) throw new AppError(end.error.code, end.error.message)
  return end
}

const lineOf = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

async function* linesOf(job: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of job) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line)
  }
}
