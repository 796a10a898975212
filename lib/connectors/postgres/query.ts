import { AppError } from '#lib/core/errors'
import { encodeLine } from '#lib/core/ndjson'
import { quoteIdent } from '../_sql/quote.ts'
import { outOfTime, stoppedError, untilAborted } from '../_sql/stopping.ts'
import type { QueryRequest, SqlProblem } from '../contract.ts'
import { Conversation } from './conversation.ts'
import { requireCheap } from './cost.ts'
import { failureOf } from './failure.ts'
import { explained, open } from './open.ts'
import { explain, explaining, readPlan } from './plan.ts'
import { requireHarmless, requireNoWayOut } from './powers.ts'
import { Run } from './run.ts'
import { type Begun, begin, statementName } from './run-session.ts'
import { type Judge, type Judgement, judge } from './statement-class.ts'
import type { PostgresTarget } from './target.ts'

/** Runs one statement in a session and a transaction of its own; nothing of it stays but what `write` commits. */
export const query = (target: PostgresTarget, request: QueryRequest): AsyncGenerator<Uint8Array, void> =>
  queryJudgedBy(judge, target, request)

/** The same with another second layer: the first one holds without any, which is tested. */
export async function* queryJudgedBy(
  judge: Judge,
  target: PostgresTarget,
  given: QueryRequest,
): AsyncGenerator<Uint8Array, void> {
  // What is only explained is never written.
  const request: QueryRequest = given.explain ? { ...given, mode: 'read' } : given
  const began = performance.now()
  const { timeout_ms } = request.limits
  const signal = AbortSignal.any([target.signal, AbortSignal.timeout(timeout_ms)])
  let conversation: Conversation | undefined
  try {
    requireText(request)
    // Beside the login, so that it costs no time of its own.
    const judging = judge(request)
    judging.catch(() => {})
    const session = await untilAborted(open(target), signal, ({ stream }) => stream.destroy())
    conversation = new Conversation(target, session, signal)
    const judged = await judging
    const begun = await begin(conversation, request, {
      search: searchPath(target),
      ms: Math.max(1, Math.round(timeout_ms - (performance.now() - began))),
      functions: judged.functions,
      before: request.explain ? explaining[request.explain] : '',
    })
    signal.throwIfAborted()
    if (!begun.failed && request.mode === 'read') requireExamined(judged, begun)
    if (request.mode === 'write') requireNoWayOut(begun.powers, request.sql)
    begun.failed ??= await requireCheap(conversation, request, judged)
    const work = { request, begun, began, signal }
    yield* request.explain ? planLines(conversation, work) : rowLines(conversation, work)
  } catch (error) {
    throw signal.aborted ? stoppedError(signal, timeout_ms) : asProblem(error, target)
  } finally {
    await conversation?.end()
  }
}

interface Work {
  request: QueryRequest
  begun: Begun
  began: number
  signal: AbortSignal
}

async function* rowLines(conversation: Conversation, work: Work): AsyncGenerator<Uint8Array, void> {
  const { request, begun, began, signal } = work
  const run = new Run(request, begun.shapes, began)
  run.failed = begun.failed
  if (!run.failed) conversation.say(run.asks(), 1)
  while (conversation.isBusy()) {
    await conversation.hear(run)
    if (run.isEnough()) void conversation.stop()
    if (!run.lines.isEmpty()) yield run.lines.take()
  }
  signal.throwIfAborted()
  requireInTime(run.failed, work)
  run.end()
  yield run.lines.take()
}

async function* planLines(conversation: Conversation, work: Work): AsyncGenerator<Uint8Array, void> {
  const { request, begun, began, signal } = work
  const before = request.explain ? explaining[request.explain].length : 0
  const { text, failed } = begun.failed
    ? { text: undefined, failed: begun.failed }
    : await explain(conversation, request, { name: statementName, before, after: 'ROLLBACK' })
  signal.throwIfAborted()
  requireInTime(failed, work)
  if (failed) return yield encodeLine({ failed })
  yield encodeLine({ plan: readPlan(text ?? ''), text: text ?? '' })
  const duration_ms = Math.round((performance.now() - began) * 10) / 10
  const done = { rows: 0, truncated: null, cells_cut: 0, affected: null, command: 'EXPLAIN', duration_ms, notices: [] }
  yield encodeLine({ done })
}

/** The server's clock runs as long as ours and may be the first to say so. */
const requireInTime = (failed: SqlProblem | undefined, { request, began }: Work): void => {
  const { timeout_ms } = request.limits
  if (failed?.code === '57014' && performance.now() - began >= timeout_ms - 100) throw outOfTime(timeout_ms)
}

/** What the server can read and the parser cannot is not run. */
const requireExamined = (judged: Judgement, { powers, suspects }: Begun): void => {
  requireHarmless(powers, suspects, judged)
  if (judged.verdict === 'unreadable')
    throw new AppError(
      'unprocessable',
      'It could not be examined whether this statement only reads, so it was not run.',
    )
}

/** The protocol ends texts with a zero byte: what stands behind one would be left out unseen. */
const requireText = ({ sql, parameters }: QueryRequest): void => {
  if ([sql, ...parameters].some((text) => text?.includes('\0')))
    throw new AppError('invalid_request', 'The statement and its parameters must not contain the character NUL.')
}

/** Names without a schema are looked up where the connection says; `public` is where the server looks by itself. */
const searchPath = ({ config: { schema } }: PostgresTarget): string | null =>
  schema === 'public' ? null : quoteIdent(schema)

const asProblem = (error: unknown, target: PostgresTarget): unknown => {
  if (error instanceof AppError) return error
  const failure = failureOf(error, 'database')
  if (failure.code === 'protocol.flood')
    return new AppError('upstream_failed', 'The result is far larger than what may be shown of it. Select less.')
  return explained(failure, target)
}
