import { AppError } from '#lib/core/errors'
import type { QueryRequest, SqlProblem } from '../contract.ts'
import type { Conversation } from './conversation.ts'
import { parse } from './messages.ts'
import { costOf, explain, explaining } from './plan.ts'
import { type Judgement, planned, wordsOf } from './statement-class.ts'

const estimateName = 'jackfield_estimate'

/** What is planned as a whole: what reads and changes, and what keeps the rows of a question. */
const priced = new Set([...planned, 'CreateTableAsStmt', 'DeclareCursorStmt'])
/** They run statements that nobody sees before. */
const opaque = new Set(['CallStmt', 'DoStmt', 'ExecuteStmt', 'RefreshMatViewStmt'])

/**
 * Asks the planner first where the source has a limit of cost, and refuses what it expects to be dearer. Returns the
 * server's words against what it cannot plan, which is not run then: what fails once may succeed the next time.
 * Definitions (`CREATE INDEX`, `ALTER TABLE`) have no plan; those are held by the limit of time alone.
 */
export const requireCheap = async (
  conversation: Conversation,
  request: QueryRequest,
  { kind, isAnalyzed }: Judgement,
): Promise<SqlProblem | undefined> => {
  const { max_cost, sql } = request
  if (max_cost === undefined || request.explain === 'estimated') return undefined
  if (kind === 'ExplainStmt' && isAnalyzed)
    throw new AppError('unprocessable', 'This source has a limit of cost, so EXPLAIN ANALYZE is only run as a plan.')
  if (kind !== undefined && opaque.has(kind)) throw hasNoPlan(wordsOf(kind))
  if (kind !== undefined && !priced.has(kind)) return undefined
  const before = explaining.estimated
  const first = parse(estimateName, before + sql)
  const { text, failed } = await explain(conversation, request, { name: estimateName, before: before.length, first })
  if (text === undefined && kind === undefined) throw hasNoPlan('this')
  if (text === undefined) return failed
  const cost = costOf(text)
  if (cost > max_cost)
    throw new AppError(
      'unprocessable',
      `The planner expects a cost of ${Math.round(cost)}, and this source allows ${max_cost}. Narrow the statement down, or ask for its plan.`,
    )
  return undefined
}

const hasNoPlan = (what: string) =>
  new AppError(
    'unprocessable',
    `This source has a limit of cost, and what ${what} runs has no plan to hold against it. Run its statements one by one, or have the limit of the source set to the largest there is, which is none.`,
  )
