import { isFailureOf, problemOf } from '../_test/failure.ts'
import { causes } from './causes.ts'
import { failureOf } from './failure.ts'
import { contextOf, type SqliteTarget } from './target.ts'

/** What is said of a file that failed; anything else stays what it is. */
export const explained = (error: unknown, target: SqliteTarget): unknown => {
  const failure = Object(error).code === 'ERR_SQLITE_ERROR' ? failureOf(error) : error
  if (!isFailureOf(causes, failure)) return error
  return problemOf(causes, failure, contextOf(target))
}
