import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectLog } from '#lib/api/testing/log'
import { webLimits } from './limits.ts'
import { isRouteFile, type RouteHandler, type Routes, routeOf } from './routes.ts'
import { createWebServer, type WebServer, type WebServerOptions } from './server.ts'
import { listStaticFiles } from './static.ts'

const seen = { aborted: 0, cancelled: 0, produced: 0, host: '', forwarded: '', nonce: '', url: '', chunks: 0 }

const untilAborted: RouteHandler = (request) =>
  new Promise((resolve) => {
    request.signal.addEventListener('abort', () => {
      seen.aborted++
      resolve(new Response(null))
    })
  })

const endless: RouteHandler = () =>
  new Response(
    new ReadableStream(
      {
        pull: (controller) => {
          seen.produced++
          controller.enqueue(new Uint8Array(64 * 1024))
        },
        cancel: () => {
          seen.cancelled++
        },
      },
      { highWaterMark: 0 },
    ),
    { headers: { 'content-type': 'application/x-ndjson' } },
  )

const readBody: RouteHandler = async (request) => Response.json({ bytes: (await request.arrayBuffer()).byteLength })

const table: Record<string, Record<string, RouteHandler>> = {
  '/api/echo': { GET: (request) => Response.json({ url: request.url }), POST: readBody },
  '/api/slow': { GET: untilAborted, POST: async (request) => readBody(request, { params: Promise.resolve({}) }) },
  '/api/endless': { GET: endless },
  '/api/throws': { GET: () => Promise.reject(new Error('postgres://user:secret@host')) },
  '/api/large': { GET: () => Response.json({ text: 'x'.repeat(100_000) }) },
}

const routes: Routes = {
  match: (pathname) => {
    const handlers = table[pathname]
    return handlers && { route: routeOf(pathname.slice(1).split('/'), handlers), params: {} }
  },
}

const built = mkdtempSync(path.join(tmpdir(), 'jackfield-built-'))
mkdirSync(path.join(built, 'static/chunks'), { recursive: true })
writeFileSync(path.join(built, 'static/chunks/a1.js'), 'console.log(1)')
writeFileSync(path.join(built, 'static/chunks/a1.js.br'), 'brotli')
writeFileSync(path.join(built, 'secret.txt'), 'secret')

const limits = { ...webLimits, headers_ms: 600, request_ms: 4_000, check_ms: 100, drain_ms: 800 }
const start = async (development?: Pick<WebServerOptions, 'isRoute'>): Promise<{ web: WebServer; port: number }> => {
  const web = createWebServer({
    origin: 'https://jackfield.example',
    ...(development ? { ...development, development: true } : { routes }),
    files: listStaticFiles(built),
    limits,
    pages: async (request: IncomingMessage, response) => {
      seen.host = String(request.headers.host)
      seen.forwarded = String(request.headers['x-forwarded-host'] ?? request.headers['x-middleware-subrequest'] ?? '')
      seen.nonce = String(request.headers['x-nonce'])
      response.writeHead(200, {
        'content-type': 'text/html',
        'cache-control': 'public, max-age=60',
        'x-powered-by': 'Next',
      })
      response.end('<p>page</p>')
    },
  })
  return { web, port: await web.listen(0, '127.0.0.1') }
}

let web: WebServer
let port: number
beforeAll(async () => {
  ;({ web, port } = await start())
})
afterAll(() => web.stop())

const at = (pathname: string) => `http://127.0.0.1:${port}${pathname}`

