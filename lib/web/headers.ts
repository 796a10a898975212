import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientIpHeader, wantedPathHeader } from '#lib/auth/client'

/** Request header under which pages find the nonce of their inline scripts. */
export const nonceHeader = 'x-nonce'

export interface HeaderOptions {
  /** The product is reached over https, so browsers may be told to stay there. */
  https: boolean
  /** Next's development server evaluates code and talks over a web socket. */
  development: boolean
}

/** Headers of every single answer, whoever wrote it (API-8). */
export const securityHeaders = ({ https }: HeaderOptions): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-permitted-cross-domain-policies': 'none',
  'permissions-policy':
    'accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()',
  ...(https && { 'strict-transport-security': 'max-age=63072000; includeSubDomains' }),
})

/** What is no page loads nothing. */
export const closedPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Pages run their own scripts and nothing else; Next reads the nonce from here and stamps its script tags with it. */
export const pagePolicy = (nonce: string, { development }: HeaderOptions): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    // The component library sets style attributes; a style cannot run code.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${development ? ' ws: wss:' : ''}`,
    "manifest-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

// What a client may not tell us: proxies' and Next's own words, and ours.
const internalHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method-override',
  'x-middleware-subrequest',
  'x-middleware-subrequest-id',
  'x-nextjs-data',
  'x-invoke-path',
  'x-invoke-query',
  'x-matched-path',
  nonceHeader,
  wantedPathHeader,
  'content-security-policy',
  'content-security-policy-report-only',
] as const

/** Removes what only we may say, and adds where the request came from. */
export const cleanRequestHeaders = (request: IncomingMessage): void => {
  for (const name of internalHeaders) delete request.headers[name]
  request.headers[clientIpHeader] = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

/** Prepares an answer that Next writes: policy with a fresh nonce, and no caching of pages whatever Next would say. */
export const preparePage = (request: IncomingMessage, response: ServerResponse, options: HeaderOptions): void => {
  const nonce = randomBytes(16).toString('base64')
  const policy = pagePolicy(nonce, options)
  request.headers[nonceHeader] = nonce
  request.headers[wantedPathHeader] = request.url ?? '/'
  request.headers['content-security-policy'] = policy
  response.setHeader('content-security-policy', policy)
  const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => ServerResponse
  Object.assign(response, {
    writeHead: (status: number, ...given: unknown[]) => {
      response.statusCode = status
      for (const [name, value] of given.flatMap(headerPairs)) response.setHeader(name, value)
      response.removeHeader('x-powered-by')
      if (!isPublicFile(response)) response.setHeader('cache-control', 'no-store')
      return writeHead(status, ...given.filter((one) => typeof one === 'string'))
    },
  })
}

// `writeHead` takes headers as an object or as one flat list of names and values.
const headerPairs = (given: unknown): [string, string | string[]][] => {
  if (typeof given !== 'object' || given === null) return []
  if (!Array.isArray(given)) return Object.entries(given)
  return given.flatMap((name, i): [string, string][] => (i % 2 === 0 ? [[name, given[i + 1]]] : []))
}

// Next answers pages as HTML or as its own component format; everything else it serves is a file of `public/`.
const isPublicFile = (response: ServerResponse): boolean => {
  const type = String(response.getHeader('content-type') ?? '')
  return type !== '' && response.statusCode === 200 && !/^text\/(html|x-component)|^application\/json/.test(type)
}
