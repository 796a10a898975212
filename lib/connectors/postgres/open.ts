import { isFailureOf, problemOf } from '../_test/failure.ts'
import { causes } from './causes.ts'
import { openSession, type Session } from './session.ts'
import { type PostgresTarget, settingsOf } from './target.ts'

/** A session for work that shows no stages. */
export const open = async (target: PostgresTarget): Promise<Session> => {
  const stages = openSession(settingsOf(target), target.net, target.limits)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

/** What is said of a session that failed; anything else stays what it is. */
export const explained = (error: unknown, { config, credential }: PostgresTarget): unknown =>
  isFailureOf(causes, error) ? problemOf(causes, error, { ...config, username: credential?.username ?? '' }) : error
