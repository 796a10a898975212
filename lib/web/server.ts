import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { webLog } from '#lib/api/log'
import { dispatch } from './dispatch.ts'
import { cleanRequestHeaders, closedPolicy, type HeaderOptions, preparePage, securityHeaders } from './headers.ts'
import { type WebLimits, webLimits } from './limits.ts'
import type { RequestMetrics } from './metrics.ts'
import type { RouteMatch, Routes } from './routes.ts'
import { findStatic, type StaticFiles, sendStatic } from './static.ts'

export interface WebServerOptions {
  /** The address people use; the origin of every request, whatever its Host header says. */
  origin: string
  /** Undefined in development, where Next serves the API too. */
  routes?: Routes
  /** In development: whether there is a route file for a path; Next would answer a page where there is none. */
  isRoute?(pathname: string): boolean
  files?: StaticFiles
  pages(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Next's development web socket. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  development?: boolean
  limits?: WebLimits
  metrics?: RequestMetrics
}

export interface WebServer {
  readonly server: Server
  listen(port: number, host: string): Promise<number>
  /** Takes no new work, lets running answers finish, then cuts what is left. */
  stop(): Promise<void>
}

/** Our HTTP server: limits and security headers for everything, the API straight to its handlers, pages to Next. */
export const createWebServer = (options: WebServerOptions): WebServer => {
  const limits = options.limits ?? webLimits
  const headers: HeaderOptions = {
    https: options.origin.startsWith('https:'),
    development: options.development ?? false,
  }
  const context: Context = { ...options, headers, common: Object.entries(securityHeaders(headers)), limits }
  const server = createServer(serverOptions(limits), (request, response) => void answer(context, request, response))
  server.maxHeadersCount = limits.headersMax
  server.maxConnections = limits.connectionsMax
  server.maxRequestsPerSocket = limits.requestsPerSocketMax
  server.timeout = limits.idle_ms
  server.on('clientError', (error, socket) => refuseBroken(error, socket, context))
  server.on('connect', (_request, socket) => socket.destroy())
  server.on('upgrade', (request, socket, head) => {
    if (options.upgrade) options.upgrade(request, socket, head).catch(() => socket.destroy())
    else socket.destroy()
  })
  return { server, listen: (port, host) => listen(server, port, host), stop: () => stop(server, limits) }
}

interface Context extends WebServerOptions {
  headers: HeaderOptions
  common: [string, string][]
  limits: WebLimits
}

const serverOptions = (limits: WebLimits) => ({
  headersTimeout: limits.headers_ms,
  requestTimeout: limits.request_ms,
  connectionsCheckingInterval: limits.check_ms,
  keepAliveTimeout: limits.keepAlive_ms,
  maxHeaderSize: limits.headersMax_bytes,
})

const answer = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  for (const [name, value] of context.common) response.setHeader(name, value)
  response.setHeader('content-security-policy', closedPolicy)
  cleanRequestHeaders(request)
  // A client that leaves is nothing to report; everything that waits for it hears of it through its signal.
  response.on('error', () => {})
  request.on('error', () => {})
  try {
    await route(context, request, response)
  } catch (error) {
    webLog().error({ error: nameOf(error) }, 'A request failed.')
    if (response.headersSent) response.destroy()
    else refuse(response, 500)
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error)

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const route = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = parseUrl(request, context.origin)
  if (!url) return refuse(response, 400)
  if (!methods.has(request.method ?? '')) {
    response.setHeader('allow', [...methods].join(', '))
    return refuse(response, 405)
  }
  if (isUnder(url.pathname, '/api/auth')) return signIn(context, request, response)
  if (isUnder(url.pathname, '/api')) return api(context, request, response, url)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return refuse(response, 405)
  }
  if (context.files && url.pathname.startsWith('/_next/static/')) {
    const found = findStatic(context.files, url.pathname)
    return found ? sendStatic(found, request, response) : refuse(response, 404)
  }
  return page(context, request, response)
}

/** The path without `/v1`; undefined for what is not a plain path. Host and scheme are ours, never the client's. */
const parseUrl = (request: IncomingMessage, origin: string): URL | undefined => {
  const target = request.url ?? ''
  if (!target.startsWith('/') || target.startsWith('//')) return undefined
  request.url = target.replace(/^\/v1(?=\/api(?:[/?]|$))/, '')
  try {
    const url = new URL(origin)
    const cut = request.url.indexOf('?')
    url.pathname = cut === -1 ? request.url : request.url.slice(0, cut)
    url.search = cut === -1 ? '' : request.url.slice(cut)
    return url
  } catch {
    return undefined
  }
}

const isUnder = (pathname: string, prefix: string): boolean => pathname === prefix || pathname.startsWith(`${prefix}/`)

const api = async (context: Context, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
  if (!context.routes && context.isRoute?.(url.pathname) !== false) return page(context, request, response)
  const match: RouteMatch | undefined = context.routes?.match(url.pathname)
  context.metrics?.observe(request, response, match?.route.pattern ?? 'unknown')
  await dispatch(match, request, response, url)
}

/** next-auth needs Next's own context, and reads bodies without a limit: its form is small, so only small ones pass. */
const signIn = (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> | void => {
  const length = request.headers['content-length']
  if (request.headers['transfer-encoding'] !== undefined) return refuse(response, 411)
  if (Number(length ?? 0) > context.limits.signInBodyMax_bytes) return refuse(response, 413)
  return page(context, request, response)
}

const page = async (context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  context.metrics?.observe(request, response, 'page')
  preparePage(request, response, context.headers)
  // Next builds absolute addresses from Host.
  if (!context.development) request.headers.host = new URL(context.origin).host
  await context.pages(request, response)
}

const titles: Record<number, string> = {
  400: 'Bad request',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request took too long to arrive',
  411: 'Send a Content-Length',
  413: 'Body too large',
  431: 'Headers too large',
  500: 'Something went wrong on our side',
}

const refuse = (response: ServerResponse, status: number): void => {
  response.statusCode = status
  response.setHeader('content-type', 'application/problem+json')
  response.setHeader('cache-control', 'no-store')
  response.setHeader('content-security-policy', closedPolicy)
  if (status !== 404) response.setHeader('connection', 'close')
  response.end(problemText(status))
}

const problemText = (status: number): string =>
  JSON.stringify({ type: 'about:blank', title: titles[status], status, detail: `${titles[status]}.` })

/** Bytes that are no request, or never became one in time; there is no response object, so the answer is written by hand. */
const refuseBroken = (error: Error & { code?: string }, socket: Duplex, context: Context): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400
  const body = problemText(status)
  const headers = [
    ...context.common,
    ['content-security-policy', closedPolicy],
    ['cache-control', 'no-store'],
    ['content-type', 'application/problem+json'],
    ['content-length', String(Buffer.byteLength(body))],
    ['connection', 'close'],
  ]
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${status} ${titles[status]}\r\n${lines}\r\n${body}`, () => socket.destroy())
}

const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })

const stop = async (server: Server, limits: WebLimits): Promise<void> => {
  if (!server.listening) return
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const sweep = setInterval(() => server.closeIdleConnections(), 100)
  const cut = setTimeout(() => server.closeAllConnections(), limits.drain_ms)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
