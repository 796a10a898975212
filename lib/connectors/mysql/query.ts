import { AppError } from '#lib/core/errors'
import { stoppedError, untilAborted } from '../_sql/stopping.ts'
import type { QueryRequest } from '../contract.ts'
import { askingOn } from './answer.ts'
import { explainStatement, refusedLine, requireCheap } from './explain.ts'
import { commandOf, hasPlan, isAnalysis, refusalOf } from './guard.ts'
import { explained, open } from './open.ts'
import { type Prepared, prepareSession } from './prepare-session.ts'
import { runStatement } from './run-statement.ts'
import type { Session } from './session.ts'
import { stopWork } from './stop.ts'
import type { MysqlTarget } from './target.ts'
import { refusalOfUnplanned } from './unplanned.ts'

export const query = (target: MysqlTarget, request: QueryRequest): AsyncGenerator<Uint8Array, void> =>
  queryBehind(refusalOf, target, request)

/**
 * Runs one statement in a session of its own, which ends with it (SQL-7), and whose work ends with the reader (SQL-6). The
 * guard is given so that tests can show what holds without it.
 */
export async function* queryBehind(
  guard: typeof refusalOf,
  target: MysqlTarget,
  request: QueryRequest,
): AsyncGenerator<Uint8Array, void> {
  const began = performance.now()
  const { timeout_ms } = request.limits
  const stop = AbortSignal.any([target.signal, AbortSignal.timeout(timeout_ms)])
  let session: Session | undefined
  let prepared: Prepared | undefined
  let isDone = false
  const cut = () => session?.stream.destroy()
  stop.addEventListener('abort', cut)
  try {
    session = await untilAborted(open(target), stop, (late) => late.stream.destroy())
    prepared = await prepareSession(session, modeOf(request), timeout_ms - (performance.now() - began))
    const { reading } = prepared
    refuse(guard, request, prepared)
    const asking = askingOn(session.stream)
    const explaining = { asking, request, isMariaDb: /mariadb/i.test(session.greeting.version), began }
    const command = commandOf(request.sql, reading)
    refuseUnpriced(request, reading)
    const unplanned = hasPlan(command) ? await requireCheap(explaining) : undefined
    if (unplanned) {
      isDone = true
      return yield refusedLine(unplanned, request)
    }
    isDone = yield* request.explain ? explainStatement(explaining) : runStatement({ asking, request, command, began })
  } catch (error) {
    throw stop.aborted ? stoppedError(stop, timeout_ms) : explained(error, target)
  } finally {
    stop.removeEventListener('abort', cut)
    session?.stream.destroy()
    if (!isDone) await stopWork(target, prepared?.place)
  }
}

const refuse = (guard: typeof refusalOf, request: QueryRequest, { reading }: Prepared): void => {
  const { sql, explain } = request
  const refusal = guard({ sql, mode: modeOf(request), reading, ...(explain && { explain }) })
  if (refusal !== undefined) throw new AppError('unprocessable', refusal)
}

/** It would run at any cost. */
const refuseUnpriced = ({ sql, max_cost, explain }: QueryRequest, reading: Prepared['reading']): void => {
  if (max_cost === undefined || explain === 'estimated') return
  if (isAnalysis(sql, reading))
    throw new AppError('unprocessable', 'This source has a limit of cost, so EXPLAIN ANALYZE is only run as a plan.')
  const refusal = hasPlan(commandOf(sql, reading)) ? undefined : refusalOfUnplanned(sql, reading)
  if (refusal !== undefined) throw new AppError('unprocessable', refusal)
}

/** What is analysed runs, and is read. */
const modeOf = ({ mode, explain }: QueryRequest): QueryRequest['mode'] => (explain === 'analyzed' ? 'read' : mode)
