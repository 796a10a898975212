import type { SqlProblem } from '../contract.ts'

/** What a server said against a statement. */
export interface ServerError {
  number: number
  state: string | null
  message: string
}

/** Reads `ff`, a number, `#` and five characters of state, and a sentence. */
export const serverErrorOf = (payload: Buffer): ServerError => {
  const hasState = payload[3] === 0x23
  return {
    number: payload.length < 3 ? 0 : payload.readUInt16LE(1),
    state: hasState ? payload.toString('latin1', 4, 9) : null,
    message: payload.subarray(hasState ? 9 : 3).toString('utf8'),
  }
}

/** Its own limit on time was reached: MariaDB's number and MySQL's. */
export const timeoutNumbers = [1969, 3024]

const messageMax = 2_000

/** For whoever wrote the statement. */
export const problemOf = ({ number, state, message }: ServerError, sql: string): SqlProblem => ({
  message: message.slice(0, messageMax),
  code: state && /^[0-9A-Z]{5}$/.test(state) && state !== 'HY000' ? state : String(number),
  position: positionOf(message, sql),
  detail: null,
  hint: null,
})

/** Servers repeat what follows the mistake up to the end, cut to 80 characters, and count lines from 1. */
const positionOf = (message: string, sql: string): number | null => {
  const [, near = '', line = ''] = /near '([\s\S]*)' at line (\d{1,7})$/.exec(message) ?? []
  if (line === '') return null
  if (sql.endsWith(near)) return sql.length - near.length
  const lineStart = startOfLine(sql, Number(line))
  const found = sql.indexOf(near, lineStart)
  return found < 0 ? lineStart : found
}

const startOfLine = (sql: string, line: number): number => {
  let start = 0
  for (let count = 1; count < line; count++) {
    const end = sql.indexOf('\n', start)
    if (end < 0) return start
    start = end + 1
  }
  return start
}
