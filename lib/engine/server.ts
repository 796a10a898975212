import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import * as z from 'zod'
import { databaseOutage } from '#lib/core/database-outage'
import { AppError, errorTable } from '#lib/core/errors'
import { lineOf } from '#lib/core/ndjson'
import { parseInput } from '#lib/core/parse'
import { release } from '#lib/core/release'
import type { AuditKeeper } from './audit.ts'
import { changeKeyring, reportKeys } from './key-changes.ts'
import { examine } from './key-doctor.ts'
import {
  type EngineStatus,
  keyChange,
  type RunError,
  resealRequest,
  resolveRequest,
  runRequest,
  sealRequest,
  sinkTestRequest,
  verifyAuditRequest,
} from './protocol.ts'
import { resealStored } from './resealing.ts'
import { resolveConnection } from './resolve.ts'
import { type RunContext, runLines } from './run.ts'
import { sealFields } from './sealing.ts'
import type { SinkLoop } from './sinks/loop.ts'
import { Tampered, tamperedError } from './tampered.ts'

interface ServerContext extends RunContext {
  audit?: AuditKeeper
  /** The senders of the audit trail; tests of other things run without. */
  sinks?: Pick<SinkLoop, 'test'>
  /** Aborted when the engine stops: what runs ends, and tells its server to stop (SQL-6). */
  stopping?: AbortSignal
}

export interface EngineServerOptions extends ServerContext {
  token: string
}

/** A secret field may hold 64 KiB and a request several; nothing larger is asked of the engine. */
const bodyBytesMax = 1024 * 1024
/** How long a request may take to arrive; web sends it in one piece. */
const arrivalMs = 10_000

type Handler = (request: IncomingMessage, response: ServerResponse, context: ServerContext) => Promise<void>

/** The engine's door: HTTP on a private socket, for the one caller who knows the token. */
export const createEngineServer = ({ token, ...context }: EngineServerOptions): Server => {
  const isCaller = tokenCheck(token)
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      if (!isCaller(request.headers.authorization)) throw new AppError('unauthorized', 'The engine’s token is needed.')
      await handlerOf(request)(request, response, context)
    } catch (error) {
      refuse(response, error, context)
    }
  }
  const server = createServer({ requestTimeout: arrivalMs, headersTimeout: arrivalMs, maxHeaderSize: 8 * 1024 }, handle)
  server.keepAliveTimeout = 60_000
  return server
}

const seal: Handler = async (request, response, { keys }) => {
  sendJson(response, 200, await sealFields(parseInput(sealRequest, await readBody(request)), keys))
}

const reseal: Handler = async (request, response, { keys }) => {
  sendJson(response, 200, await resealStored(parseInput(resealRequest, await readBody(request)), keys))
}

const run: Handler = async (request, response, context) => {
  const gone = goneSignal(response)
  const signal = context.stopping ? AbortSignal.any([gone, context.stopping]) : gone
  await sendLines(response, runLines(parseInput(runRequest, await readBody(request)), signal, context), gone, context)
}

const resolve: Handler = async (request, response, context) => {
  sendJson(response, 200, await resolveConnection(parseInput(resolveRequest, await readBody(request)), context))
}

const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return gone.signal
}

/** NDJSON as fast as it is taken; when the caller goes away the work behind it ends. */
const sendLines = async (
  response: ServerResponse,
  lines: AsyncGenerator<Uint8Array | string, void>,
  gone: AbortSignal,
  context: ServerContext,
): Promise<void> => {
  // What fails before the first byte is an ordinary refusal with its status.
  const first = await lines.next()
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  try {
    for (let next = first; !next.done && !gone.aborted; next = await lines.next()) {
      const isWritten = await written(response, next.value, gone)
      // What a broken connection left behind may still be read from; it is cleared away in its own time.
      if (isWritten && typeof next.value !== 'string') release(next.value)
    }
  } catch (error) {
    if (!gone.aborted) response.write(lineOf({ error: runError(error, context) }))
  } finally {
    await lines.return(undefined)
  }
  response.end()
}

/** Whether the system has it all: false when nobody wants it any more. */
const written = (response: ServerResponse, piece: Uint8Array | string, gone: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const done = (isWritten: boolean) => {
      gone.removeEventListener('abort', leave)
      resolve(isWritten)
    }
    const leave = () => done(false)
    gone.addEventListener('abort', leave, { once: true })
    response.write(piece, (error) => done(!error))
  })

