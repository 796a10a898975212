import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type Behaviour, flood, type HostileServer, startHostile } from '../_test/testing/zoo.ts'
import { capability, packet } from './greeting.ts'
import { setUpSession } from './sql.ts'
import { askFor, error, greedy, hello, ok, switchTo, usual } from './testing/packets.ts'
import { runDiscover, runTest } from './testing/run.ts'

const limits = { connect_ms: 600, tls_ms: 400, auth_ms: 500, total_ms: 3000, bytes: 64_000_000 }
const password = 'correct-horse-battery'
const credential = { username: 'etl', password }
const secretFile = path.join(mkdtempSync(path.join(tmpdir(), 'infile-')), 'secret.txt')
const fileContent = 'contents-of-a-file-0f9d1c'
let server: HostileServer
beforeAll(() => writeFileSync(secretFile, fileContent))
afterEach(() => server?.stop())

/** Greets, and then answers the n-th packet as told. */
const answering =
  (...answers: Buffer[]): Behaviour =>
  (socket, _, turn) => {
    const answer = answers[turn]
    if (answer) socket.write(answer)
  }
const silent: Behaviour = () => {}
const greeting = (bytes: Buffer | string) => (socket: { write(bytes: Buffer | string): unknown }) =>
  void socket.write(bytes)
const greets = greeting(hello())

const test = async (mode: string, answer: Behaviour, greet: Parameters<typeof startHostile>[1] = greets) => {
  server = await startHostile(answer, greet)
  const began = performance.now()
  const outcome = await runTest({ config: { port: server.port, ssl_mode: mode }, credential, limits })
  return { ...outcome, ms: performance.now() - began }
}

