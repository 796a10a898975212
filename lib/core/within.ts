/** What ends work that takes too long. */
export interface Lateness {
  ms: number
  /** What the caller is told. */
  late: Error
  /** Takes away what the work waits on, so that it ends too and nothing comes about with nobody to close it. */
  end: (late: Error) => void
}

/** Gives the work its time, counted on the wall. */
export const within = async <T>(work: Promise<T>, { ms, late, end }: Lateness): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late)
      end(late)
    }, ms)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
    // Whoever waited is gone: how the work ends is nobody's any more.
    work.catch(() => {})
  }
}
