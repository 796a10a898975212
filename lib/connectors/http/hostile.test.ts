import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { flood, type HostileServer, startHostile } from '../_test/testing/zoo.ts'
import type { HttpTarget } from './target.ts'
import { type Api, json, startApi } from './testing/api.ts'
import { runPages, runTest } from './testing/run.ts'
import { clientSecret, startTokens } from './testing/tokens.ts'

type Credential = NonNullable<HttpTarget['credential']>

/* What servers do that mean ill, seen from the driver: it ends in time, with a cause, and shows and sends nothing secret. */

const canary = 'http-canary-7f3a'
const token: Credential = { kind: 'api_key.bearer', token: canary }
const inQuery: Credential = { kind: 'api_key.key', placement: 'query', name: 'key', api_key: canary }

const rogues: HostileServer[] = []
const rogue = async (answer: string | Buffer | ((socket: Socket) => void)): Promise<HostileServer> => {
  const server = await startHostile((socket, _, turn) => {
    if (turn > 0) return
    if (typeof answer === 'function') answer(socket)
    else socket.end(answer)
  })
  rogues.push(server)
  return server
}
afterEach(() => {
  for (const server of rogues.splice(0)) server.stop()
})

const testAt = (port: number, over: object = {}, limits: object = {}) =>
  runTest({ config: { base_url: `http://127.0.0.1:${port}`, ...over }, credential: token, limits })

const ok = 'HTTP/1.1 200 OK\r\n'

describe('an answer that could be read in two ways is not used', () => {
  it.each([
    ['two lengths', `${ok}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}`],
    ['a length and chunks', `${ok}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['chunks under another name', `${ok}Transfer-Encoding: xchunked, chunked, foo\r\nContent-Length: 2\r\n\r\n{}`],
    ['a length with a sign', `${ok}Content-Length: +2\r\n\r\n{}`],
    ['lines that end in a bare CR', 'HTTP/1.1 200 OK\rX: y\r\rabc'],
    ['a header folded over two lines', `${ok}X: a\r\n\tb: c\r\nContent Length: 2\r\n\r\n{}`],
    ['a NUL in a header', `${ok}X: a\0b\r\n\r\n{}`],
    ['a chunk of a negative size', `${ok}Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n`],
    ['a chunk with an endless size', `${ok}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}`],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    [
      'a change of protocol nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['headers without end', `${ok}${'X-A: aaaaaaaaaaaaaaaa\r\n'.repeat(5000)}\r\n{}`],
  ])('%s', async (_, bytes) => {
    const { port } = await rogue(bytes)
    const { cause } = await testAt(port)
    expect(cause?.code).toMatch(/^http\.(?:malformed|closed)$/)
  })
  it('what comes after an answer is not taken for the next one', async () => {
    const smuggled = `${ok}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]${ok}Content-Length: 9\r\n\r\n["owned"]`
    const { port } = await rogue(smuggled)
    const { text, end } = await runPages({ config: { base_url: `http://127.0.0.1:${port}` }, credential: token })
    expect([end?.cause?.code ?? null, text.includes('owned')]).toEqual([null, false])
  })
})

describe('an answer that does not end', () => {
  const head = `${ok}Content-Type: application/json\r\n`
  const limits = { total_ms: 5_000, bytes: 4_000_000 }
  it.each([
    ['no answer at all', () => {}, 'http.timeout'],
    [
      'an endless line',
      (socket: Socket) => flood(socket, Buffer.alloc(65_536, 'a')),
      /^http\.malformed|protocol\.flood$/,
    ],
    [
      'endless headers',
      (socket: Socket) => {
        socket.write(ok)
        flood(socket, Buffer.from('X: a\r\n'.repeat(4000)))
      },
      'http.malformed',
    ],
    [
      'endless interim answers',
      (socket: Socket) => flood(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000))),
      /^protocol\.flood|http\.timeout|http\.malformed$/,
    ],
    ['a body that stops short', (socket: Socket) => socket.end(`${head}Content-Length: 100\r\n\r\n{`), 'http.closed'],
    [
      'a byte a second',
      (socket: Socket) => {
        socket.write(`${head}Content-Length: 100\r\n\r\n`)
        const timer = setInterval(() => socket.write('{'), 200)
        socket.once('close', () => clearInterval(timer))
      },
      'http.timeout',
    ],
    ['a reset', (socket: Socket) => socket.resetAndDestroy(), 'http.closed'],
  ] as const)('%s is given up in time', async (_, behave, code) => {
    const { port } = await rogue(behave)
    const began = performance.now()
    const { cause } = await testAt(port, { timeout_s: 1, test_json_path: '$.a' }, limits)
    expect(cause?.code).toMatch(code)
    expect(performance.now() - began).toBeLessThan(4_500)
  })
  it('endless chunks are read only up to a limit', async () => {
    const chunk = Buffer.from(`10000\r\n${'a'.repeat(65_536)}\r\n`)
    const { port } = await rogue((socket) => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
      flood(socket, chunk)
    })
    const { end } = await runPages({ config: { base_url: `http://127.0.0.1:${port}` } })
    expect(end?.cause?.code).toBe('http.too_large')
  })
})

