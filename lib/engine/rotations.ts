import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestOutcome } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import {
  type ClaimedTest,
  dueRotations,
  giveResult,
  keepTest,
  settleRotation,
  type TestEnd,
  takeTest,
} from '#lib/rotations/work'
import { ticket as ticketShape } from './protocol.ts'
import { type RunContext, testStaged } from './run.ts'

/** How often an engine looks for work. */
const tick_ms = 1_000
/** A worker that has not been heard of for so long is gone, and its test is run again. */
const lease_s = 8
const renew_ms = 2_000
/** Tests of rotations leave the other runners to people who wait. */
const concurrency = 2

export interface Rotations {
  stop(): Promise<void>
}

/** Runs the tests of rotations and takes the steps that rotations take by themselves, together with all other engines. */
export const startRotations = (context: RunContext): Rotations => {
  const abort = new AbortController()
  const { signal } = abort
  const work = Array.from({ length: concurrency }, () => loop(() => testNext(context, signal), signal, context))
  work.push(loop(settleDue, signal, context))
  return {
    async stop() {
      abort.abort()
      await Promise.all(work)
    },
  }
}

/** Repeats `work` at once while there is some, else after a moment. A database that is away is only waited for. */
const loop = async (work: () => Promise<boolean>, signal: AbortSignal, { log }: RunContext): Promise<void> => {
  while (!signal.aborted) {
    const isMore = await work().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'a rotation could not go on; it is tried again')
      return false
    })
    if (!isMore) await sleep(tick_ms, undefined, { signal }).catch(() => undefined)
  }
}

const settleDue = async (): Promise<boolean> => {
  for (const id of await dueRotations()) await settleRotation(id)
  return false
}

const testNext = async (context: RunContext, signal: AbortSignal): Promise<boolean> => {
  const leaseBy = randomUUID()
  const claimed = await takeTest(leaseBy, lease_s)
  if (!claimed) return false
  const renewing = setInterval(() => void keepTest(leaseBy, lease_s).catch(() => undefined), renew_ms)
  try {
    await giveResult(leaseBy, await resultOf(claimed, context, signal))
    await settleRotation(claimed.rotationId)
  } finally {
    clearInterval(renewing)
  }
  return true
}

const resultOf = async (claimed: ClaimedTest, context: RunContext, signal: AbortSignal): Promise<TestEnd> => {
  const { connectionId, credentialId, version, workspaceId } = claimed
  if (workspaceId === null)
    return { state: 'skipped', message: 'The connection does not use this credential any more.' }
  const asked = ticketShape.parse(claimed.ticket)
  // An organization's credential is tested in the workspace of each connection.
  const ticket = { ...asked, actor: { ...asked.actor, workspace_id: workspaceId } }
  const request = { ticket, target: { connection_id: connectionId }, job: { capability: 'test' as const } }
  try {
    return endOf(await testStaged(request, { credentialId, version }, signal, context))
  } catch (error) {
    // A stop is no result: another engine, or this one when it is back, runs the test again.
    if (signal.aborted) return { state: 'pending', message: null }
    if (!(error instanceof AppError)) context.log.error({ err: error }, 'the test of a staged secret broke off')
    return { state: 'failed', message: sentenceOf(error) }
  }
}

const endOf = ({ success, message, cause, latency_ms: latencyMs }: TestOutcome): TestEnd => ({
  state: success ? 'passed' : 'failed',
  message,
  cause,
  latencyMs,
})

const sentenceOf = (error: unknown): string =>
  error instanceof AppError ? error.message : 'The test broke off. Test again; the engine’s log says more.'