/** Server, SSL mode, what it answers, the cause it must get, the most it may take, what it says first. */
const zoo: [string, string, Behaviour, string, number, Parameters<typeof startHostile>[1]?][] = [
  ['accepts and says nothing', 'verify-full', silent, 'protocol.silent', limits.tls_ms, () => {}],
  [
    'greets a byte at a time',
    'disable',
    silent,
    'protocol.silent',
    limits.tls_ms,
    (socket) => {
      const bytes = hello()
      let at = 0
      const drip = setInterval(() => socket.write(bytes.subarray(at, ++at)), 60)
      socket.once('close', () => clearInterval(drip))
    },
  ],
  ['greets and stalls', 'disable', silent, 'auth.timeout', limits.auth_ms],
  ['offers TLS and stalls', 'require', silent, 'tls.timeout', limits.tls_ms, greeting(hello(usual | capability.ssl))],
  [
    'offers TLS and talks plainly',
    'require',
    answering(ok(2)),
    'tls.handshake',
    limits.tls_ms,
    greeting(hello(usual | capability.ssl)),
  ],
  ['takes TLS off its offer', 'require', silent, 'tls.not_supported', limits.tls_ms],
  ['takes TLS off its offer', 'verify-full', silent, 'tls.not_supported', limits.tls_ms],
  [
    'says more than its greeting',
    'disable',
    silent,
    'protocol.not_mysql',
    limits.tls_ms,
    greeting(Buffer.concat([hello(), ok(1)])),
  ],
  [
    'forges a greeting of 16 MB',
    'disable',
    silent,
    'protocol.not_mysql',
    limits.tls_ms,
    greeting(Buffer.from([0xff, 0xff, 0xff, 0, 10, 56])),
  ],
  ['greets twice', 'disable', answering(hello()), 'protocol.not_mysql', limits.auth_ms],
  [
    'speaks the protocol of MySQL 3',
    'disable',
    silent,
    'protocol.too_old',
    limits.tls_ms,
    greeting(packet(0, Buffer.from('\x093.23\0\0\0\0\0'))),
  ],
  [
    'has no methods to log in',
    'disable',
    silent,
    'protocol.too_old',
    limits.tls_ms,
    greeting(hello(usual & ~capability.pluginAuth)),
  ],
  ['hangs up', 'disable', silent, 'protocol.closed', limits.tls_ms, (socket) => void socket.end()],
  ['resets after the login', 'disable', (socket) => void socket.resetAndDestroy(), 'protocol.closed', limits.auth_ms],
  [
    'asks for the password in clear text',
    'disable',
    answering(switchTo('mysql_clear_password')),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'asks for the password in clear text',
    'prefer',
    answering(switchTo('mysql_clear_password')),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'asks for it in the name of SHA-256',
    'disable',
    answering(switchTo('sha256_password')),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'hands out a key to encrypt it with',
    'disable',
    answering(switchTo('caching_sha2_password'), packet(4, Buffer.from([1, 4]))),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'hands out a key unasked',
    'disable',
    answering(packet(2, Buffer.from('\x01-----BEGIN PUBLIC KEY-----'))),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'asks for the password of 1996',
    'disable',
    answering(packet(2, Buffer.from([0xfe]))),
    'auth.unsupported_method',
    limits.auth_ms,
  ],
  [
    'asks for a method named like a part of JavaScript',
    'disable',
    answering(switchTo('__proto__')),
    'auth.unsupported_method',
    limits.auth_ms,
  ],
  [
    'asks for a second factor',
    'disable',
    answering(packet(2, Buffer.from('\x02mysql_clear_password\0'))),
    'protocol.not_mysql',
    limits.auth_ms,
    greeting(hello(greedy)),
  ],
  [
    'changes its mind without end',
    'disable',
    (socket, _, turn) => void socket.write(switchTo('mysql_native_password', (turn * 2 + 2) % 256)),
    'protocol.flood',
    limits.auth_ms,
  ],
  ['accepts without having checked, and stalls', 'disable', answering(ok(2)), 'query.timeout', limits.auth_ms],
  [
    'answers a query with the wish for a file',
    'disable',
    answering(ok(2), askFor(secretFile)),
    'protocol.asks_for_file',
    limits.auth_ms,
  ],
  [
    'says it can read files, and wants one',
    'disable',
    answering(ok(2), askFor(secretFile)),
    'protocol.asks_for_file',
    limits.auth_ms,
    greeting(hello(greedy)),
  ],
  [
    'wants a file instead of the login',
    'disable',
    answering(askFor(secretFile, 2)),
    'protocol.not_mysql',
    limits.auth_ms,
  ],
  [
    'forges a packet of 16 MB',
    'disable',
    answering(Buffer.from([0xfe, 0xff, 0xff, 2, 0])),
    'protocol.flood',
    limits.auth_ms,
  ],
  [
    'sends rows without end',
    'disable',
    (socket, _, turn) => {
      if (turn === 0) socket.write(ok(2))
      if (turn !== 1) return
      const column = Buffer.concat([
        Buffer.from('\x03def\0\0\0\x01v\x01v\x0c'),
        Buffer.from([45, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0]),
      ])
      socket.write(
        Buffer.concat([packet(1, Buffer.from([1])), packet(2, column), packet(3, Buffer.from([0xfe, 0, 0, 2, 0]))]),
      )
      const row = Buffer.concat([Buffer.from([0xfc, 0x60, 0x6d]), Buffer.alloc(28_000, 120)])
      flood(socket, Buffer.concat(Array.from({ length: 256 }, (_each, index) => packet((index + 4) & 0xff, row))))
    },
    'protocol.flood',
    limits.auth_ms,
  ],
  [
    'sends garbage',
    'disable',
    answering(Buffer.from([7, 0, 0, 2, 0x77, 1, 2, 3, 4, 5, 6])),
    'protocol.not_mysql',
    limits.auth_ms,
  ],
  ['talks HTTP', 'disable', silent, 'protocol.not_mysql', limits.tls_ms, greeting('HTTP/1.1 400 Bad Request\r\n\r\n')],
]

