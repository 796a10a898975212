import { ResultLines } from '../_sql/result-lines.ts'
import { outOfTime } from '../_sql/stopping.ts'
import { since } from '../_test/stages.ts'
import type { QueryRequest } from '../contract.ts'
import type { Answer, Asking } from './answer.ts'
import { askWith } from './parameters.ts'
import { rowWriter } from './result-rows.ts'
import { problemOf, type ServerError, timeoutNumbers } from './server-error.ts'
import { readWarnings } from './warnings.ts'

export interface Running {
  asking: Asking
  request: QueryRequest
  /** The statement's first word. */
  command: string | null
  /** When the first packet was sent. */
  began: number
}

/** Runs it and writes what comes. Returns whether the server has nothing left to do. */
export async function* runStatement(running: Running): AsyncGenerator<Uint8Array, boolean> {
  const { asking, request } = running
  const lines = new ResultLines(request.limits)
  const end = yield* writeRows(
    askWith(asking, request, (total) => lines.kept(total)),
    lines,
    request,
  )
  if (end.type === 'refused') {
    if (timeoutNumbers.includes(end.error.number)) throw outOfTime(request.limits.timeout_ms)
    lines.last({ failed: problemOf(end.error, request.sql) })
  } else {
    const notices = end.type === 'cut' || end.warnings === 0 ? [] : await readWarnings(asking)
    const affected = end.type === 'changed' ? end.affected : null
    if (end.type === 'changed') lines.head({ columns: [], columns_left_out: 0 })
    const { rows, truncated, cellsCut: cells_cut } = lines
    const { command, began } = running
    lines.last({ done: { rows, truncated, cells_cut, affected, command, duration_ms: since(began), notices } })
  }
  yield lines.take()
  return end.type !== 'cut'
}

type End =
  | { type: 'changed'; affected: number; warnings: number }
  | { type: 'end'; warnings: number }
  | { type: 'refused'; error: ServerError }
  /** There is more than there may be. */
  | { type: 'cut' }

async function* writeRows(
  answers: AsyncGenerator<Answer, void>,
  lines: ResultLines,
  { limits }: QueryRequest,
): AsyncGenerator<Uint8Array, End> {
  let write = rowWriter(lines, [])
  for await (const answer of answers) {
    if (answer.type === 'columns') {
      const kept = answer.columns.slice(0, limits.columns)
      const columns = kept.map(({ name, type, kind }) => ({ name, type, kind }))
      lines.head({ columns, columns_left_out: answer.columns.length - kept.length })
      write = rowWriter(lines, kept)
    } else if (answer.type === 'rows') {
      if (!answer.rows.every(write)) return { type: 'cut' }
      yield lines.take()
    } else return answer
  }
  return { type: 'cut' }
}