/** Sends raw bytes and answers everything that came back until the server hung up. */
const raw = (text: string, given = port): Promise<string> =>
  new Promise((resolve) => {
    let answer = ''
    const socket: Socket = connect(given, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })

const until = async (check: () => boolean): Promise<void> => {
  for (let i = 0; i < 200 && !check(); i++) await sleep(20)
  expect(check()).toBe(true)
}

const required = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

test.each([
  ['a page', '/workspace/connections', 200],
  ['an answer of the API', '/api/echo', 200],
  ['an unknown API path', '/api/nowhere', 404],
  ['an error', '/api/throws', 500],
  ['a static file', '/_next/static/chunks/a1.js', 200],
  ['a static file that is not there', '/_next/static/chunks/b2.js', 404],
])('%s carries every security header', async (_name, pathname, status) => {
  const response = await fetch(at(pathname))
  expect(response.status).toBe(status)
  expect(Object.fromEntries(response.headers)).toMatchObject(required)
  expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(response.headers.get('strict-transport-security')).toContain('max-age=')
  expect(response.headers.get('permissions-policy')).toContain('camera=()')
  expect(response.headers.get('x-powered-by')).toBeNull()
  const isStatic = pathname.endsWith('a1.js')
  expect(response.headers.get('cache-control')).toBe(isStatic ? 'public, max-age=31536000, immutable' : 'no-store')
})

test.each([
  ['no HTTP', 'NONSENSE\r\n\r\n', 400],
  ['a target that is no path', 'GET //evil HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a method nobody knows', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['a wrong method', 'DELETE /api/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 405],
  ['OPTIONS', 'OPTIONS /api/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 204],
  ['HEAD', 'HEAD /api/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
  ['a write to a page', 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', 405],
  ['a sign-in of unknown length', 'POST /api/auth/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', 411],
  ['a sign-in that is too long', 'POST /api/auth/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n', 413],
  ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\n', 408],
  ['a page in Next’s own format', 'GET /login?_rsc=1 HTTP/1.1\r\nHost: x\r\nRSC: 1\r\nConnection: close\r\n\r\n', 200],
  ['the sign-in of Next', 'GET /api/auth/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
])('the answer to %s is kept by nobody and carries the headers', async (_name, request, status) => {
  const answer = await raw(request)
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  for (const [name, value] of Object.entries(required)) expect(answer).toContain(`${name}: ${value}`)
  expect(answer).toMatch(/^cache-control: no-store\r$/im)
  expect(answer).not.toMatch(/^x-powered-by:/im)
})

test('in development a path without a route file is a problem too, and every other goes to Next', async () => {
  const app = path.join(import.meta.dirname, '../../app')
  const { web: development, port: other } = await start({ isRoute: (pathname) => isRouteFile(app, pathname) })
  const unknown = await fetch(`http://127.0.0.1:${other}/api/nowhere`)
  expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
  const known = await fetch(`http://127.0.0.1:${other}/v1/api/connections/prod-postgres`)
  expect(await known.text()).toBe('<p>page</p>')
  await development.stop()
})

test('every page gets a nonce of its own, and only its policy names it', async () => {
  const first = await fetch(at('/login'))
  const nonce = seen.nonce
  expect(first.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
  expect(first.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/)
  await fetch(at('/login'), {
    headers: { 'x-nonce': 'chosen', 'content-security-policy': "script-src 'nonce-chosen'" },
  })
  expect(seen.nonce).not.toBe(nonce)
  expect(seen.nonce).not.toBe('chosen')
})

test('Host and forwarded headers decide nothing', async () => {
  await raw(
    'GET /login HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nx-middleware-subrequest: a:a:a:a:a\r\nConnection: close\r\n\r\n',
  )
  expect(seen).toMatchObject({ host: 'jackfield.example', forwarded: '' })
  const answer = await raw('GET /api/echo?a=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n')
  expect(answer).toContain('https://jackfield.example/api/echo?a=1')
})

test('an unknown path is a problem, a wrong method names the right ones', async () => {
  const unknown = await fetch(at('/api/nowhere'))
  expect(unknown.headers.get('content-type')).toBe('application/problem+json')
  expect(await unknown.json()).toMatchObject({ status: 404, code: 'not_found' })
  const wrong = await fetch(at('/api/echo'), { method: 'DELETE' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
  expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed' })
})

test('TRACE and writes to pages are refused before anything sees them', async () => {
  expect(await raw('TRACE /api/echo HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /)
  // Sign-in goes to Next, which answers TRACE with a 500.
  expect(await raw('TRACE /api/auth/session HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /)
  expect(await raw('TRACE / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 405 /)
  const action = await fetch(at('/workspace'), { method: 'POST', headers: { 'next-action': 'x' }, body: '[]' })
  expect(action.status).toBe(405)
})

test('/v1 before /api means the same resource, and nothing else', async () => {
  expect(await (await fetch(at('/v1/api/echo'))).json()).toEqual({ url: 'https://jackfield.example/api/echo' })
  expect(await (await fetch(at('/v1/apix'))).text()).toBe('<p>page</p>')
})

test('an error that nobody expected says nothing about itself', async () => {
  expect(await (await fetch(at('/api/throws'))).text()).not.toContain('secret')
})

test('a static file is sent compressed, and no name leads out of the folder', async () => {
  const file = await fetch(at('/_next/static/chunks/a1.js'), { headers: { 'accept-encoding': 'identity' } })
  expect(await file.text()).toBe('console.log(1)')
  const answer = await raw(
    'GET /_next/static/chunks/a1.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n',
  )
  expect(answer).toMatch(/content-encoding: br/)
  for (const name of ['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', '%', '..%5csecret.txt']) {
    const out = await raw(`GET /_next/static/${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(out).not.toContain('\r\n\r\nsecret')
  }
})

test('a large JSON answer is compressed for those who can read it', async () => {
  const response = await fetch(at('/api/large'))
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(await response.json()).toEqual({ text: 'x'.repeat(100_000) })
})

test('HEAD answers the headers of GET and no body', async () => {
  const response = await fetch(at('/api/echo'), { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('')
})

test('sockets that never finish their headers are shed while others are served', async () => {
  const sockets = await Promise.all(
    Array.from(
      { length: 200 },
      () =>
        new Promise<Socket>((resolve) => {
          const socket: Socket = connect(port, '127.0.0.1', () => {
            socket.write('GET /api/echo HTTP/1.1\r\nHost: x\r\nX-A: ')
            resolve(socket)
          })
          socket.on('error', () => {})
          socket.resume()
        }),
    ),
  )
  const drip = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('a')
  }, 50)
  const started = Date.now()
  expect((await fetch(at('/api/echo'))).status).toBe(200)
  expect(Date.now() - started).toBeLessThan(300)
  await until(() => sockets.every((socket) => socket.closed))
  clearInterval(drip)
  expect(Date.now() - started).toBeLessThan(3_500)
})

test('a body that never ends is cut off', async () => {
  const answer = await raw('POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc')
  expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/)
})

test('headers larger than the limit are refused', async () => {
  expect(await raw(`GET /api/echo HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
})

test('a sign-in form must say how long it is, and be short', async () => {
  const chunked = 'POST /api/auth/callback HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  expect(await raw(chunked)).toMatch(/^HTTP\/1\.1 411 /)
  expect(await raw('POST /api/auth/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n')).toMatch(
    /^HTTP\/1\.1 413 /,
  )
})

test('a client that leaves aborts the signal of its handler', async () => {
  const before = seen.aborted
  const request = httpRequest(at('/api/slow')).on('error', () => {})
  request.end()
  await sleep(100)
  request.destroy()
  await until(() => seen.aborted === before + 1)
})

test('a client that leaves in the middle of its own body does not disturb the server and is no error in its log', async () => {
  const logged = collectLog()
  const request = httpRequest(at('/api/slow'), { method: 'POST', headers: { 'content-length': '100000' } })
  request.on('error', () => {})
  request.write('abc')
  await sleep(100)
  request.destroy()
  await sleep(100)
  expect((await fetch(at('/api/echo'))).status).toBe(200)
  expect(logged).toEqual([])
})

test('a stream waits for a slow reader and stops when the reader leaves', async () => {
  seen.produced = 0
  const response = await new Promise<IncomingMessage>((resolve) => {
    httpRequest(at('/api/endless'), resolve)
      .on('error', () => {})
      .end()
  })
  await sleep(400)
  const produced = seen.produced
  expect(produced).toBeLessThan(500)
  await sleep(200)
  expect(seen.produced).toBe(produced)
  response.on('error', () => {})
  response.destroy()
  await until(() => seen.cancelled === 1)
})

test('stopping lets a running request finish and cuts one that does not', async () => {
  const other = await start()
  const aborted = seen.aborted
  const hanging = raw('GET /api/slow HTTP/1.1\r\nHost: x\r\n\r\n', other.port)
  await sleep(50)
  const started = Date.now()
  await other.web.stop()
  await hanging
  expect(Date.now() - started).toBeLessThan(2_000)
  await until(() => seen.aborted === aborted + 1)
  await expect(fetch(`http://127.0.0.1:${other.port}/api/echo`)).rejects.toThrow()
})
