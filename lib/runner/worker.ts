import { setTimeout as sleep } from 'node:timers/promises'
import type { FileEngine } from '#lib/connectors/contract'
import type { ErrorCode } from '#lib/core/errors'
import { createFrameReader, decodeJson, encodeFrame, encodeJsonFrame, type Frame } from './frames.ts'
import type { Job } from './job.ts'
import { type EgressPolicy, type EndFrame, frameTypes } from './protocol.ts'
import { createRedactor } from './redact.ts'
import { spawnRunner } from './spawn.ts'

/** One runner process from the engine's side. */
export interface Worker {
  readonly state: 'starting' | 'idle' | 'busy' | 'stopping' | 'gone'
  readonly wasReady: boolean
  readonly idleSince: number
  run(job: Job): void
  stop(): Promise<void>
}

export interface WorkerOptions {
  registry: string
  /** For the jobs of a connector that reads a file. */
  engine?: FileEngine | undefined
  policy: EgressPolicy
  log: (line: string) => void
  changed: () => void
  died: () => void
}

const startMs = 10_000
/** What a job may run over its deadline before its process is killed. */
const overtimeMs = 250
const cancelMs = 1000

export const createWorker = ({ registry, engine, policy, log, changed, died }: WorkerOptions): Worker => {
  const { child, pipe } = spawnRunner(registry, engine)
  let state: Worker['state'] = 'starting'
  let wasReady = false
  let idleSince = 0
  let job: Job | undefined
  let redact = createRedactor(null)
  let timer = setTimeout(() => kill('did not start'), startMs)
  let reason: EndFrame['error'] = null
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      bury()
      resolve()
    })
  })

  const kill = (why: string, error: EndFrame['error'] = null) => {
    if (state === 'gone') return
    reason ??= error
    log(`runner ${child.pid} killed: ${why}`)
    child.kill('SIGKILL')
  }

  const bury = () => {
    if (state === 'gone') return
    state = 'gone'
    clearTimeout(timer)
    if (job) log(`runner ${child.pid} ended during a job (${child.signalCode ?? child.exitCode})`)
    job?.finish({ value: null, error: reason ?? crashed })
    job = undefined
    died()
  }

  const receive = (frame: Frame) => {
    if (frame.type === frameTypes.ready && state === 'starting') {
      wasReady = true
      becomeIdle()
    } else if (frame.type === frameTypes.data) {
      if (state !== 'stopping') job?.push(frame.payload)
    } else if (frame.type === frameTypes.end && job) {
      const ended = job
      job = undefined
      // What was cancelled or timed out may have left work behind; a fresh process is cheap.
      const end = decodeJson<EndFrame>(frame)
      clearTimeout(timer)
      if (state === 'stopping') return ended.finish({ value: null, error: stopping })
      if (end.error && untidy.has(end.error.code)) void stop()
      else becomeIdle()
      ended.finish(end)
    }
  }

  const becomeIdle = () => {
    clearTimeout(timer)
    state = 'idle'
    idleSince = performance.now()
    pipe.resume()
    changed()
  }

  const run = (given: Job) => {
    job = given
    state = 'busy'
    redact = createRedactor(given.start.credential)
    given.onRoom = () => {
      if (job === given && !given.isFull()) pipe.resume()
    }
    given.onCancel = () => {
      if (job !== given) return
      pipe.write(encodeFrame(frameTypes.cancel))
      clearTimeout(timer)
      timer = setTimeout(() => kill('ignored a cancellation', cancelled), cancelMs)
    }
    timer = setTimeout(() => kill('ran over its deadline', timedOut), given.start.limits.total_ms + overtimeMs)
    pipe.write(encodeJsonFrame(frameTypes.start, given.start))
  }

  const stop = async (): Promise<void> => {
    if (state === 'gone') return gone
    // From now on it counts as neither idle nor able to take a job.
    state = 'stopping'
    reason ??= stopping
    if (job) await parting(job)
    child.kill('SIGKILL')
    return gone
  }

  /** A server works on after its client is gone, so the driver has a moment to tell it to stop (SQL-6). */
  const parting = async (running: Job): Promise<void> => {
    pipe.write(encodeFrame(frameTypes.cancel))
    pipe.resume()
    await Promise.race([running.handle.end, gone, sleep(cancelMs)])
  }

  const read = createFrameReader()
  pipe.on('data', (chunk: Buffer) => {
    try {
      for (const frame of read(chunk)) receive(frame)
    } catch {
      kill('broke the protocol')
    }
    if (job?.isFull() && state !== 'stopping') pipe.pause()
  })
  pipe.on('error', () => {})
  child.once('error', () => bury())
  logLines(child.stdout, (line) => log(redact(line).slice(0, lineCharsMax)))
  logLines(child.stderr, (line) => log(redact(line).slice(0, lineCharsMax)))
  pipe.write(encodeJsonFrame(frameTypes.policy, policy))

  return {
    get state() {
      return state
    },
    get wasReady() {
      return wasReady
    },
    get idleSince() {
      return idleSince
    },
    run,
    stop,
  }
}

const untidy = new Set<ErrorCode>(['cancelled', 'upstream_timeout'])

const crashed = { code: 'upstream_failed', message: 'The connector process ended unexpectedly. Try again.' } as const
const timedOut = { code: 'upstream_timeout', message: 'The server did not answer in time.' } as const
const cancelled = { code: 'cancelled', message: 'Cancelled.' } as const
const stopping = { code: 'unavailable', message: 'The server is shutting down.' } as const

const lineCharsMax = 2000

const logLines = (stream: NodeJS.ReadableStream | null, log: (line: string) => void): void => {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = (lines.pop() ?? '').slice(-65_536)
    for (const line of lines) if (line.trim()) log(line.slice(0, 65_536))
  })
  stream?.on('end', () => {
    if (rest.trim()) log(rest)
  })
}
