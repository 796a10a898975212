import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '#lib/core/errors'
import { encodeLine } from '#lib/core/ndjson'
import { addressOf } from '../_http/address.ts'
import { type Login, loginOf } from '../_http/auth.ts'
import { causes } from '../_http/causes.ts'
import { createClient, type Reply } from '../_http/client.ts'
import { failureOf } from '../_http/failure.ts'
import { requestPath } from '../_http/fields.ts'
import { jsonOf, problemOf, retryAfter } from '../_http/judge.ts'
import { lineTo } from '../_http/line.ts'
import { createMask, type Mask } from '../_http/mask.ts'
import { firstPage, itemsOf, listsIn, type Next, nextPage, type Pagination, type Stop } from '../_http/pagination.ts'
import { requestToken } from '../_http/token.ts'
import { isFailureOf } from '../_test/failure.ts'
import type { PageLine, PagesRequest } from '../contract.ts'
import { sampleOf } from './sample.ts'
import { explain, type HttpTarget, trustOf } from './target.ts'

/** Of one page; more than any API sends at once. */
const bytesMax = 8 * 1024 * 1024
/** An API that asks for more patience than this is left alone. */
const waitMax = 10
const retriesMax = 2

/** The first pages of a list as the settings read it, and what stopped it. */
export async function* pages(target: HttpTarget, request: PagesRequest): AsyncGenerator<Uint8Array, void> {
  for await (const line of preview(target, request)) yield encodeLine(line)
}

async function* preview(target: HttpTarget, request: PagesRequest): AsyncGenerator<PageLine, void> {
  const seen = { pages: 0, items: 0 }
  try {
    const sentence = yield* walk(target, request, seen)
    yield { type: 'end', ...seen, sentence, cause: null }
  } catch (error) {
    if (error instanceof AppError) throw error
    const failure = failureOf(error, 'request')
    if (!isFailureOf(causes, failure)) throw error
    const cause = explain(failure, target)
    yield { type: 'end', ...seen, sentence: cause.sentence, cause }
  }
}

type Seen = { pages: number; items: number }

async function* walk(target: HttpTarget, request: PagesRequest, seen: Seen): AsyncGenerator<PageLine, string> {
  const { config, net, limits, signal } = target
  const pagination: Pagination = config.pagination ?? { mode: 'none' }
  let url = firstPage(addressOf(config.base_url, pathOf(request.path)), pagination)
  const login = await logIn(target)
  const client = createClient(config, login, lineTo(trustOf(config), net, limits))
  const look = looker(request, pagination, createMask(login))
  const most = Math.min(request.pages, config.pagination?.max_pages ?? request.pages)
  for (;;) {
    const reply = yield* patiently(() => client.send({ method: 'GET', url }, bytesMax), signal)
    const problem = problemOf(reply, { method: 'GET', hasLogin: target.credential !== undefined })
    if (problem) throw problem
    const { line, next, stopped } = look(reply, url, seen)
    yield line
    if (stopped !== undefined || !next) return stopped ?? ''
    if (seen.pages >= most) return atMost(most, most < request.pages)
    url = next
    if (config.requests_per_second !== undefined) await pause(1000 / config.requests_per_second, signal)
  }
}

const pathOf = (text: string): string => {
  const path = requestPath.safeParse(text)
  if (path.success) return path.data
  const message = path.error.issues[0]?.message ?? 'This is not a path.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/path', message }] })
}

const logIn = ({ config, credential, net, limits }: HttpTarget): Promise<Login> | Login =>
  credential?.kind === 'oauth.client'
    ? requestToken(credential, { net, limits, mayBePlain: config.base_url.startsWith('http:') })
    : loginOf(credential)

