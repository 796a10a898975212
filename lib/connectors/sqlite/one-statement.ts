import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { AppError } from '#lib/core/errors'

const gap = /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$))*$/

/** The statement, prepared. SQLite prepares the first of several and leaves the others unread: they are refused here. */
export const onlyStatement = (db: DatabaseSync, sql: string): StatementSync => {
  const statement = prepare(db, sql)
  const rest = sql.trimStart().slice(statement.sourceSQL.trimStart().length)
  if (!gap.test(rest)) throw new AppError('unprocessable', 'One statement at a time.')
  return statement
}

const prepare = (db: DatabaseSync, sql: string): StatementSync => {
  try {
    return db.prepare(sql)
  } catch (error) {
    if (Object(error).code === 'ERR_INVALID_ARG_VALUE') throw new AppError('unprocessable', 'There is no statement.')
    throw error
  }
}