describe('a compressed answer', () => {
  const packed = (body: Buffer, encoding: string) =>
    Buffer.concat([
      Buffer.from(
        `${ok}Content-Type: application/json\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`,
      ),
      body,
    ])
  const read = async (bytes: Buffer) => {
    const { port } = await rogue(bytes)
    return (await runPages({ config: { base_url: `http://127.0.0.1:${port}` } })).end
  }
  it('is unpacked', async () =>
    expect(await read(packed(gzipSync('[1,2]'), 'gzip'))).toMatchObject({ items: 2, cause: null }))
  it('that unpacks to gigabytes ends at the limit, and memory does not grow with it', async () => {
    const bomb = gzipSync(Buffer.alloc(400_000_000, ' '), { level: 9 })
    expect(bomb.length).toBeLessThan(500_000)
    const before = process.memoryUsage().rss
    expect((await read(packed(bomb, 'gzip')))?.cause?.code).toBe('http.too_large')
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })
  it.each(['gzip, gzip', 'zstd', 'GZIP ,br'])(
    'in layers or by a way nobody asked for (%s) is not unpacked',
    async (encoding) => expect((await read(packed(gzipSync(gzipSync('[]')), encoding)))?.cause?.code).toBe('http.bomb'),
  )
  it('that is none is said to be broken', async () =>
    expect((await read(packed(Buffer.from('[1,2] and more'), 'gzip')))?.cause?.code).toBe('http.bomb'))
})

