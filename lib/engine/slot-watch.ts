import { setTimeout as sleep } from 'node:timers/promises'
import { replicateLine, replicateSlot } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import type { RunRequest } from './protocol.ts'
import { type RunContext, runLines } from './run.ts'
import { type DueReplication, giveSeen, pruneLags, takeDue } from './slot-store.ts'

const tick_ms = 2_000
/** Longest that a look may take. */
const look_ms = 30_000

/** Looks now and then how far replication slots are behind, together with all other engines. */
export const startSlotWatch = (context: RunContext): { stop(): Promise<void> } => {
  const abort = new AbortController()
  const { signal } = abort
  const work = (async () => {
    while (!signal.aborted) {
      const isMore = await lookAtNext(context, signal).catch((error: unknown) => {
        if (!signal.aborted) context.log.warn({ err: error }, 'replication slots could not be looked at')
        return false
      })
      if (!isMore) await sleep(tick_ms, undefined, { signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      abort.abort()
      await work
    },
  }
}

/** Takes one that is due and writes down what was seen; answers whether there was one. */
const lookAtNext = async (context: RunContext, signal: AbortSignal): Promise<boolean> => {
  const due = await takeDue()
  if (!due) return false
  try {
    await giveSeen(due, { seen: await look(due, AbortSignal.any([signal, AbortSignal.timeout(look_ms)]), context) })
  } catch (error) {
    if (signal.aborted) return false
    if (!(error instanceof AppError)) context.log.error({ err: error }, 'a replication slot could not be looked at')
    await giveSeen(due, { problem: error instanceof AppError ? error.message : 'The look broke off.' })
  }
  await pruneLags(due)
  return true
}

const look = async (due: DueReplication, signal: AbortSignal, context: RunContext) => {
  const request = { what: 'status' as const, slots: [due.slot] }
  const chunks: Uint8Array[] = []
  for await (const bytes of runLines(requestOf(due, request), signal, context)) chunks.push(bytes)
  const lines = Buffer.concat(chunks).toString('utf8').split('\n').filter(Boolean)
  for (const text of lines) {
    const line = replicateLine.safeParse(JSON.parse(text)).data
    if (line?.type === 'slot') return replicateSlot.parse(line)
  }
  throw new AppError('upstream_failed', 'The server said nothing about the slot.')
}

const requestOf = (
  { connectionId, workspaceId, organizationId }: DueReplication,
  request: Extract<RunRequest['job'], { capability: 'replicate' }>['request'],
): RunRequest => ({
  ticket: {
    event: 'replication.watched',
    request_id: newId('request'),
    actor: {
      kind: 'system',
      id: 'system',
      name: 'Jackfield',
      workspace_id: workspaceId,
      organization_id: organizationId,
      may_bind: false,
      sees_restricted: true,
    },
  },
  target: { connection_id: connectionId },
  job: { capability: 'replicate', request },
})
