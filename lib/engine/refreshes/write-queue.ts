/** So many pieces wait or are written; whoever brings another one waits. */
const depth = 2

interface WriteQueue {
  add(work: () => Promise<void>): void
  isIdle(): boolean
  /** Something to wait for while there is no room. */
  room(): Promise<void> | undefined
  /** Settles when all is written, and fails with what failed. */
  ended(): Promise<void>
}

/** Does one thing after the other beside whoever adds them; after a failure nothing more. */
export const createWriteQueue = (): WriteQueue => {
  const waiting: Promise<void>[] = []
  let last: Promise<void> = Promise.resolve()
  return {
    add(work) {
      last = last.then(work)
      waiting.push(last)
      const done = () => waiting.splice(0, 1)
      last.then(done, done)
    },
    isIdle: () => waiting.length === 0,
    room: () => (waiting.length > depth ? waiting[0] : undefined),
    ended: () => last,
  }
}
