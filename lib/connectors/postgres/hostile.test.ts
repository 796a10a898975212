import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Behaviour, flood, type HostileServer, startHostile } from '../_test/testing/zoo.ts'
import { runTest } from './testing/run.ts'
import { authentication, backend, loggedIn, scramOffer } from './testing/zoo.ts'

const limits = { connect_ms: 600, tls_ms: 400, auth_ms: 500, total_ms: 3000, bytes: 64_000_000 }
const password = 'correct-horse-battery'
const credential = { username: 'etl', password }
let server: HostileServer
afterEach(() => server?.stop())

const test = async (
  mode: string,
  answer: Behaviour,
  options: { greet?: Parameters<typeof startHostile>[1]; credential?: { username: string; password?: string } } = {},
) => {
  server = await startHostile(answer, options.greet)
  const began = performance.now()
  const outcome = await runTest({
    config: { port: server.port, ssl_mode: mode },
    credential: options.credential ?? credential,
    limits,
  })
  return { ...outcome, ms: performance.now() - began, stage: outcome.cause?.stage }
}
const silent: Behaviour = () => {}
const say =
  (bytes: Buffer | string): Behaviour =>
  (socket, _, turn) =>
    void (turn === 0 && socket.write(bytes))
const noticeOf = (bytes: number) =>
  backend('N', Buffer.concat([Buffer.from('SNOTICE\0M'), Buffer.alloc(bytes, 120), Buffer.from('\0\0')]))
const forged = Buffer.concat([Buffer.from('R'), Buffer.from([0x71, 0x3f, 0xb3, 0x00]), Buffer.alloc(8)])

/** Server, SSL mode, what it answers, the cause it must get, the most it may take. */
const zoo: [string, string, Behaviour, string, number][] = [
  ['accepts and says nothing, asked for TLS', 'verify-full', silent, 'tls.timeout', limits.tls_ms],
  ['accepts and says nothing, asked to log in', 'disable', silent, 'auth.timeout', limits.auth_ms],
  ['agrees to TLS and stalls', 'require', say('S'), 'tls.timeout', limits.tls_ms],
  [
    'agrees to TLS and talks HTTP',
    'require',
    (socket, _, turn) => void socket.write(turn === 0 ? 'S' : 'HTTP/1.1 400 Bad Request\r\n\r\n'),
    'tls.handshake',
    limits.tls_ms,
  ],
  ['says more than one byte to the TLS request', 'require', say('Sxxxxx'), 'protocol.not_postgres', limits.tls_ms],
  ['stalls after asking for SCRAM', 'disable', say(scramOffer), 'auth.timeout', limits.auth_ms],
  ['stalls after accepting the login', 'disable', say(authentication(0)), 'auth.timeout', limits.auth_ms],
  ['stalls at the first query', 'disable', say(loggedIn), 'query.timeout', limits.auth_ms],
  [
    'sends a byte now and then',
    'disable',
    (socket) => {
      const drip = setInterval(() => socket.write(Buffer.from([82])), 100)
      socket.once('close', () => clearInterval(drip))
    },
    'auth.timeout',
    limits.auth_ms,
  ],
  ['forges a message of 1.9 GB', 'disable', say(forged), 'protocol.flood', limits.auth_ms],
  [
    'sends notices without end before the login',
    'disable',
    (socket, _, turn) => turn === 0 && flood(socket, noticeOf(60_000)),
    'protocol.flood',
    limits.auth_ms,
  ],
  [
    'sends rows without end',
    'disable',
    (socket, _, turn) =>
      void (turn === 0
        ? socket.write(loggedIn)
        : turn === 1 &&
          flood(
            socket,
            Buffer.concat([
              backend('1'),
              backend(
                'T',
                Buffer.concat([
                  Buffer.from([0, 1]),
                  Buffer.from('x\0'),
                  Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]),
                ]),
              ),
              backend('D', Buffer.concat([Buffer.from([0, 1, 0, 0, 0xea, 0x60]), Buffer.alloc(60_000, 120)])),
            ]),
          )),
    'protocol.flood',
    limits.auth_ms,
  ],
  ['hangs up', 'disable', (socket) => void socket.end(), 'protocol.closed', limits.auth_ms],
  ['hangs up on the TLS request', 'require', (socket) => void socket.end(), 'protocol.closed', limits.tls_ms],
  ['resets', 'disable', (socket) => void socket.resetAndDestroy(), 'protocol.closed', limits.auth_ms],
  ['asks for GSSAPI', 'disable', say(authentication(7)), 'auth.unsupported_method', limits.auth_ms],
  [
    'offers an unknown mechanism',
    'disable',
    say(authentication(10, 'PLAIN\0\0')),
    'auth.unsupported_method',
    limits.auth_ms,
  ],
  [
    'wants two thousand million SCRAM rounds',
    'disable',
    (socket, chunk, turn) => {
      if (turn === 0) socket.write(scramOffer)
      else
        socket.write(
          authentication(11, `r=${/r=([^,\0]+)/.exec(chunk.toString('latin1'))?.[1]}x,s=c2FsdA==,i=2000000000`),
        )
    },
    'auth.server_not_proven',
    limits.auth_ms,
  ],
  [
    'proves nothing at the end of SCRAM',
    'disable',
    (socket, chunk, turn) => {
      if (turn === 0) socket.write(scramOffer)
      else if (turn === 1)
        socket.write(authentication(11, `r=${/r=([^,\0]+)/.exec(chunk.toString('latin1'))?.[1]}x,s=c2FsdA==,i=4096`))
      else socket.write(Buffer.concat([authentication(12, 'v=AAAA'), loggedIn]))
    },
    'auth.server_not_proven',
    limits.auth_ms,
  ],
  [
    'asks for the password in clear text',
    'disable',
    say(authentication(3)),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'asks for the password as MD5',
    'disable',
    say(authentication(5, 'salt')),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  [
    'declines TLS and asks for the password in clear text',
    'prefer',
    (socket, _, turn) => void socket.write(turn === 0 ? 'N' : authentication(3)),
    'auth.weak_method_refused',
    limits.auth_ms,
  ],
  ['talks HTTP', 'disable', say('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol.not_postgres', limits.auth_ms],
  [
    'talks HTTP to the TLS request',
    'verify-full',
    say('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'protocol.not_postgres',
    limits.tls_ms,
  ],
  [
    'sends a TLS alert',
    'verify-full',
    say(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46])),
    'protocol.not_postgres',
    limits.tls_ms,
  ],
  ['sends garbage', 'disable', say(Buffer.from([0xff, 0xfe, 0, 0, 0, 1])), 'protocol.not_postgres', limits.auth_ms],
  [
    'sends a message too short to be one',
    'disable',
    say(Buffer.from([82, 0, 0, 0, 1])),
    'protocol.not_postgres',
    limits.auth_ms,
  ],
]

