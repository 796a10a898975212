import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { problemResponse } from '#lib/api/problem'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import type { RouteMatch } from './routes.ts'

/** Calls a route's handler with a web `Request` and streams its `Response`; the handler's signal follows the client. */
export const dispatch = async (
  match: RouteMatch | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> => {
  const abort = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) abort.abort(new DOMException('The client went away.', 'AbortError'))
  })
  // How long we take says nothing of the client: only while it has something to take does its silence count.
  const { socket } = request
  const idle_ms = socket.timeout ?? 0
  socket.setTimeout(0)
  const answer = await answerOf(match, request, url, abort.signal)
  // What is left of a body that nobody wants is not waited for.
  if (!request.complete && hasBody(request)) response.setHeader('connection', 'close')
  if (!socket.destroyed) socket.setTimeout(idle_ms)
  await writeResponse(answer, request, response)
}

const answerOf = async (
  match: RouteMatch | undefined,
  request: IncomingMessage,
  url: URL,
  signal: AbortSignal,
): Promise<Response> => {
  const handler = match?.route.handlers[request.method ?? '']
  if (match && !handler) return wrongMethod(request, match.route.methods)
  if (!match || !handler) {
    return problemResponse(
      new AppError('not_found', `There is nothing at ${printable(url.pathname)}.`),
      newId('request'),
    )
  }
  try {
    return await handler(toRequest(request, url, signal), { params: Promise.resolve(match.params) })
  } catch (error) {
    return problemResponse(signal.aborted ? signal.reason : error, newId('request'))
  }
}

const wrongMethod = (request: IncomingMessage, methods: string[]): Response => {
  const allow = methods.join(', ')
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } })
  const sentence = `${request.method} is not possible here; use ${methods.filter((name) => name !== 'OPTIONS').join(', ')}.`
  const response = problemResponse(new AppError('method_not_allowed', sentence), newId('request'))
  response.headers.set('allow', allow)
  return response
}

const printable = (pathname: string): string => pathname.slice(0, 200).replaceAll(/[^\w\-./%]/g, '?')

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0

const toRequest = (request: IncomingMessage, url: URL, signal: AbortSignal): Request => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name.startsWith(':')) continue
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, one)
  }
  const method = request.method ?? 'GET'
  if (method === 'GET' || method === 'HEAD' || !hasBody(request)) return new Request(url, { method, headers, signal })
  const body = Readable.toWeb(request) as ReadableStream<Uint8Array>
  const init = { method, headers, signal, body, duplex: 'half' }
  return new Request(url, init)
}

const writeResponse = async (answer: Response, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  for (const [name, value] of answer.headers) if (name !== 'set-cookie') response.setHeader(name, value)
  const cookies = answer.headers.getSetCookie()
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'no-store')
  response.statusCode = answer.status
  if (answer.body === null || request.method === 'HEAD') {
    await answer.body?.cancel()
    response.end()
    return
  }
  if (/^application\/(json|problem\+json)/.test(answer.headers.get('content-type') ?? '')) {
    await writeWhole(Buffer.from(await answer.arrayBuffer()), request, response)
  } else await writePieces(answer.body, response)
}

// Below this a packet is a packet.
const compressFrom_bytes = 2048

const writeWhole = async (body: Buffer, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  response.setHeader('vary', 'accept-encoding')
  const isWanted = body.length >= compressFrom_bytes && acceptsGzip(request)
  if (isWanted) response.setHeader('content-encoding', 'gzip')
  const sent = isWanted ? await compress(body) : body
  response.setHeader('content-length', sent.length)
  response.end(sent)
}

const compress = promisify(gzip) as (body: Buffer) => Promise<Buffer>

const acceptsGzip = (request: IncomingMessage): boolean =>
  /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))

/** As much as is read and written at a time. */
const room_bytes = 256 * 1024

/** Takes the next piece only when the client has room for it; stops the source when the client is gone. */
const writePieces = async (body: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> => {
  const reader = readerOf(body)
  const { socket } = response
  const idle_ms = socket?.timeout ?? 0
  response.flushHeaders()
  try {
    for (;;) {
      socket?.setTimeout(0)
      const next = response.destroyed ? undefined : await reader.read()
      if (!socket?.destroyed) socket?.setTimeout(idle_ms)
      if (!next) return await reader.cancel()
      if (!next.value || next.done) break
      await written(response, next.value)
    }
    response.end()
  } catch {
    // The headers are out: a cut connection is the only way left to say that this is not the whole answer.
    response.destroy()
  }
}

interface PieceReader {
  /** What it answers is gone when the next piece is asked for. */
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** Has all pieces written into one buffer where the stream can do that. */
const readerOf = (body: ReadableStream<Uint8Array>): PieceReader => {
  const reader = lendingReader(body)
  if (!reader) return body.getReader()
  let room = new Uint8Array(room_bytes)
  return {
    async read() {
      const next = await reader.read(room)
      if (next.value) room = new Uint8Array(next.value.buffer)
      return next
    },
    cancel: () => reader.cancel(),
  }
}

const lendingReader = (body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined => {
  try {
    return body.getReader({ mode: 'byob' })
  } catch {
    return undefined
  }
}

/** Waits until nothing of it is needed any more: it was handed over, or there is nobody to hand it to. */
const written = (response: ServerResponse, piece: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      response.off('close', done)
      resolve()
    }
    response.on('close', done)
    response.write(piece, done)
    if (response.destroyed) done()
  })
