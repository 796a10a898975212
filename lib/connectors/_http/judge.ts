import type { HttpFacts } from './causes.ts'
import type { Reply } from './client.ts'
import type { Ask } from './exchange.ts'
import { Failure } from './failure.ts'

export interface Expectation {
  method: Ask['method']
  /** One status, or any that says success. */
  status?: number | undefined
  hasLogin: boolean
}

/** What is wrong with an answer as its status says, in a sentence's terms; undefined where it is what was expected. */
export const problemOf = (reply: Reply, { method, status: expected, hasLogin }: Expectation): Failure | undefined => {
  const { status, headers, url } = reply
  const facts: Partial<HttpFacts> = { status, request: `${method} ${url.pathname}` }
  if (expected === undefined ? status >= 200 && status < 300 : status === expected) return undefined
  if (status === 401) {
    const scheme = schemeOf(headers['www-authenticate'])
    return new Failure(hasLogin ? 'http.unauthorized' : 'http.login_missing', { ...facts, ...(scheme && { scheme }) })
  }
  if (status === 429) {
    const wait = retryAfter(headers['retry-after'])
    return new Failure('http.rate_limited', { ...facts, ...(wait !== undefined && { wait }) })
  }
  if (status === 403) return new Failure('http.forbidden', facts)
  if (status === 404) return new Failure('http.not_found', facts)
  if (status === 405) return new Failure('http.method_not_allowed', facts)
  if (status >= 500) return new Failure('http.server_error', facts)
  if (status >= 300 && status < 400 && headers.location !== undefined)
    return new Failure('http.redirect_refused', facts)
  return new Failure('http.unexpected_status', {
    ...facts,
    ...(expected !== undefined && { detail: String(expected) }),
  })
}

/** Only the word: what follows it is the server's own text. */
const schemeOf = (header: string | undefined): string | undefined => header?.match(/^\s*([A-Za-z][\w-]{0,30})\b/)?.[1]

/** Seconds to wait, from a number or a date (RFC 9110); undefined where it says neither. */
export const retryAfter = (header: string | undefined, now = Date.now()): number | undefined => {
  if (header === undefined) return undefined
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header)
  const until = Date.parse(header)
  return Number.isNaN(until) ? undefined : Math.max(0, Math.ceil((until - now) / 1000))
}

export const typeOf = ({ headers }: Pick<Reply, 'headers'>): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''

/** A page that asks people to sign in comes with a 200 as often as not. */
export const isLoginPage = (reply: Reply): boolean =>
  isWebPage(reply) &&
  /<input[^>]{0,400}type=["']?password|<title>[^<]{0,100}(?:sign|log)[ -]?(?:in|on)\b/i.test(
    reply.body.toString('utf8'),
  )

export const isWebPage = (reply: Reply): boolean =>
  typeOf(reply) === 'text/html' || /^\s*<(?:!doctype html|html)\b/i.test(reply.body.subarray(0, 256).toString('utf8'))

/** The body as JSON, or a failure that says what it is instead. */
export const jsonOf = (reply: Reply, method: Ask['method']): unknown => {
  const facts = { request: `${method} ${reply.url.pathname}` }
  if (reply.isCut) throw new Failure('http.too_large', facts)
  try {
    return JSON.parse(reply.body.toString('utf8'))
  } catch {
    if (isWebPage(reply))
      throw new Failure(isLoginPage(reply) ? 'http.login_page' : 'http.not_json', { ...facts, detail: 'a web page' })
    const type = typeOf(reply)
    const detail =
      reply.body.length === 0 ? 'empty' : /^[\w.+-]+\/[\w.+-]+$/.test(type) && !/json/.test(type) ? type : undefined
    throw new Failure('http.not_json', { ...facts, ...(detail && { detail }) })
  }
}
