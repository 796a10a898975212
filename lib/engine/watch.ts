import { AppError } from '#lib/core/errors'
import { type Access, checkAccess } from './access-store.ts'
import type { DispatchContext } from './dispatch.ts'
import { accessCheckMs } from './limits.ts'

export interface Watch {
  /** Aborted, with the refusal as its reason, once the run may not go on. */
  signal: AbortSignal
  stop(): void
}

/**
 * Looks again and again whether a running job may go on: it ends within five seconds after its caller or what it uses
 * was revoked (AUTHZ-5). Where the database does not answer twice in a row, nobody can say, and it ends too.
 */
export const watchAccess = (access: Access, { log }: Pick<DispatchContext, 'log'>): Watch => {
  const ended = new AbortController()
  let missed = 0
  const look = async (): Promise<void> => {
    try {
      await checkAccess(access)
      missed = 0
    } catch (error) {
      if (error instanceof AppError) return ended.abort(error)
      log.warn({ err: error }, 'the access of a running job could not be checked')
      if (++missed > 1) ended.abort(new AppError('unavailable', 'Stopped: your access could not be checked any more.'))
    }
  }
  const timer = setInterval(() => void look(), accessCheckMs)
  return { signal: ended.signal, stop: () => clearInterval(timer) }
}
