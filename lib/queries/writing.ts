import type { Actor } from '#lib/auth/actor'
import { requireRecentSignIn } from '#lib/auth/step-up'
import { AppError } from '#lib/core/errors'
import type { Queried } from '#lib/data-sources/querying'

/** Refuses a statement that may change data where its source keeps that off, or nobody said that it may. */
export const requireWriting = (source: Queried, actor: Actor, asked: { confirm: boolean; explain?: unknown }): void => {
  if (asked.explain !== undefined) throw refuse('/explain', 'A plan is made without changing anything: leave mode out.')
  if (!source.settings.writes) {
    const sentence = `“${source.name}” takes no statements that change data. Whoever configures it can allow them there.`
    throw new AppError('forbidden', sentence)
  }
  if (source.environment === 'prod') requireRecentSignIn(actor)
  if (!asked.confirm) throw refuse('/confirm', 'This statement may change data. Send confirm: true if that is meant.')
}

const refuse = (pointer: string, message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer, message }] })
