import type { QueryRequest } from '../contract.ts'
import type { Answer, Asking } from './answer.ts'
import type { Kept } from './long-row.ts'
import { textLiteral } from './quote.ts'

/** Of one statement that hands values over; servers take several megabytes. */
const handedBytesMax = 2 * 1024 * 1024

/**
 * Asks a statement with the values of its parameters: they go to variables of the session and are never part of the SQL.
 * Prepared in SQL rather than in the protocol, rows come as the server's own text.
 */
export async function* askWith(
  asking: Asking,
  { sql, parameters }: Pick<QueryRequest, 'sql' | 'parameters'>,
  kept: Kept,
): AsyncGenerator<Answer, void> {
  if (parameters.length === 0) return yield* asking.ask(sql, kept)
  const names = parameters.map((_, index) => `@jackfield_${index}`)
  const prepare = [
    ...assignments(parameters),
    `SET @jackfield_sql = ${textLiteral(sql)}`,
    'PREPARE jackfield FROM @jackfield_sql',
  ]
  for (const statement of prepare)
    for await (const answer of asking.ask(statement, kept)) if (answer.type === 'refused') return yield answer
  yield* asking.ask(`EXECUTE jackfield USING ${names.join(', ')}`, kept)
}

function* assignments(parameters: QueryRequest['parameters']): Generator<string> {
  let parts: string[] = []
  let size = 0
  for (const [index, value] of parameters.entries()) {
    const part = `@jackfield_${index} = ${value === null ? 'NULL' : textLiteral(value)}`
    if (parts.length > 0 && size + part.length > handedBytesMax) {
      yield `SET ${parts.join(', ')}`
      parts = []
      size = 0
    }
    parts.push(part)
    size += part.length
  }
  yield `SET ${parts.join(', ')}`
}
