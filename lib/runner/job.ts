import type { EndFrame, StartFrame } from './protocol.ts'

/** A job as its caller sees it: bytes while they come, then how it ended. Leaving the loop early cancels it. */
export interface RunnerJob extends AsyncIterable<Uint8Array> {
  /** Always resolves: a crash, a timeout and a cancellation are in `error`. */
  end: Promise<EndFrame>
}

/** The same job as the pool and its runner see it. */
export interface Job {
  start: StartFrame
  signal: AbortSignal
  handle: RunnerJob
  isOver(): boolean
  /** A runner is found: it no longer waits. */
  begin(): void
  /** Whether the reader has fallen behind and the runner should be held. */
  isFull(): boolean
  push(bytes: Uint8Array): void
  finish(end: EndFrame): void
  /** Called whenever the reader has made room or given up. */
  onRoom: () => void
  onCancel: () => void
}

/** Bytes kept for a reader before the runner is held back. */
const bufferedBytesMax = 512 * 1024

export interface Waiting {
  signal: AbortSignal
  /** How long it waits for a runner; its own time begins with that. For ever unless said. */
  waiting_ms?: number | undefined
}

export const createJob = (start: StartFrame, { signal, waiting_ms }: Waiting, abandoned: (job: Job) => void): Job => {
  let waiting: Uint8Array[] = []
  let buffered = 0
  let end: EndFrame | undefined
  let isDropped = false
  let wake = () => {}
  let resolveEnd: (end: EndFrame) => void = () => {}
  const ended = new Promise<EndFrame>((resolve) => {
    resolveEnd = resolve
  })

  const finish = (given: EndFrame) => {
    if (end) return
    end = given
    clearTimeout(patience)
    signal.removeEventListener('abort', cancel)
    resolveEnd(given)
    wake()
  }
  const cancel = () => {
    abandoned(job)
    isDropped = true
    waiting = []
    buffered = 0
    job.onCancel()
    job.onRoom()
    wake()
  }

  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const bytes = waiting.shift()
        if (bytes) {
          buffered -= bytes.length
          job.onRoom()
          yield bytes
        } else if (end || isDropped) return
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      if (!end) cancel()
    }
  }

  const job: Job = {
    start,
    signal,
    handle: { end: ended, [Symbol.asyncIterator]: read },
    isOver: () => end !== undefined,
    begin: () => clearTimeout(patience),
    isFull: () => buffered > bufferedBytesMax,
    push(bytes) {
      if (isDropped) return
      waiting.push(bytes)
      buffered += bytes.length
      wake()
    },
    finish,
    onRoom: () => {},
    // Nobody runs it yet.
    onCancel: () => finish({ value: null, error: { code: 'cancelled', message: 'Cancelled.' } }),
  }
  const giveUp = (after_ms: number) => {
    abandoned(job)
    finish({ value: null, error: busyFor(after_ms) })
  }
  const patience = waiting_ms === undefined ? undefined : setTimeout(giveUp, waiting_ms, waiting_ms).unref()
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  return job
}

const busyFor = (ms: number) => ({
  code: 'rate_limited' as const,
  message: `Everything that could run it was busy for ${Math.round(ms / 1000)} seconds, so it was not run. Try again in a moment.`,
})
