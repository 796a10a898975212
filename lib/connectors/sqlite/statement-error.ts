import type { SqlProblem } from '../contract.ts'

/** Results that are about the statement, not about the file: error, permission, read-only, too big, constraint, mismatch, authorizer, range. */
const ofStatement = [1, 3, 8, 18, 19, 20, 23, 25]
const notAllowed = [3, 8, 23]
const messageMax = 2_000

export const isStatementError = (error: unknown): boolean => {
  const { code, errcode } = Object(error)
  return code === 'ERR_SQLITE_ERROR' && ofStatement.includes(errcode & 0xff)
}

/** What SQLite says against a statement. */
export const problemOf = (error: unknown, sql: string): SqlProblem => {
  const { message, errcode } = Object(error)
  const said = String(message)
  return {
    message: said.slice(0, messageMax),
    code: String(errcode),
    position: positionOf(said, sql),
    detail: null,
    hint: notAllowed.includes(errcode & 0xff)
      ? 'The file is opened for reading only: statements that change it, other files, extensions and most PRAGMAs are refused.'
      : null,
  }
}

/** It names the word it stumbled over; where that stands only once, it is the place. */
const positionOf = (message: string, sql: string): number | null => {
  const word =
    /^near "([\s\S]+)": syntax error$/.exec(message)?.[1] ??
    /^unrecognized token: "([\s\S]+)"$/.exec(message)?.[1] ??
    /^no such (?:column|table|function): (?:\w+\.)?(\S+)/.exec(message)?.[1]
  if (word === undefined) return null
  const at = sql.indexOf(word)
  return at >= 0 && sql.indexOf(word, at + 1) < 0 ? at : null
}