describe('a server that', () => {
  it.each(zoo)('%s (%s)', async (name, mode, answer, code, most) => {
    const before = process.memoryUsage()
    const outcome = await test(mode, answer)
    expect(outcome.code, name).toBe(code)
    expect(outcome.success).toBe(false)
    expect(outcome.ms).toBeLessThan(most + 250)
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(32_000_000)
    expect(server.heard().includes(password)).toBe(false)
  })
  it.each([
    ['SSH', 'SSH-2.0-OpenSSH_9.2p1 Debian\r\n', 'an SSH server'],
    ['MySQL', Buffer.from([0x4a, 0, 0, 0, 0x0a, 0x38, 0x2e, 0x30, 0]), 'a MySQL server'],
    ['FTP', '220 welcome\r\n', 'a mail or FTP server'],
  ] as const)('greets like %s is named, its banner is not repeated', async (_, banner, named) => {
    for (const mode of ['disable', 'require']) {
      const outcome = await test(mode, silent, { greet: (socket) => void socket.write(banner) })
      expect(outcome.code).toBe('protocol.not_postgres')
      expect(outcome.message).toContain(named)
      expect(outcome.message).not.toMatch(/OpenSSH|welcome/)
      server.stop()
    }
  })
  it('refuses with hostile text is not quoted', async () => {
    const error = backend('E', 'SFATAL\0C28P01\0M<script>password is hunter2</script>\0\0')
    const outcome = await test('disable', say(error))
    expect(outcome.code).toBe('auth.password_rejected')
    expect(JSON.stringify(outcome)).not.toMatch(/hunter2|script/)
  })
})

describe('what stands around us is never sent (CONN-1)', () => {
  const planted = 'planted-0f9d1c'
  beforeAll(() => {
    const home = mkdtempSync(path.join(tmpdir(), 'home-'))
    writeFileSync(path.join(home, '.pgpass'), `*:*:*:*:${planted}\n`, { mode: 0o600 })
    for (const name of [
      'PGPASSWORD',
      'PGUSER',
      'PGDATABASE',
      'PGOPTIONS',
      'PGAPPNAME',
      'PGCLIENTENCODING',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
    ])
      process.env[name] = planted
    process.env.PGPASSFILE = path.join(home, '.pgpass')
    process.env.HOME = home
  })
  it.each([{ username: 'etl' }, { username: 'etl', password: '' }, credential])('with %j', async (given) => {
    for (const request of [authentication(3), authentication(5, 'salt'), scramOffer]) {
      const outcome = await test('disable', say(request), { credential: given })
      expect(outcome.success).toBe(false)
      if (!('password' in given) || given.password === '')
        expect(['auth.no_password', 'auth.weak_method_refused']).toContain(outcome.code)
      expect(server.heard().includes(planted)).toBe(false)
      expect(server.heard().includes(password)).toBe(false)
      server.stop()
    }
  })
})

it('a cancelled test ends at once', async () => {
  server = await startHostile(silent)
  const cancel = new AbortController()
  setTimeout(() => cancel.abort(), 150)
  const began = performance.now()
  await expect(
    runTest({ config: { port: server.port }, credential, limits, signal: cancel.signal }),
  ).rejects.toMatchObject({ code: 'ECANCELED' })
  expect(performance.now() - began).toBeLessThan(400)
})

it('the deadline of the whole test holds when every stage keeps its own', async () => {
  server = await startHostile(silent)
  const began = performance.now()
  const outcome = await runTest({
    config: { port: server.port },
    credential,
    limits: { ...limits, auth_ms: 60_000, total_ms: 700 },
  })
  expect(outcome.code).toBe('auth.timeout')
  expect(performance.now() - began).toBeLessThan(950)
})
