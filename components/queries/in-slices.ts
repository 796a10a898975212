/** How long the page may be kept from anything else. */
const slice_ms = 10

/** Runs steps to their end in slices between which the page lives; undefined where it was no longer wanted. */
export const inSlices = async <T>(steps: Generator<unknown, T>, signal: AbortSignal): Promise<T | undefined> => {
  let since = performance.now()
  while (!signal.aborted) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() - since < slice_ms) continue
    await new Promise((resume) => setTimeout(resume))
    since = performance.now()
  }
  return undefined
}
