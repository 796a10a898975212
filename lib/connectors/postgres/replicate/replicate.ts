import type { Client } from 'pg'
import { AppError } from '#lib/core/errors'
import { encodeLine } from '#lib/core/ndjson'
import type { ReplicateLine, ReplicateRequest } from '../../contract.ts'
import type { PostgresTarget } from '../target.ts'
import { serverChecks, tableLine } from './checks.ts'
import { readFacts } from './facts.ts'
import { preview } from './preview.ts'
import { inSession } from './session.ts'
import { readSlots } from './status.ts'
import { type Step, stepLine, stepsOf } from './steps.ts'

/** Change data capture: what has to hold, the steps that lead there and back, and what comes out. */
export const replicate = (target: PostgresTarget, request: ReplicateRequest): AsyncGenerator<Uint8Array, void> =>
  inSession(target, (client) => encode(linesOf(client, request, target.signal)))

const linesOf = (client: Client, request: ReplicateRequest, signal: AbortSignal) => {
  if (request.what === 'check') return check(client, request)
  if (request.what === 'step') return takeStep(client, request)
  return request.what === 'preview' ? preview(client, request, signal) : status(client, request.slots)
}

async function* check(
  client: Client,
  { plan }: Extract<ReplicateRequest, { what: 'check' }>,
): AsyncGenerator<ReplicateLine, void> {
  const facts = await readFacts(client, plan)
  yield* serverChecks(facts, plan)
  for (const table of facts.tables) yield tableLine(table, facts, plan)
  yield* stepsOf(facts, plan).map(stepLine)
}

async function* takeStep(
  client: Client,
  { plan, step: id, direction, touched }: Extract<ReplicateRequest, { what: 'step' }>,
): AsyncGenerator<ReplicateLine, void> {
  const facts = await readFacts(client, plan)
  const step = stepsOf(facts, plan).find((one) => one.id === id)
  if (!step) throw new AppError('invalid_request', `There is no step “${id}”.`)
  const statements = direction === 'do' ? step.run : step.undo(touched)
  if (direction === 'undo' && id === 'slot' && facts.slot?.active) throw inUse(plan.slot)
  if (!(direction === 'undo' && id === 'slot' && !facts.slot)) await runAll(client, statements, step)
  yield { type: 'done', step: id, sql: statements.join('\n'), touched: direction === 'do' ? step.touches : [] }
}

/** All of a step or nothing; making a slot is the one thing that may not follow a write in its transaction. */
const runAll = async (client: Client, statements: readonly string[], { id }: Step): Promise<void> => {
  if (id === 'slot') {
    for (const statement of statements) await client.query(statement)
    return
  }
  await client.query('begin')
  for (const statement of statements) await client.query(statement)
  await client.query('commit')
}

async function* status(client: Client, slots: readonly string[]): AsyncGenerator<ReplicateLine, void> {
  yield* await readSlots(client, slots)
}

const inUse = (slot: string) =>
  new AppError(
    'conflict',
    `Somebody reads from the slot “${slot}” right now. Stop that reader first, then drop the slot.`,
  )

async function* encode(lines: AsyncIterable<ReplicateLine>): AsyncGenerator<Uint8Array, void> {
  for await (const line of lines) yield encodeLine(line)
}
