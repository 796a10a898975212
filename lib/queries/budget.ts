import { AppError } from '#lib/core/errors'
import type { Busy } from './budget-store.ts'

/** How many statements run at once: each holds a login on somebody else's server. */
export const budget: Busy = { mine: 3, here: 8, workspace: 24 }

/** Refuses one more where there are enough already. */
export const requireRoom = ({ mine, here, workspace }: Busy): void => {
  if (mine >= budget.mine) {
    throw tooMany(`You already run ${budget.mine} queries. Wait until one of them ends, or cancel one.`)
  }
  if (here >= budget.here) {
    throw tooMany(`${budget.here} queries already run on this connection. Try again in a few seconds.`)
  }
  if (workspace >= budget.workspace) {
    throw tooMany(`${budget.workspace} queries already run in this workspace. Try again in a few seconds.`)
  }
}

const tooMany = (sentence: string) => new AppError('rate_limited', sentence, { retryAfter_s: 5 })
