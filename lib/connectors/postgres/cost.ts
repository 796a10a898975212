import { AppError } from '#lib/core/errors'
import type { QueryRequest } from '../contract.ts'
import type { Conversation } from './conversation.ts'
import { parse, plain, sync } from './messages.ts'
import { explain, explaining, readPlan } from './plan.ts'
import { type Judgement, planned } from './statement-class.ts'

const estimateName = 'jackfield_estimate'

/** Asks the planner first where the source has a limit of cost, and refuses what it expects to be dearer. */
export const requireCheap = async (
  conversation: Conversation,
  request: QueryRequest,
  { kind, isAnalyzed }: Judgement,
): Promise<void> => {
  const { max_cost, sql } = request
  if (max_cost === undefined || request.explain === 'estimated') return
  if (kind === 'ExplainStmt' && isAnalyzed)
    throw new AppError('unprocessable', 'This source has a limit of cost, so EXPLAIN ANALYZE is only run as a plan.')
  if (kind !== undefined && !planned.has(kind)) return
  const before = explaining.estimated
  const first = Buffer.concat([plain('SAVEPOINT jackfield'), parse(estimateName, before + sql)])
  const asked = { name: estimateName, before: before.length, first, after: 'RELEASE SAVEPOINT jackfield' }
  const { text } = await explain(conversation, request, asked)
  if (text === undefined) {
    // What the server cannot plan it will not run either, and says so in its own words.
    conversation.say(Buffer.concat([plain('ROLLBACK TO SAVEPOINT jackfield'), sync]), 1)
    return conversation.hearOut()
  }
  const cost = readPlan(text).cost ?? 0
  if (cost > max_cost)
    throw new AppError(
      'unprocessable',
      `The planner expects a cost of ${Math.round(cost)}, and this source allows ${max_cost}. Narrow the statement down, or ask for its plan.`,
    )
}
