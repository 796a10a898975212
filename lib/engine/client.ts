import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type SinkTest, sinkTest, type VerifyLine, verifyLine } from '#lib/audit/schema'
import { env } from '#lib/config/env'
import { AppError, type ErrorCode, errorTable } from '#lib/core/errors'
import { askForBytes, type LentBytes } from './lent-bytes.ts'
import {
  type EngineStatus,
  type KeyChange,
  type KeyChangeAnswer,
  type KeyDoctorReport,
  type KeyReport,
  keyChangeAnswer,
  keyDoctorReport,
  keyReport,
  type ResealAnswer,
  type ResealRequest,
  type ResolveAnswer,
  type ResolveRequest,
  type RunRequest,
  resealAnswer,
  resolveAnswer,
  type SealAnswer,
  type SealRequest,
  type SinkTestRequest,
  sealAnswer,
  engineStatus as statusShape,
} from './protocol.ts'

/** Seals the secret fields of one credential version; the web process sees only the envelope. */
export const sealSecret = async (request: SealRequest): Promise<SealAnswer> =>
  sealAnswer.parse(await readJson(await ask('POST', '/seal', request, soon())))

/** What is stored of a credential, sealed to another place; the caller stores it together with that place. */
export const resealSecret = async (request: ResealRequest): Promise<ResealAnswer> =>
  resealAnswer.parse(await readJson(await ask('POST', '/reseal', request, soon())))

/**
 * Runs a driver's method for one target; answers its NDJSON bytes, or throws what the engine refused with. A piece of them
 * holds until the next one is asked for.
 */
