import { once } from 'node:events'
import { Socket } from 'node:net'
import { NetError } from '#lib/connectors/contract'
import { AppError, type ErrorCode } from '#lib/core/errors'
import { encodeLine } from '#lib/core/ndjson'
import type { ExportFormat } from '#lib/queries/schema'
import { createFrameReader, decodeJson, encodeFrame, encodeHead, encodeJsonFrame, type Frame } from './frames.ts'
import { closeLoopholes, closeNetwork } from './hardening.ts'
import { createNet } from './net.ts'
import { openFiles } from './open-files.ts'
import { type AnyDriver, type EgressPolicy, type EndFrame, frameTypes, type StartFrame } from './protocol.ts'
import { isTimeout } from './socket.ts'
import { testThrough, throughTunnel, wayOf } from './tunnel/job.ts'

// A runner: holds the drivers, has no environment, no key, no files but the code, and does one job at a time for the engine.
const pipe = new Socket({ fd: 3, readable: true, writable: true })
const registry = process.argv[2] ?? ''
/** A runner for one file has nothing to say to the network. */
const isFileRunner = process.argv[3] !== undefined

let policy: EgressPolicy | undefined
let running: AbortController | undefined

/** How much longer than the job the sockets of a query live: its driver tells the server to stop, which outlives a line (SQL-6). */
const partingMs = 800

const start = async (frame: StartFrame): Promise<void> => {
  const cancel = new AbortController()
  const closing = new AbortController()
  running = cancel
  const signal = AbortSignal.any([cancel.signal, AbortSignal.timeout(frame.limits.total_ms)])
  const close = () => closing.abort(signal.reason)
  const isQuery = frame.job.capability === 'query'
  signal.addEventListener('abort', () => (isQuery ? void setTimeout(close, partingMs) : close()), { once: true })
  const end = await perform(frame, signal, closing.signal).catch((error: unknown) => failureOf(error, signal))
  running = undefined
  // Whatever the driver left open is closed now.
  closing.abort()
  cancel.abort()
  if (pipe.destroyed || pipe.readableEnded) process.exit(0)
  pipe.write(encodeJsonFrame(frameTypes.end, end))
}

const perform = async (frame: StartFrame, signal: AbortSignal, closing: AbortSignal): Promise<EndFrame> => {
  if (!policy) throw new AppError('internal', 'The runner has no egress policy.')
  const driver = await loadDriver(frame.connector)
  const net = createNet({ policy, limits: frame.limits, signal: closing })
  const target = {
    config: frame.config,
    credential: frame.credential ?? undefined,
    net,
    file: frame.file?.found,
    openFiles,
    signal,
    limits: frame.limits,
  }
  const way = wayOf(target, policy)
  if (frame.job.capability === 'test') {
    const stages = way ? testThrough(driver, target, way) : driver.test(target)
    for (;;) {
      const next = await stages.next()
      if (next.done) return { value: next.value, error: null }
      await send(encodeLine({ stage: next.value }), signal)
    }
  }
  const run = driver[frame.job.capability]
  if (!run) throw new AppError('invalid_request', 'This connector cannot do that.')
  const there = way ? await throughTunnel(target, way) : target
  const result = run(there, frame.job.request)
  for await (const bytes of frame.job.format ? await written(result, frame.job.format) : result) {
    signal.throwIfAborted()
    for (let at = 0; at < bytes.length; at += pieceMax_bytes)
      await send(bytes.subarray(at, at + pieceMax_bytes), signal)
  }
  return { value: null, error: null }
}

/** A row may be longer than a frame. */
const pieceMax_bytes = 1024 * 1024

const written = async (result: AsyncIterable<Uint8Array>, format: ExportFormat): Promise<AsyncIterable<Uint8Array>> => {
  const { writeAs } = await import('#lib/queries/formats/write')
  return writeAs(result, format)
}

/** Waits while the engine does not read: a slow reader holds the driver, and the driver the server. */
const send = async (bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
  // In one system call, and without a copy of what may be long.
  pipe.cork()
  pipe.write(encodeHead(frameTypes.data, bytes.length))
  const isTaken = pipe.write(bytes)
  pipe.uncork()
  if (!isTaken) await once(pipe, 'drain', { signal })
}

const loadDriver = async (connector: string): Promise<AnyDriver> => {
  const { drivers } = (await import(registry)) as { drivers: Record<string, () => Promise<{ driver: AnyDriver }>> }
  const load = Object.hasOwn(drivers, connector) ? drivers[connector] : undefined
  if (!load) throw new AppError('invalid_request', 'There is no driver for this connector.')
  return (await load()).driver
}

const failureOf = (error: unknown, signal: AbortSignal): EndFrame => {
  const failure = (code: ErrorCode, message: string): EndFrame => ({ value: null, error: { code, message } })
  if (error instanceof AppError) {
    const cause = error.details?.cause
    const { code, message } = error
    return { value: null, error: { code, message, ...(cause !== undefined && { details: { cause } }) } }
  }
  const limit = error instanceof NetError ? error.code : undefined
  if (limit === 'EBYTES') return failure('upstream_failed', 'The server sent far more data than expected.')
  if (limit === 'ECANCELED' || (signal.aborted && !isTimeout(signal.reason))) return failure('cancelled', 'Cancelled.')
  if (limit === 'EDEADLINE' || signal.aborted) {
    return failure('upstream_timeout', 'The server did not answer in time.')
  }
  // Only what kind of error it was: messages of drivers may hold anything the server said.
  process.stderr.write(`${error instanceof Error ? `${error.name} ${stackOf(error)}` : 'unknown error'}\n`)
  return failure('upstream_failed', 'The driver failed unexpectedly.')
}

const stackOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 4)
    .join(' ')

const receive = (frame: Frame): void => {
  if (frame.type === frameTypes.policy) policy = decodeJson<EgressPolicy>(frame)
  else if (frame.type === frameTypes.cancel) running?.abort()
  else if (frame.type === frameTypes.start && !running) void start(decodeJson<StartFrame>(frame))
}

const leave = (): void => {
  if (!running) process.exit(0)
  running.abort()
  setTimeout(() => process.exit(0), partingMs)
}

closeLoopholes()
if (isFileRunner) closeNetwork()
const read = createFrameReader()
pipe.on('data', (chunk: Buffer) => {
  for (const frame of read(chunk)) receive(frame)
})
// The engine is gone; so is the reason to live, once the server has been told to stop as well.
pipe.on('end', leave)
pipe.on('error', leave)
await import(registry)
pipe.write(encodeFrame(frameTypes.ready))
