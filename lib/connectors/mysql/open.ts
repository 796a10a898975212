import { AppError } from '#lib/core/errors'
import { isFailureOf, problemOf } from '../_test/failure.ts'
import { causes } from './causes.ts'
import { failureOf } from './failure.ts'
import { openSession, type Session } from './session.ts'
import { type MysqlTarget, settingsOf } from './target.ts'

/** A session for work that shows no stages. */
export const open = async (target: MysqlTarget): Promise<Session> => {
  const stages = openSession(settingsOf(target), target.net, target.limits)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

/** What is said of a session that failed; anything else stays what it is. */
export const explained = (thrown: unknown, target: MysqlTarget): unknown => {
  // What mysql2 throws has a code; what is a mistake of ours has none.
  const isOfServer = !(thrown instanceof AppError) && Object(thrown).code !== undefined
  const error = isOfServer ? failureOf(thrown, 'database') : thrown
  if (!isFailureOf(causes, error)) return error
  return problemOf(causes, error, { ...target.config, username: target.credential?.username ?? '' })
}
