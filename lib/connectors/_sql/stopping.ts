import { AppError } from '#lib/core/errors'

/** Work until it is no longer wanted; what comes about too late is handed to `late`, so that nothing stays open. */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> => {
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
  })
  try {
    return await Promise.race([work, aborted])
  } catch (error) {
    if (signal.aborted) work.then(late, () => {})
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** What ended a statement early, told to whoever asked for it. */
export const stoppedError = ({ reason }: AbortSignal, ms: number): AppError =>
  reason instanceof DOMException && reason.name === 'TimeoutError'
    ? outOfTime(ms)
    : new AppError('cancelled', 'Cancelled.')

export const outOfTime = (ms: number): AppError =>
  new AppError('upstream_timeout', `The statement did not end within ${ms / 1000} seconds and was stopped.`)
