import * as z from 'zod'
import { pageLine, type TestOutcome, type TestStage, testOutcome, testStage } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { withhold } from '#lib/core/log'
import { encodeLine } from '#lib/core/ndjson'
import type { RunnerJob, RunnerPool } from '#lib/runner/pool'
import { createAnswerRedactor } from './answer-redactor.ts'
import { accessOf, type DispatchContext, type PreparedRun, prepareRun, recordStop } from './dispatch.ts'
import { patienceFor } from './limits.ts'
import type { RunRequest } from './protocol.ts'
import { saveTest, type TestResult, type VersionOverride } from './store.ts'
import { watchAccess } from './watch.ts'

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
  const watch = watchAccess(accessOf(request, prepared.target), context)
  try {
    const { waiting_ms, whole_ms } = patienceFor(request.job)
    const deadline = AbortSignal.timeout(whole_ms)
    const stop = AbortSignal.any([signal, deadline, watch.signal])
    const job = context.pool.run(prepared.start, { signal: stop, waiting_ms })
    const started = { job, deadline, revoked: watch.signal }
    if (request.job.capability === 'test') yield* testLines(started, prepared, request, context)
    else if (request.job.capability === 'pages') yield* pageLines(started, prepared)
    else yield* passOn(started)
  } catch (error) {
    const { reason } = watch.signal
    if (reason instanceof AppError) throw await recordStop(reason, request, prepared.target, context.log)
    throw signal.reason instanceof AppError ? signal.reason : error
  } finally {
    watch.stop()
    release()
  }
}

/** An API may repeat what it was sent, so its answers are read here, however short they are cut. */
async function* pageLines(started: Started, prepared: PreparedRun): AsyncGenerator<Uint8Array> {
  const redact = createAnswerRedactor(prepared)
  for await (const line of linesOf(started.job)) yield encodeLine(pageLine.parse(redact(line)))
  await endOf(started)
  yield encodeLine({ end: {} })
}

interface Started {
  job: RunnerJob
  /** Aborted when waiting and running together took too long. */
  deadline: AbortSignal
  /** Aborted when the caller, or what the job uses, was revoked. */
  revoked: AbortSignal
}

/** Unread: rows of a large catalog never become objects here. */
async function* passOn(started: Started): AsyncGenerator<Uint8Array> {
  yield* started.job
  await endOf(started)
  yield encodeLine({ end: {} })
}

async function* testLines(
  started: Started,
  prepared: PreparedRun,
  request: RunRequest,
  { log }: RunContext,
): AsyncGenerator<Uint8Array> {
  const stages = new Map<string, TestStage>()
  const outcome = yield* outcomeOf(started, prepared, stages)
  const saved = resultOf(prepared, request, outcome, [...stages.values()])
  const testId =
    saved &&
    (await saveTest(saved).catch((error: unknown) => log.error({ err: error }, 'a test result could not be saved')))
  yield encodeLine({ end: { outcome, test_id: testId ?? null } })
}

async function* outcomeOf(
  started: Started,
  prepared: PreparedRun,
  stages: Map<string, TestStage>,
): AsyncGenerator<Uint8Array, TestOutcome> {
  const redact = createAnswerRedactor(prepared)
  for await (const line of linesOf(started.job)) {
    const { stage } = stageLine.parse(redact(line))
    if (stage.status !== 'running') stages.set(stage.name, stage)
    yield encodeLine({ stage })
  }
  return testOutcome.parse(redact((await endOf(started)).value))
}

const resultOf = (
  { target: { connection, credential } }: PreparedRun,
  { ticket }: RunRequest,
  outcome: TestOutcome,
  stages: TestStage[],
): TestResult | undefined =>
  connection && {
    workspaceId: ticket.actor.workspace_id,
    connectionId: connection.id,
    settingsRevision: connection.settingsRevision,
    credentialId: credential?.stored?.from.credential_id ?? null,
    credentialVersion: credential?.stored?.from.version ?? null,
    createdBy: ticket.actor.id,
    outcome,
    stages,
  }

/** Tests a connection with a version of its credential that is not the current one, and keeps the result. */
export const testStaged = async (
  request: RunRequest,
  staged: VersionOverride,
  signal: AbortSignal,
  context: RunContext,
): Promise<TestOutcome> => {
  const prepared = await prepareRun(request, context, staged)
  const release = withhold(prepared.secrets)
  const watch = watchAccess(accessOf(request, prepared.target), context)
  try {
    const { waiting_ms, whole_ms } = patienceFor(request.job)
    const deadline = AbortSignal.timeout(whole_ms)
    const stop = AbortSignal.any([signal, deadline, watch.signal])
    const job = context.pool.run(prepared.start, { signal: stop, waiting_ms })
    const stages = new Map<string, TestStage>()
    const lines = outcomeOf({ job, deadline, revoked: watch.signal }, prepared, stages)
    for (;;) {
      const next = await lines.next()
      if (!next.done) continue
      const result = resultOf(prepared, request, next.value, [...stages.values()])
      if (result) await saveTest({ ...result, staged: true })
      return next.value
    }
  } finally {
    watch.stop()
    release()
  }
}

const stageLine = z.object({ stage: testStage })

const endOf = async ({ job, deadline, revoked }: Started) => {
  const end = await job.end
  if (revoked.aborted) throw revoked.reason
  if (end.error && deadline.aborted) throw new AppError('upstream_timeout', 'It took too long and was stopped.')
  if (end.error) {
    const { code, message, details } = end.error
    throw new AppError(code, message, { ...(details && { details }) })
  }
  return end
}

async function* linesOf(job: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of job) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line)
  }
}