describe('a server that', () => {
  it.each(zoo)('%s (%s)', async (name, mode, answer, code, most, greet) => {
    const before = process.memoryUsage()
    const outcome = await test(mode, answer, greet)
    expect(outcome.code, name).toBe(code)
    expect(outcome.success).toBe(false)
    // Twice the deadline: the tests share two cores with others.
    expect(outcome.ms).toBeLessThan(most * 2 + 500)
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(32_000_000)
    expect(server.heard().includes(password)).toBe(false)
    expect(server.heard().includes(fileContent)).toBe(false)
  })
  it('offers everything gets none of it: no files, compression, further statements or factors (CONN-5)', async () => {
    await test('disable', answering(error(2, 1045, "Access denied for user 'etl'@'10.0.0.9'")), greeting(hello(greedy)))
    const flags = server.heard().readUInt32LE(4)
    expect(flags & ((1 << 5) | (1 << 7) | (1 << 16) | (1 << 17) | (1 << 23) | (1 << 28))).toBe(0)
  })
  it.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n', 'an SSH server'],
    ['FTP', '220 welcome\r\n', 'a mail or FTP server'],
    ['Redis', '-ERR unknown\r\n', 'a Redis server'],
  ] as const)('greets like %s is named, its banner is not repeated', async (_, banner, named) => {
    const outcome = await test('require', silent, greeting(banner))
    expect(outcome.code).toBe('protocol.not_mysql')
    expect(outcome.message).toContain(named)
    expect(outcome.message).not.toMatch(/OpenSSH|welcome|unknown/)
  })
  it('refuses with hostile text is not quoted', async () => {
    const text = "Access denied for user 'x'@'<script>' password is hunter2"
    const outcome = await test('disable', answering(error(2, 1045, text)))
    expect(outcome.code).toBe('auth.password_rejected')
    expect(JSON.stringify(outcome)).not.toMatch(/hunter2|script/)
  })
  it.each([
    [1129, "Host '203.0.113.9' is blocked because of many connection errors", 'server.host_blocked', '203.0.113.9'],
    [1130, "Host '203.0.113.9' is not allowed to connect to this MySQL server", 'auth.host_not_allowed', '203.0.113.9'],
    [1040, 'Too many connections', 'server.too_many_connections', ''],
    [9001, 'ProxySQL Error: Max connect timeout reached while reaching hostgroup 0', 'server.proxy', 'ProxySQL'],
  ])('refuses in its first words with %i is understood', async (number, text, code, named) => {
    const { cause } = await test('verify-full', silent, greeting(error(0, number, text, '')))
    expect(cause?.code).toBe(code)
    expect(cause?.sentence).toContain(named)
  })
  it.each([
    [
      3159,
      'Connections using insecure transport are prohibited while --require_secure_transport=ON.',
      'tls.required_by_server',
    ],
    [9002, 'SSL connection is required. Please specify SSL options and retry.', 'tls.required_by_server'],
    [1698, "Access denied for user 'root'@'localhost'", 'auth.socket_only'],
    [1251, 'Client does not support authentication protocol', 'auth.unsupported_method'],
    [3118, 'Access denied for user etl. Account is locked.', 'auth.account_locked'],
    [1862, 'Your password has expired.', 'auth.password_expired'],
    [1053, 'Server shutdown in progress', 'server.starting'],
    [1105, 'unknown error', 'server.refused'],
  ])('refuses the login with %i is understood', async (number, text, code) => {
    expect((await test('disable', answering(error(2, number, text)))).code).toBe(code)
  })
})

