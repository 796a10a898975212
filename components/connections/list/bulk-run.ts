/** How one of many came out: well, badly for a reason of its own, or not at all. */
export interface Outcome<T> {
  item: T
  /** Why it did not work; undefined where it did. */
  problem: string | undefined
}

interface BulkRun<T> {
  /** So many at the same time. */
  atOnce: number
  signal: AbortSignal
  /** Does it for one; answers or throws what is wrong. */
  work(item: T, signal: AbortSignal): Promise<string | undefined>
  /** Turns what was thrown into a sentence. */
  sentenceOf(error: unknown): string
  onOutcome(outcome: Outcome<T>): void
}

/** Does something for many, a few at a time. One that fails stops no other; cancelling leaves those out that did not begin. */
export const runEach = async <T>(items: readonly T[], { atOnce, signal, work, sentenceOf, onOutcome }: BulkRun<T>) => {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined && !signal.aborted; item = waiting.shift()) {
      const problem = await work(item, signal).catch(sentenceOf)
      if (!signal.aborted) onOutcome({ item, problem })
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
}
