import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Pair } from '../../_tls/testing/certificates.ts'

export const secrets = {
  password: 'basic-canary',
  token: 'bearer-canary',
  key: 'key-canary',
  part: 'part-canary',
} as const

const items = Array.from({ length: 25 }, (_, index) => ({ id: `item-${index + 1}`, n: index + 1 }))
const slice = (from: number, size: number) => items.slice(from, from + size)

export interface Api {
  origin: string
  port: number
  /** Every request it got, as it stood on the wire. */
  heard: { url: string; headers: IncomingMessage['headers']; body: string; method: string }[]
  stop(): void
}

export type Answer = (url: URL, request: IncomingMessage, response: ServerResponse) => unknown

/** A real server with every kind of login and every kind of page; `extra` answers what it does not know. */
export const startApi = async (
  options: { tls?: Pair; extra?: Answer; isToken?(token: string): Promise<boolean> } = {},
) => {
  const heard: Api['heard'] = []
  const listener: RequestListener = (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', async () => {
      const { url: path = '', headers, method = '' } = request
      heard.push({ url: path, headers, body: Buffer.concat(parts).toString('utf8'), method })
      const url = new URL(path, `http://${headers.host}`)
      const answer = routes[url.pathname] ?? options.extra
      if (url.pathname === '/oauth') {
        const token = headers.authorization?.replace('Bearer ', '') ?? ''
        return (await options.isToken?.(token)) ? json(response, { ok: true }) : deny(response, 'Bearer')
      }
      if (answer) await answer(url, request, response)
      else json(response, { error: 'none' }, 404)
    })
  }
  const server = options.tls
    ? createSecureServer({ key: options.tls.key, cert: options.tls.certificate }, listener)
    : createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { origin, port, heard, stop } satisfies Api
}

export const json = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))

const deny = (response: ServerResponse, scheme: string) =>
  json(response, { error: 'who are you' }, 401, { 'www-authenticate': `${scheme} realm="the realm"` })

const guarded =
  (scheme: string, isGood: (url: URL, headers: IncomingMessage['headers']) => boolean): Answer =>
  (url, { headers }, response) =>
    isGood(url, headers) ? json(response, { ok: true, user: { id: 7 } }) : deny(response, scheme)

const basic = `Basic ${Buffer.from(`svc:${secrets.password}`).toString('base64')}`

const number = (url: URL, name: string, otherwise: number) => Number(url.searchParams.get(name) ?? otherwise)

const routes: Partial<Record<string, Answer>> = {
  '/open': (_, __, response) => json(response, { ok: true, user: { id: 7 } }),
  '/basic': guarded('Basic', (_, { authorization }) => authorization === basic),
  '/bearer': guarded('Bearer', (_, { authorization }) => authorization === `Bearer ${secrets.token}`),
  '/header': guarded('ApiKey', (_, headers) => headers['x-api-key'] === secrets.key),
  '/query': guarded('ApiKey', ({ searchParams }) => searchParams.get('api_key') === secrets.key),
  '/parts': guarded(
    'Parts',
    ({ searchParams }, headers) => headers['x-app'] === secrets.part && searchParams.get('tok') === secrets.key,
  ),
  '/forbidden': (_, __, response) => json(response, {}, 403),
  '/limited': (_, __, response) => json(response, {}, 429, { 'retry-after': '70' }),
  '/broken': (_, __, response) => json(response, {}, 503),
  '/teapot': (_, __, response) => json(response, {}, 418),
  '/login': (_, __, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><title>Sign in</title><input type="password">'),
  '/page-html': (_, __, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Hello'),
  '/text': (_, __, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello'),
  '/here': (_, __, response) => response.writeHead(302, { location: '/open' }).end(),
  '/circle': (_, __, response) => response.writeHead(307, { location: '/circle' }).end(),
  '/echo': ({ href }, { headers }, response) => json(response, [{ href, headers }]),
  '/list/page': (url, _, response) => {
    const size = number(url, 'limit', 10)
    json(response, slice((number(url, 'page', 1) - 1) * size, size))
  },
  '/list/offset': (url, _, response) =>
    json(response, { data: slice(number(url, 'offset', 0), number(url, 'limit', 10)) }),
  '/list/cursor': (url, _, response) => {
    const at = number(url, 'cursor', 0)
    const next = at + 10 < items.length ? String(at + 10) : null
    json(response, { data: { rows: slice(at, 10) }, meta: { next } })
  },
  '/list/after': (url, _, response) => {
    const at = items.findIndex(({ id }) => id === url.searchParams.get('starting_after')) + 1
    json(response, { data: slice(at, 10), has_more: at + 10 < items.length })
  },
  '/list/link': (url, _, response) => {
    const page = number(url, 'page', 1)
    const link = `<${url.origin}/list/link?page=1>; rel="first", </list/link?page=${page + 1}>; title="a, b"; rel="next last"`
    json(response, slice((page - 1) * 10, 10), 200, page * 10 < items.length ? { link } : {})
  },
  '/list/next': (url, _, response) => {
    const page = number(url, 'page', 1)
    const next = page * 10 < items.length ? `${url.origin}/list/next?page=${page + 1}` : null
    json(response, { value: slice((page - 1) * 10, 10), '@odata.nextLink': next })
  },
  '/list/loop': (_, __, response) => json(response, { data: slice(0, 10), next: 'same' }),
}
