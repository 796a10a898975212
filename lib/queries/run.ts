import { AppError } from '#lib/core/errors'
import { keepRunning, type Running } from './running.ts'
import { withoutSecrets } from './secrets-out.ts'
import { type Ending, finishRun } from './store.ts'

/** What is known of how it ended, beside what was counted on the way. */
export type Outcome = Pick<Ending, 'truncated' | 'command'> & { rows?: number }

/** Does the work of a run that was written down, and writes down what became of it, whichever way it ends. */
export async function* underWatch<Y, R>(
  id: string,
  work: (run: Running) => AsyncGenerator<Y, R>,
  outcomeOf: (result: R) => Outcome,
): AsyncGenerator<Y, R> {
  const run = keepRunning(id)
  // Whoever leaves the loop early has gone away.
  let ending: Pick<Ending, 'status' | 'error'> & Outcome = { status: 'cancelled' }
  try {
    const result = yield* work(run)
    ending = { status: 'done', ...outcomeOf(result) }
    return result
  } catch (error) {
    const known = whyOf(error, run)
    ending = endingOf(known)
    throw known
  } finally {
    run.stop()
    await finishRun(id, { rows: run.rows, bytes: run.bytes, ...ending })
  }
}

/** What was asked to end did not fail, whatever its end looks like from here. */
const whyOf = (error: unknown, { signal }: Running): unknown =>
  signal.aborted && signal.reason instanceof AppError ? signal.reason : error

const endingOf = (error: unknown): Pick<Ending, 'status' | 'error'> => {
  if (!(error instanceof AppError)) return { status: 'failed', error: { code: 'internal', detail: unknownFailure } }
  const { code, message } = error
  return { status: code === 'cancelled' ? 'cancelled' : 'failed', error: { code, detail: withoutSecrets(message) } }
}

const unknownFailure = 'Something went wrong on our side.'
