import { createOutbox, type Outbox, sendersMax } from '#lib/audit/outbox'
import type { SinkTest } from '#lib/audit/schema'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import type { Log } from '#lib/core/log'
import type { SinkTestRequest } from '../protocol.ts'
import { type SendContext, sendBatch, sentenceOf } from './send.ts'

export interface SinkLoopOptions extends Omit<SendContext, 'stopping'> {
  databaseUrl: string | undefined
  log: Log
}

export interface SinkLoop {
  test(request: SinkTestRequest): Promise<SinkTest>
  stop(): Promise<void>
}

const tickMs = 1_000
/** A destination with much to catch up on lets the others have their turn. */
const batchesInARow = 20

/** Sends the trail on, in the background: nothing a person does waits for a receiver (AUDIT-8). */
export const startSinkLoop = ({ databaseUrl, log, ...given }: SinkLoopOptions): SinkLoop => {
  const stopping = new AbortController()
  const context = { ...given, stopping: stopping.signal }
  const outbox = createOutbox(databaseUrl)
  const sending = new Map<string, Promise<void>>()

  const drain = async (id: string): Promise<void> => {
    for (let n = 0; n < batchesInARow && !stopping.signal.aborted; n++) {
      if (!(await outbox.deliver(id, (sink, events) => sendBatch(sink, events, context), sentenceOf))) return
    }
  }
  const start = (id: string) => {
    const work = drain(id)
      .catch((error: unknown) => log.warn({ err: error }, 'a destination of the audit trail could not be served'))
      .finally(() => sending.delete(id))
    sending.set(id, work)
  }
  const tick = async (): Promise<void> => {
    if (sending.size >= sendersMax) return
    const due = await outbox.due()
    for (const id of due) if (!sending.has(id) && sending.size < sendersMax && !stopping.signal.aborted) start(id)
  }
  // Without a database there is nothing to send either; requests say so, this need not.
  const timer = setInterval(() => void tick().catch(() => undefined), tickMs).unref()

  return {
    test: (request) => testSink(outbox, request, context),
    async stop() {
      stopping.abort()
      clearInterval(timer)
      await Promise.all(sending.values())
      await outbox.close()
    },
  }
}

const testSink = async (
  outbox: Outbox,
  { workspace_id, sink_id }: SinkTestRequest,
  context: SendContext,
): Promise<SinkTest> => {
  const sink = await outbox.find(workspace_id, sink_id)
  if (!sink) throw new AppError('not_found', 'There is no such destination.')
  const started = performance.now()
  const latency = () => Math.round(performance.now() - started)
  try {
    await sendBatch(sink, [testEvent()], context)
    return { success: true, message: 'The receiver took a test message.', latency_ms: latency() }
  } catch (error) {
    return { success: false, message: sentenceOf(error), latency_ms: latency() }
  }
}

/** Looks like an event, says that it is none, and stands in no chain. */
const testEvent = () => ({
  ...{ id: newId('event'), at: new Date().toISOString(), event: 'audit_sink.test', sentence: 'sent a test message' },
  ...{ outcome: 'success' as const, actor: { kind: 'system', id: 'system', name: 'Jackfield' }, ip: null },
  ...{ user_agent: null, target: null, request_id: null, details: { test: true }, seq: null },
})