describe('a secret', () => {
  let trap: Api
  let api: Api
  let tokens: Awaited<ReturnType<typeof startTokens>>
  let redirect = ''
  let status = 302
  beforeAll(async () => {
    trap = await startApi({ extra: (_, __, response) => json(response, []) })
    tokens = await startTokens()
    api = await startApi({
      isToken: async (given) => (await tokens.scopeOf(given)) !== undefined,
      extra: ({ pathname }, __, response) => {
        if (pathname === '/away') return response.writeHead(status, { location: redirect, 'set-cookie': 'sid=1' }).end()
        if (pathname === '/link') return json(response, [1], 200, { link: `<${redirect}>; rel="next"` })
        if (pathname === '/next') return json(response, { data: [1], next: redirect })
        return json(response, { error: 'none' }, 404)
      },
    })
  })
  afterAll(() => {
    trap?.stop()
    api?.stop()
    tokens?.stop()
  })
  const away = () => [
    `${trap.origin}/`,
    `//127.0.0.1:${trap.port}/`,
    `http://127.0.0.1:${trap.port}@127.0.0.1:${api.port}/`,
    `http://user:pw@127.0.0.1:${trap.port}/`,
    `http://localhost:${trap.port}/`,
    `https://127.0.0.1:${api.port}/`,
    `http://127.0.0.1.:${trap.port}/`,
    `http://2130706433:${trap.port}/`,
    `\\\\127.0.0.1:${trap.port}\\`,
    `http:\t//127.0.0.1:${trap.port}/`,
    `file:///etc/passwd`,
    `javascript:alert(1)`,
  ]
  it.each([301, 302, 303, 307, 308])(
    'goes with no redirect (%s) to another origin, however it is spelled',
    async (code) => {
      status = code
      for (const address of away()) {
        redirect = address.replace(/[^\x20-\x7e]/g, '')
        for (const credential of [token, inQuery]) {
          const { cause } = await runTest({ config: { base_url: api.origin, test_path: '/away' }, credential })
          expect([address, cause?.code]).toEqual([address, 'http.redirect_elsewhere'])
        }
      }
      expect(trap.heard).toEqual([])
    },
  )
  it('goes with no next page to another origin, by header or in the body', async () => {
    for (const address of away()) {
      redirect = address
      for (const pagination of [{ mode: 'link' }, { mode: 'next_url', next_path: '$.next', items_path: '$.data' }]) {
        const config = { base_url: api.origin, pagination }
        const path = pagination.mode === 'link' ? '/link' : '/next'
        if (pagination.mode === 'link' && /[^\x20-\x7e]/.test(address)) continue
        const { pages, end } = await runPages({ config, credential: token }, { path })
        expect([address, pages.length, end?.sentence]).toEqual([
          address,
          1,
          expect.stringMatching(/own origin|no cursor/),
        ])
      }
    }
    expect(trap.heard).toEqual([])
  })
  it('of an OAuth client goes to the token URL alone, and the API gets only the token', async () => {
    const credential: Credential = {
      kind: 'oauth.client',
      client_id: 'svc',
      client_secret: clientSecret,
      client_auth: 'basic',
      token_url: tokens.tokenUrl,
    }
    const before = api.heard.length
    expect((await runTest({ config: { base_url: api.origin, test_path: '/oauth' }, credential })).success).toBe(true)
    const seen = JSON.stringify(api.heard.slice(before))
    const encoded = Buffer.from(`svc:${new URLSearchParams([['', clientSecret]]).toString().slice(1)}`).toString(
      'base64',
    )
    for (const spelling of [clientSecret, encodeURIComponent(clientSecret), encoded])
      expect(seen).not.toContain(spelling)
    for (const code of [302, 307, 308]) {
      status = code
      redirect = `${trap.origin}/token`
      const moved = { ...credential, token_url: `${api.origin}/away` }
      const { cause } = await runTest({ config: { base_url: api.origin, test_path: '/oauth' }, credential: moved })
      expect(cause?.code).toBe('oauth.no_token')
    }
    expect(trap.heard).toEqual([])
  })
  it('of an OAuth client is not sent unencrypted for an API that is encrypted', async () => {
    const credential: Credential = {
      kind: 'oauth.client',
      client_id: 'svc',
      client_secret: clientSecret,
      client_auth: 'basic',
      token_url: `${trap.origin}/token`,
    }
    const config = { base_url: 'https://127.0.0.1:1' }
    const { end } = await runPages({ config, credential })
    expect(end?.cause?.code).toBe('oauth.plain')
    expect(trap.heard).toEqual([])
  })
  it('that an API repeats is not shown, in whatever spelling', async () => {
    const basic: Credential = { kind: 'password.basic', username: 'svc', password: canary }
    for (const credential of [token, inQuery, basic]) {
      const { text, pages } = await runPages({ config: { base_url: api.origin }, credential }, { path: '/echo?a=b' })
      expect(pages.length).toBe(1)
      for (const spelling of [canary, Buffer.from(`svc:${canary}`).toString('base64')])
        expect(text).not.toContain(spelling)
    }
  })
  it('cannot end its header and begin another', async () => {
    const before = api.heard.length
    for (const value of ['a\r\nX-Evil: 1', 'a\nb', 'a\0b', 'snow ☃', '\u010d\u010a']) {
      const credentials: Credential[] = [
        { kind: 'api_key.bearer', token: value },
        { kind: 'api_key.key', placement: 'header', name: 'X-Key', api_key: value },
        { kind: 'api_key.key', placement: 'header', name: 'X-Key', prefix: 'a\r\nb', api_key: 'k' },
        { kind: 'api_key.parts', headers: JSON.stringify({ 'X-Key': value }) },
      ]
      for (const credential of credentials)
        expect((await runTest({ config: { base_url: api.origin }, credential })).code).toBe('auth.bad_characters')
    }
    expect(api.heard.length).toBe(before)
  })
  it('cannot stand in a header that says where a message goes or ends', async () => {
    for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'Connection', 'Proxy-Authorization']) {
      const credential: Credential = { kind: 'api_key.key', placement: 'header', name, api_key: canary }
      expect((await runTest({ config: { base_url: api.origin }, credential })).code).toBe('auth.bad_header')
    }
  })
  it('is sent again on a redirect within the origin, and a cookie never', async () => {
    status = 302
    redirect = '/bearer'
    await runTest({ config: { base_url: api.origin, test_path: '/away' }, credential: token })
    expect(api.heard.at(-1)).toMatchObject({ url: '/bearer', headers: { authorization: `Bearer ${canary}` } })
    expect(api.heard.at(-1)?.headers.cookie).toBeUndefined()
  })
  it('is not handed to a proxy of the environment', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY']
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : trap.origin
    await runTest({ config: { base_url: api.origin, test_path: '/open' }, credential: token })
    for (const name of names) delete process.env[name]
    expect(trap.heard).toEqual([])
  })
})
