import { request as httpRequest, type IncomingMessage } from 'node:http'
import * as z from 'zod'
import { env } from '#lib/config/env'
import { AppError, type ErrorCode, errorTable } from '#lib/core/errors'
import {
  type EngineStatus,
  type RunRequest,
  type SealAnswer,
  type SealRequest,
  sealAnswer,
  engineStatus as statusShape,
} from './protocol.ts'

/** Seals the secret fields of one credential version; the web process sees only the envelope. */
export const sealSecret = async (request: SealRequest): Promise<SealAnswer> =>
  sealAnswer.parse(await readJson(await ask('POST', '/seal', request)))

/** Runs a driver's method for one target; answers its NDJSON bytes, or throws what the engine refused with. */
export const runJob = (request: RunRequest, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> =>
  ask('POST', '/run', request, signal)

/** Which keys the engine holds and how busy its runners are. */
export const engineStatus = async (): Promise<EngineStatus> =>
  statusShape.parse(await readJson(await ask('GET', '/status', undefined, AbortSignal.timeout(5_000))))

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

/** A failure of the engine as the error to show; also used for the last line of a stream that broke. */
export const engineError = (body: unknown): AppError => {
  const parsed = refusal.safeParse(body)
  if (!parsed.success) return unreachable()
  const { code, message, details } = parsed.data
  return new AppError(isErrorCode(code) ? code : 'internal', message, details ? { details } : {})
}

const refusal = z.object({
  code: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code)

const unreachable = (cause?: unknown) =>
  new AppError('unavailable', 'Jackfield’s engine is not answering right now. Try again in a few seconds.', { cause })

const ask = async (method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<IncomingMessage> => {
  const response = await send(method, path, body, signal)
  if (response.statusCode === 200) return response
  throw engineError(await readJson(response).catch(() => undefined))
}

const send = (method: string, path: string, body: unknown, signal: AbortSignal | undefined) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    const { JACKFIELD_ENGINE_SOCKET: socketPath, JACKFIELD_ENGINE_TOKEN: token } = env()
    if (!socketPath || !token) return reject(unreachable())
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${token}`,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    }
    httpRequest({ socketPath, method, path, headers, ...(signal && { signal }) }, resolve)
      .on('error', (error) =>
        reject(signal?.aborted ? new AppError('cancelled', 'The request was cancelled.') : unreachable(error)),
      )
      .end(text)
  })

const readJson = async (response: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}