export const runJob = async (request: RunRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> =>
  orFailure(toTheEnd(await askBytes('/run', request, signal)), signal)

/** What it takes to log in to a saved connection; the only secrets that ever come back from the engine. */
export const resolveSecret = async (request: ResolveRequest): Promise<ResolveAnswer> =>
  resolveAnswer.parse(await readJson(await ask('POST', '/resolve', request, soon())))

/** Which keys the engine holds and how busy its runners are. */
export const engineStatus = async (): Promise<EngineStatus> =>
  statusShape.parse(await readJson(await ask('GET', '/status', undefined, soon())))

/** The list of keys, never a key. */
export const readKeyring = async (): Promise<KeyReport> =>
  keyReport.parse(await readJson(await ask('GET', '/keys', undefined, soon())))

export const changeKeyring = async (change: KeyChange): Promise<KeyChangeAnswer> =>
  keyChangeAnswer.parse(await readJson(await ask('POST', '/keys', change, soon())))

/** Opens every stored secret; takes its time. */
export const examineKeys = async (signal: AbortSignal): Promise<KeyDoctorReport> =>
  keyDoctorReport.parse(await readJson(await ask('GET', '/keys/doctor', undefined, signal)))

/** Has the engine send a test message to a destination of the audit trail. */
export const testSink = async (request: SinkTestRequest, signal: AbortSignal): Promise<SinkTest> =>
  sinkTest.parse(await readJson(await ask('POST', '/sinks/test', request, AbortSignal.any([signal, soon()]))))

/** Recomputes chains of the audit trail and says how far it is; leaving the loop ends the work. */
export async function* verifyChains(chains: string[], signal: AbortSignal): AsyncGenerator<VerifyLine, void> {
  const bytes = orFailure(await ask('POST', '/audit/verify', { chains }, signal), signal)
  for await (const line of readLines(bytes)) {
    const parsed = verifyLine.safeParse(line)
    if (!parsed.success) throw engineError(z.object({ error: z.unknown() }).safeParse(line).data?.error)
    yield parsed.data
  }
}

/** Parses NDJSON bytes line by line. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') yield JSON.parse(line)
  }
  if (rest.trim() !== '') yield JSON.parse(rest)
}

/**
 * A failure of the engine as the error to show; also used for the last line of a stream that broke. What it refuses to
 * run, it has recorded itself.
 */
export const engineError = (body: unknown, { isRecorded = true } = {}): AppError => {
  const parsed = refusal.safeParse(body)
  if (!parsed.success) return unreachable()
  const { code, message, errors, details } = parsed.data
  return new AppError(isErrorCode(code) ? code : 'internal', message, {
    ...(errors && { errors }),
    ...(details && { details }),
    isRecorded,
  })
}

const refusal = z.object({
  code: z.string(),
  message: z.string(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
  details: z.record(z.string(), z.unknown()).optional(),
})

// The engine closes idle connections after a minute; leaving earlier keeps us from writing into one it just closed.
const agent = new Agent({ keepAlive: true, maxFreeSockets: 4, timeout: 50_000 })

/** For answers the engine gives from its own memory and one query. */
const soon = (): AbortSignal => AbortSignal.timeout(10_000)

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

const unreachable = (cause?: unknown) =>
  new AppError('unavailable', 'Jackfield’s engine is not answering right now. Try again in a few seconds.', { cause })

const failureOf = (error: unknown, signal: AbortSignal): AppError => {
  const isCancelled = signal.aborted && !(signal.reason instanceof Error && signal.reason.name === 'TimeoutError')
  return isCancelled ? new AppError('cancelled', 'The request was cancelled.') : unreachable(error)
}

const ask = async (method: string, path: string, body: unknown, signal: AbortSignal): Promise<IncomingMessage> => {
  const response = await send({ method, path, body, signal }).catch((error: unknown) => {
    // A kept connection the engine closed in the same moment (it restarted): nothing was done yet, ask once more.
    if (error instanceof StaleConnection) return send({ method, path, body, signal })
    throw error
  })
  if (response.statusCode === 200) return response
  throw await refusalOf(path, response)
}

const askBytes = async (path: string, body: unknown, signal: AbortSignal): Promise<LentBytes> => {
  const to = doorOf(body)
  const { status, bytes } = await askForBytes({ ...to, path, signal }).catch((error: unknown) => {
    throw failureOf(error, signal)
  })
  if (status !== 200) throw await refusalOf(path, bytes)
  return bytes
}

const refusalOf = async (path: string, body: AsyncIterable<Uint8Array>): Promise<AppError> =>
  engineError(await readJson(body).catch(() => undefined), { isRecorded: recording.has(path) })

// What the engine refuses there, it has recorded itself.
const recording = new Set(['/run', '/resolve'])

class StaleConnection extends Error {}

const staleCodes = new Set<unknown>(['ECONNRESET', 'EPIPE'])

interface Outgoing {
  method: string
  path: string
  body: unknown
  signal: AbortSignal
}

const send = ({ method, path, body, signal }: Outgoing): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { socketPath, headers, body: bytes } = doorOf(body)
    const request = httpRequest({ socketPath, method, path, headers, agent, signal }, resolve)
    request.on('error', (error) => {
      const isStale = request.reusedSocket && !signal.aborted && staleCodes.has(codeOf(error))
      reject(isStale ? new StaleConnection() : failureOf(error, signal))
    })
    request.end(bytes)
  })

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Where the engine is, what it knows us by, and what it is sent. */
const doorOf = (body: unknown) => {
  const { JACKFIELD_ENGINE_SOCKET: socketPath, JACKFIELD_ENGINE_TOKEN: token } = env()
  if (!socketPath || !token) throw unreachable()
  const bytes = Buffer.from(body === undefined ? '' : JSON.stringify(body))
  const type = body === undefined ? undefined : { 'content-type': 'application/json' }
  return { socketPath, headers: { authorization: `Bearer ${token}`, ...type }, body: bytes }
}

/** Leaving the loop early closes the connection, which cancels the job. */
async function* orFailure(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): LentBytes {
  try {
    yield* bytes
  } catch (error) {
    throw failureOf(error, signal)
  }
}

/** A run says last how it ended, or why it did not, also in the middle of a line. Where it does not, the engine died. */
async function* toTheEnd(bytes: LentBytes): LentBytes {
  let line = ''
  let isWhole = true
  let hasReason = false
  for await (const piece of bytes) {
    const start = piece.lastIndexOf(newline, -2) + 1
    const begins = Buffer.from(piece.subarray(start, start + 7)).toString('latin1')
    line = start > 0 || isWhole ? begins : (line + begins).slice(0, 7)
    isWhole = piece.at(-1) === newline
    hasReason = Buffer.from(piece.buffer, piece.byteOffset, piece.length).includes('{"error":', -reasonMax_bytes)
    yield piece
  }
  if (!isWhole || !(line === '{"end":' || hasReason)) throw new Error('The engine broke off.')
}

const reasonMax_bytes = 16 * 1024
const newline = 10

const readJson = async (response: AsyncIterable<Uint8Array>): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(Buffer.from(chunk))
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