describe('discovery on a server that', () => {
  const setUp = setUpSession({ isMariaDb: false, version: 80_000 }, 1000).length
  const discover = async (answer: Buffer | ((socket: Parameters<Behaviour>[0]) => void)) => {
    server = await startHostile((socket, _, turn) => {
      if (turn === 0) socket.write(ok(2))
      else if (turn <= setUp) socket.write(ok(1))
      else if (turn === setUp + 1) Buffer.isBuffer(answer) ? socket.write(answer) : answer(socket)
    }, greets)
    return runDiscover(
      { config: { port: server.port }, credential, limits: { ...limits, total_ms: 1500 } },
      { what: 'schemas' },
      z.unknown(),
    )
  }
  const head = Buffer.concat([packet(1, Buffer.from([3])), packet(2, Buffer.from([0xfe, 0, 0, 2, 0]))])
  it.each([
    ['wants a file', askFor(secretFile), 'protocol.asks_for_file'],
    [
      'says a field is longer than its row',
      Buffer.concat([head, packet(3, Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0, 1]))]),
      'query.failed',
    ],
    ['forges a row of 16 MB', Buffer.concat([head, Buffer.from([0xff, 0xff, 0xff, 3])]), 'protocol.flood'],
    ['stops in the middle of a row', Buffer.concat([head, Buffer.from([9, 0, 0, 3, 1])]), 'query.timeout'],
    ['fails the query', error(1, 1146, 'no such table'), 'query.failed'],
  ])('%s ends with a cause', async (_, answer, code) => {
    await expect(discover(answer)).rejects.toMatchObject({ details: { cause: { code } } })
    expect(server.heard().includes(fileContent)).toBe(false)
  })
  it('sends rows without end is cut at the byte cap', async () => {
    const row = packet(
      3,
      Buffer.concat([Buffer.from([0xfc, 0x60, 0xea]), Buffer.alloc(60_000, 120), Buffer.from([0xfb, 1, 49])]),
    )
    const pour = (socket: Parameters<Behaviour>[0]) => {
      socket.write(head)
      flood(socket, row)
    }
    await expect(discover(pour)).rejects.toMatchObject({
      details: { cause: { code: expect.stringMatching(/flood|timeout/) } },
    })
  })
})

describe('what stands around us is never sent (CONN-1)', () => {
  const planted = 'planted-0f9d1c'
  beforeAll(() => {
    const home = mkdtempSync(path.join(tmpdir(), 'home-'))
    writeFileSync(path.join(home, '.my.cnf'), `[client]\nuser=${planted}\npassword=${planted}\n`, { mode: 0o600 })
    for (const name of ['MYSQL_PWD', 'MYSQL_HOST', 'MYSQL_USER', 'MYSQL_PASSWORD', 'USER', 'AWS_SECRET_ACCESS_KEY'])
      process.env[name] = planted
    process.env.HOME = home
  })
  it.each([{ username: 'etl' }, { username: 'etl', password: '' }])('with %j', async (given) => {
    for (const plugin of ['mysql_clear_password', 'mysql_native_password', 'caching_sha2_password']) {
      server = await startHostile(answering(switchTo(plugin)), greets)
      const outcome = await runTest({ config: { port: server.port }, credential: given, limits })
      expect(outcome.success).toBe(false)
      expect(server.heard().includes(planted)).toBe(false)
      server.stop()
    }
  })
})

it('a cancelled test ends at once', async () => {
  server = await startHostile(silent, greets)
  const cancel = new AbortController()
  setTimeout(() => cancel.abort(), 150)
  await expect(
    runTest({
      config: { port: server.port },
      credential,
      limits: { ...limits, auth_ms: 60_000 },
      signal: cancel.signal,
    }),
  ).rejects.toMatchObject({ code: 'ECANCELED' })
})

it('the deadline of the whole test holds when every stage keeps its own', async () => {
  server = await startHostile(silent, greets)
  const began = performance.now()
  const outcome = await runTest({
    config: { port: server.port },
    credential,
    limits: { ...limits, auth_ms: 60_000, total_ms: 700 },
  })
  expect(outcome.code).toBe('auth.timeout')
  expect(performance.now() - began).toBeLessThan(5000)
})
