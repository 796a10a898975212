import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '#lib/core/errors'
import { ResultLines } from '../_sql/result-lines.ts'
import { outOfTime, stoppedError } from '../_sql/stopping.ts'
import { since } from '../_test/stages.ts'
import type { QueryRequest } from '../contract.ts'
import { columnsOf } from './columns.ts'
import { isReading } from './database.ts'
import { explained } from './explained.ts'
import { onlyStatement } from './one-statement.ts'
import { planOf } from './plan.ts'
import { isStatementError, problemOf } from './statement-error.ts'
import { databaseOf, fileOf, type SqliteTarget } from './target.ts'
import { writeRow } from './values.ts'

/** How long rows are gathered before they are handed on. */
const gatheredMs = 50

/**
 * Runs one statement on the file. SQLite works within the calls for rows: whoever wants it ended while it looks for the
 * next one ends its process, which has no other work.
 */
export async function* query(target: SqliteTarget, request: QueryRequest): AsyncGenerator<Uint8Array, void> {
  const began = performance.now()
  let db: DatabaseSync | undefined
  try {
    requireReading(request)
    db = databaseOf(target, fileOf(target), isReading)
    yield* request.explain ? plan(db, request, began) : rows(db, request, began, target.signal)
  } catch (error) {
    throw explained(error, target)
  } finally {
    db?.close()
  }
}

const requireReading = ({ mode, explain }: QueryRequest): void => {
  if (mode === 'write')
    throw new AppError('unprocessable', 'Files of SQLite are opened read-only; nothing is written to them from here.')
  if (explain === 'analyzed')
    throw new AppError('unprocessable', 'SQLite does not measure its plans. Ask for the plan without running it.')
}

async function* rows(
  db: DatabaseSync,
  request: QueryRequest,
  began: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const { sql, parameters, limits } = request
  const lines = new ResultLines(limits)
  try {
    const statement = prepared(db, sql)
    const found = statement.iterate(...parameters) as IterableIterator<unknown[]>
    let handedOn = performance.now()
    let isFirst = true
    for (let next = found.next(); ; next = found.next()) {
      if (performance.now() - began > limits.timeout_ms) throw outOfTime(limits.timeout_ms)
      if (isFirst) lines.head(columnsOf(statement, next.value, limits.columns))
      isFirst = false
      if (next.done || !lines.begin()) break
      writeRow(lines, next.value, limits.columns)
      lines.end()
      const isDue = performance.now() - handedOn > gatheredMs
      if (!isDue && !lines.isFull()) continue
      yield lines.take()
      // Lets a cancellation in.
      await nextTurn()
      if (signal.aborted) throw stoppedError(signal, limits.timeout_ms)
      handedOn = performance.now()
    }
    const { rows, truncated, cellsCut: cells_cut } = lines
    const done = {
      rows,
      truncated,
      cells_cut,
      affected: null,
      command: commandOf(sql),
      duration_ms: since(began),
      notices: [],
    }
    lines.last({ done })
  } catch (error) {
    if (!isStatementError(error)) throw error
    lines.last({ failed: problemOf(error, sql) })
  }
  yield lines.take()
}

async function* plan(db: DatabaseSync, { sql, limits }: QueryRequest, began: number): AsyncGenerator<Uint8Array, void> {
  const lines = new ResultLines(limits)
  try {
    onlyStatement(db, sql)
    lines.plan(planOf(prepared(db, `EXPLAIN QUERY PLAN ${sql}`).all() as never))
    const none = { rows: 0, truncated: null, cells_cut: 0, affected: null, notices: [] }
    lines.last({ done: { ...none, command: 'EXPLAIN', duration_ms: since(began) } })
  } catch (error) {
    if (!isStatementError(error)) throw error
    lines.last({ failed: problemOf(error, sql) })
  }
  yield lines.take()
}

const prepared = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = onlyStatement(db, sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

/** The statement's first word. */
const commandOf = (sql: string): string | null =>
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*([a-z]+)/i.exec(sql)?.[1]?.toUpperCase() ?? null
