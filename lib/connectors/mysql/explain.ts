import { AppError } from '#lib/core/errors'
import { ResultLines } from '../_sql/result-lines.ts'
import { outOfTime } from '../_sql/stopping.ts'
import { since } from '../_test/stages.ts'
import type { PlanLine, QueryRequest } from '../contract.ts'
import type { Asking } from './answer.ts'
import { askWith } from './parameters.ts'
import { readAnalyzed, readPlan } from './plan.ts'
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
    if (timeoutNumbers.includes(found.error.number)) throw outOfTime(request.limits.timeout_ms)
    lines.last({ failed: problemOf(found.error, request.sql) })
  } else {
    lines.plan(found)
    const none = { rows: 0, truncated: null, cells_cut: 0, affected: null, notices: [] }
    lines.last({ done: { ...none, command: 'EXPLAIN', duration_ms: since(began) } })
  }
  yield lines.take()
  return true
}

/** Asks the planner first where the source has a limit of cost, and refuses what it expects to be dearer. */
export const requireCheap = async (explaining: Explaining): Promise<void> => {
  const { max_cost, explain } = explaining.request
  if (max_cost === undefined || explain === 'estimated') return
  const found = await planOf(explaining, 'estimated')
  // What the server cannot plan it does not run either, and says so in its own words.
  if ('error' in found) return
  const cost = found.plan.cost ?? (await lastCost(explaining.asking)) ?? 0
  if (cost > max_cost)
    throw new AppError(
      'unprocessable',
      `The planner expects a cost of ${Math.round(cost)}, and this source allows ${max_cost}. Narrow the statement down, or ask for its plan.`,
    )
}

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

/** MariaDB writes no costs into its plans before 11, but remembers the last one. */
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