const status: Handler = async (_request, response, { keys, pool }) => {
  const answer: EngineStatus = { ...(await keys.status()), runners: pool.stats() }
  sendJson(response, 200, answer)
}

const readKeys: Handler = async (_request, response, { keys }) => {
  sendJson(response, 200, await reportKeys(keys))
}

const changeKeys: Handler = async (request, response, { keys }) => {
  sendJson(response, 200, await changeKeyring(parseInput(keyChange, await readBody(request)), keys))
}

const doctor: Handler = async (_request, response, { keys }) => {
  sendJson(response, 200, await examine(keys))
}

const sinkTest: Handler = async (request, response, { sinks }) => {
  if (!sinks) throw new AppError('unavailable', 'Nothing is sent from here.')
  sendJson(response, 200, await sinks.test(parseInput(sinkTestRequest, await readBody(request))))
}

const verifyAudit: Handler = async (request, response, context) => {
  const { audit } = context
  if (!audit) throw new AppError('unavailable', 'Nothing is sealed from here.')
  const { chains } = parseInput(verifyAuditRequest, await readBody(request))
  await sendLines(response, verifyLines(audit.verify(chains)), goneSignal(response), context)
}

async function* verifyLines(lines: AsyncIterable<object>): AsyncGenerator<string, void> {
  for await (const line of lines) yield lineOf(line)
}

const routes: Readonly<Record<string, Handler>> = {
  'POST /seal': seal,
  'POST /reseal': reseal,
  'POST /run': run,
  'POST /resolve': resolve,
  'GET /status': status,
  'GET /keys': readKeys,
  'POST /keys': changeKeys,
  'GET /keys/doctor': doctor,
  'POST /sinks/test': sinkTest,
  'POST /audit/verify': verifyAudit,
}

const handlerOf = ({ method, url }: IncomingMessage): Handler => {
  const route = `${method} ${url}`
  const handler = Object.hasOwn(routes, route) ? routes[route] : undefined
  if (handler) return handler
  throw new AppError('not_found', 'The engine has no such route.')
}

/** Digests of equal length are compared, so that neither the time nor an exception tells how much of a guess was right. */
const tokenCheck = (token: string): ((header: string | undefined) => boolean) => {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const expected = digest(`Bearer ${token}`)
  return (header) => timingSafeEqual(digest(header ?? ''), expected)
}

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    const bytes = z.instanceof(Buffer).parse(chunk)
    length += bytes.length
    if (length > bodyBytesMax) throw new AppError('payload_too_large', 'The request to the engine is too large.')
    chunks.push(bytes)
  }
  const body = Buffer.concat(chunks)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new AppError('invalid_request', 'The request to the engine is not JSON.')
  } finally {
    // It may have held a typed secret.
    for (const bytes of [...chunks, body]) bytes.fill(0)
  }
}

const refuse = (response: ServerResponse, error: unknown, context: RunContext): void => {
  if (response.destroyed) return
  const problem = runError(error, context)
  sendJson(response, errorTable[problem.code].status, problem)
}

/** What the caller may know: sentences of ours pass, anything else is logged here and stays here. */
const runError = (error: unknown, { log }: RunContext): RunError & { code: keyof typeof errorTable } => {
  if (error instanceof AppError) {
    const { code, message, errors, details, cause } = error
    if (cause !== undefined) log.error({ err: cause, code }, message)
    return { code, message, ...(errors && { errors }), ...(details && { details }) }
  }
  if (error instanceof Tampered) {
    log.error(
      { reason: error.reason, credential: error.credentialName },
      'ALARM: a stored secret is not what was sealed',
    )
    const { code, message } = tamperedError(error)
    return { code, message }
  }
  const outage = databaseOutage(error)
  log[outage ? 'warn' : 'error']({ err: error }, 'a request to the engine failed')
  if (outage) return { code: outage.code, message: outage.message }
  return { code: 'internal', message: 'Something went wrong in the engine; its log says more.' }
}

const sendJson = (response: ServerResponse, code: number, value: unknown): void => {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(code, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
}
