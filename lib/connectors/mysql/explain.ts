import { AppError } from '#lib/core/errors'
import { ResultLines } from '../_sql/result-lines.ts'
import { outOfTime } from '../_sql/stopping.ts'
import { since } from '../_test/stages.ts'
import type { PlanLine, QueryRequest } from '../contract.ts'
import type { Asking } from './answer.ts'
import { askWith } from './parameters.ts'
import { costOf, readAnalyzed, readPlan } from './plan.ts'
import { Row } from './row.ts'
import { problemOf, type ServerError, timeoutNumbers } from './server-error.ts'

export interface Explaining {
  asking: Asking
  request: QueryRequest
  isMariaDb: boolean
  began: number
}

/** Longer plans are of statements that nobody wrote. */
const planBytesMax = 8 * 1024 * 1024

/** The plan instead of the rows. */
export async function* explainStatement(explaining: Explaining): AsyncGenerator<Uint8Array, boolean> {
  const { request, began } = explaining
  const lines = new ResultLines(request.limits)
  const found = await planOf(explaining, request.explain ?? 'estimated')
  if ('error' in found) {
    yield refusedLine(found.error, request)
    return true
  } else {
    lines.plan(found)
    const none = { rows: 0, truncated: null, cells_cut: 0, affected: null, notices: [] }
    lines.last({ done: { ...none, command: 'EXPLAIN', duration_ms: since(began) } })
  }
  yield lines.take()
  return true
}

/** What the server cannot plan it does not run either, and says so in its own words. */
export const refusedLine = (error: ServerError, { limits, sql }: QueryRequest): Uint8Array => {
  if (timeoutNumbers.includes(error.number)) throw outOfTime(limits.timeout_ms)
  const lines = new ResultLines(limits)
  lines.last({ failed: problemOf(error, sql) })
  return lines.take()
}

/** Asks the planner first where the source has a limit of cost. Returns the server's words where it has no plan, and no cost. */
export const requireCheap = async (explaining: Explaining): Promise<ServerError | undefined> => {
  const { max_cost, explain } = explaining.request
  if (max_cost === undefined || explain === 'estimated') return undefined
  const found = await planOf(explaining, 'estimated')
  // A view hides from some what stands behind it; they may read it all the same.
  if ('error' in found && found.error.number === noPlanOfView) throw tooSecret()
  if ('error' in found) return found.error
  const cost = costOf(found.plan, (await lastCost(explaining.asking)) ?? 0)
  if (cost > max_cost)
    throw new AppError(
      'unprocessable',
      `The planner expects a cost of ${Math.round(cost)}, and this source allows ${max_cost}. Narrow the statement down, or ask for its plan.`,
    )
  return undefined
}

const noPlanOfView = 1345
const tooSecret = () =>
  new AppError(
    'unprocessable',
    'This source has a limit of cost, and the login may not see what a view in this statement would cost. Grant it SHOW VIEW and SELECT on what the view reads, or set the limit of the source to the largest there is, which is none.',
  )

const planOf = async (
  { asking, request: { sql, parameters }, isMariaDb }: Explaining,
  kind: NonNullable<QueryRequest['explain']>,
): Promise<PlanLine | { error: ServerError }> => {
  const isTree = kind === 'analyzed' && !isMariaDb
  const before = kind === 'estimated' ? 'EXPLAIN FORMAT=JSON ' : isMariaDb ? 'ANALYZE FORMAT=JSON ' : 'EXPLAIN ANALYZE '
  const found = await onlyText(asking, { sql: before + sql, parameters }, 0)
  if (typeof found !== 'string') return found
  return { plan: isTree ? readAnalyzed(found) : readPlan(found), text: found }
}

/** MariaDB writes no costs into its plans before 11, but remembers the last one; 0 of whatever has several parts. */
const lastCost = async (asking: Asking): Promise<number | null> => {
  const found = await onlyText(asking, { sql: "SHOW SESSION STATUS LIKE 'Last_query_cost'", parameters: [] }, 1)
  return typeof found === 'string' && Number.isFinite(Number(found)) ? Number(found) : null
}

const onlyText = async (
  asking: Asking,
  statement: Pick<QueryRequest, 'sql' | 'parameters'>,
  field: number,
): Promise<string | { error: ServerError }> => {
  const row = new Row()
  let text = ''
  for await (const answer of askWith(asking, statement, (total) => Math.min(total, planBytesMax))) {
    if (answer.type === 'refused') return { error: answer.error }
    if (answer.type !== 'rows') continue
    for (const raw of answer.rows) {
      row.load(raw)
      text += row.text(field) ?? ''
    }
  }
  return text
}