/** Waits where the API asks for it by Retry-After, if that is not for long. */
async function* patiently(send: () => Promise<Reply>, signal: AbortSignal): AsyncGenerator<PageLine, Reply> {
  for (let tries = 0; ; tries++) {
    const reply = await send()
    const seconds = reply.status === 429 || reply.status === 503 ? retryAfter(reply.headers['retry-after']) : undefined
    if (seconds === undefined || seconds > waitMax || tries === retriesMax) return reply
    yield {
      type: 'wait',
      seconds,
      sentence: `The API asks to wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'} (${reply.status}).`,
    }
    await pause(seconds * 1000, signal)
  }
}

/** How the wait ends when the job does is for those who ended it to say. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())

interface Looked {
  line: PageLine
  next?: URL
  stopped?: string
}

/** Reads page after page: what is on it, where it goes on, and whether it has been there before. */
const looker = ({ items: shown }: PagesRequest, pagination: Pagination, mask: Mask) => {
  const asked = new Set<string>()
  let before: Buffer | undefined
  return (reply: Reply, url: URL, seen: Seen): Looked => {
    asked.add(url.href)
    const body = jsonOf(reply, 'GET')
    const items = itemsOf(body, pagination.items_path)
    seen.pages++
    seen.items += items?.length ?? 0
    const page = { url, number: seen.pages, items: items?.length ?? 0, sum: seen.items, body, link: linkOf(reply) }
    const next = nextPage(page, pagination)
    const isAgain = 'url' in next && asked.has(next.url.href)
    const isSame = before?.equals(reply.body) ?? false
    before = reply.body
    const line = {
      ...factsOf(reply, url, mask),
      number: seen.pages,
      items: items?.length ?? null,
      sample: (items ?? [body]).slice(0, shown).map((item) => sampleOf(item, mask)),
      next: shownOf(next, mask),
      warnings: [...warningsOf(body, items, pagination), ...(isSame ? [sameAgain] : []), ...(isAgain ? [circle] : [])],
    }
    if ('stop' in next) return { line, stopped: stops[next.stop](mask.text(next.found ?? '')) }
    return isAgain
      ? { line, stopped: 'It stopped there, because the list runs in a circle.' }
      : { line, next: next.url }
  }
}

const linkOf = ({ headers: { link } }: Reply): string | undefined => (Array.isArray(link) ? link.join(', ') : link)

const factsOf = ({ status, duration_ms, body }: Reply, url: URL, mask: Mask) => ({
  type: 'page' as const,
  url: mask.url(url),
  status,
  duration_ms,
  size_bytes: body.length,
})

const shownOf = (next: Next, mask: Mask): string | null => {
  if (!('url' in next)) return null
  const isAddress = next.found === next.url.href
  return (isAddress ? mask.url(next.url) : mask.text(next.found)).slice(0, 500)
}

const sameAgain =
  'This is the very same answer as the page before; the parameter that turns the page may be another one.'
const circle =
  'The next page is one that was read already, so the list would never end. Check where the next page is found.'

const warningsOf = (body: unknown, items: unknown[] | undefined, { items_path }: Pagination): string[] => {
  if (items) return []
  const lists = listsIn(body)
  const hint = lists.length > 0 ? ` There is a list at ${lists.join(', ')}.` : ''
  if (items_path !== undefined) return [`There is no list at ${items_path}.${hint}`]
  return [`The answer is no list; say where the items are.${hint}`]
}

const atMost = (most: number, isLimited: boolean): string => {
  const pages = `${most} ${most === 1 ? 'page' : 'pages'}`
  return isLimited
    ? `There is more, but the settings allow only ${pages}.`
    : `There is more; the preview ends after ${pages}.`
}

/** Why a list ended. */
const stops: Record<Stop, (found: string) => string> = {
  single: () => 'The settings say that one request has everything.',
  no_next: () => 'That is all: the last answer names no next page.',
  no_more: () => 'That is all: the last answer says that there is no more.',
  empty: () => 'That is all: the last page has no items.',
  short: () => 'That is all: the last page is not full.',
  elsewhere: (origin) =>
    `The next page is at ${origin}, which is not the API’s own origin, so it was not asked: the secret would go there.`,
  unreadable: () => 'What stands where the next page should be is no cursor and no address. Check its path.',
}
