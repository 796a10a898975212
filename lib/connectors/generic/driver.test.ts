import { createServer as createPlain, type Server, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { hasSshd, startSshd } from '#lib/runner/testing/sshd'
import { collectTest, type RunLimits, surroundings } from '../_test/testing/run.ts'
import { type Certificates, makeCertificates, type Pair } from '../_tls/testing/certificates.ts'
import { driver } from './driver.ts'
import { manifest } from './manifest.ts'

const limits = { connect_ms: 2000, tls_ms: 1000, auth_ms: 1000 }
const test = (config: Record<string, unknown>, options: RunLimits = {}) =>
  collectTest(
    driver.test({
      config: manifest.config.parse({ host: '127.0.0.1', ...config }),
      credential: undefined,
      ...surroundings({ limits, ...options }),
    }),
  )

let servers: Server[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
  servers = []
})
const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    servers.push(server)
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    })
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
const serve = (greet: (socket: Socket) => void) => listen(createPlain(greet))
const say = (text: string | Buffer) => serve((socket) => void socket.write(text))
const serveTls = ({ key, certificate }: Pair, text = '') =>
  listen(
    createTls({ key, cert: certificate }, (socket) => {
      socket.on('error', () => {})
      if (text) socket.write(text)
    }),
  )

describe('what the service has to answer', () => {
  it('is nothing unless told otherwise: an open port passes', async () => {
    const outcome = await test({ port: await serve(() => {}) })
    expect(outcome).toMatchObject({ success: true, driver: 'tcp', cause: null, server: { encrypted: false } })
    expect(outcome.stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'tls skipped',
      'banner skipped',
    ])
    expect(outcome.latency_ms).toBeGreaterThan(0)
  })
  it('is shown as text and bytes, nothing in it able to act', async () => {
    const port = await say(Buffer.from('220 <b>hi</b>\x1b[31m\u202e\0\r\nmore'))
    const { stages } = await test({ port, banner: 'contains', banner_text: '220 ' })
    const { sentence, evidence } = stages.at(-1) ?? {}
    expect(sentence).toBe('It says “220 <b>hi</b>\\x1b[31m\\xe2\\x80\\xae\\x00”.')
    expect(evidence).toMatchObject({ bytes: 28, closed: false })
    expect(evidence?.text).toMatch(/^[\x20-\x7e]+$/)
    expect(evidence?.hex).toMatch(/^32 32 30 20 3c/)
  })
  it('is warned of when the connection is closed at once and nothing was expected', async () => {
    const outcome = await test({ port: await serve((socket) => void socket.end()) })
    expect(outcome.success).toBe(true)
    expect(outcome.stages.at(-1)).toMatchObject({ name: 'banner', status: 'warning' })
  })
  it('may come in pieces, and after something was sent', async () => {
    const port = await serve((socket) => {
      socket.on('data', (chunk) => {
        if (!chunk.equals(Buffer.from('PING\r\n\0\xff', 'latin1'))) return void socket.end('-ERR')
        socket.write('+PO')
        setTimeout(() => socket.write('NG\r\n'), 150)
      })
    })
    const rule = { banner: 'matches', banner_pattern: '^\\+PONG\\r\\n$', send: 'PING\\r\\n\\0\\xff' }
    expect(await test({ port, ...rule })).toMatchObject({ success: true })
  })
  it('is looked for in the first 4 KiB and no further', async () => {
    const config = { banner: 'contains', banner_text: 'needle' }
    expect((await test({ port: await say(`${'x'.repeat(4000)}needle`), ...config })).success).toBe(true)
    expect((await test({ port: await say(`${'x'.repeat(4096)}needle`), ...config })).code).toBe('banner.mismatch')
  })
})

describe('a service that fails', () => {
  const expectSsh = { banner: 'matches', banner_pattern: '^SSH-' }
  it.each([
    ['says something else', () => say('HTTP/1.1 400 Bad Request\r\n\r\n'), 'banner.mismatch', '/config/banner'],
    ['says nothing', () => serve(() => {}), 'banner.silent', '/config/send'],
    ['closes at once', () => serve((socket) => void socket.end()), 'banner.closed', '/config/port'],
    [
      'resets',
      () => serve((socket) => void setTimeout(() => socket.resetAndDestroy(), 50)),
      'banner.closed',
      '/config/port',
    ],
    ['drips', () => serve((socket) => drip(socket)), 'banner.mismatch', '/config/banner'],
    ['floods', () => serve((socket) => pour(socket)), 'banner.mismatch', '/config/banner'],
  ] as const)('%s', async (_, start, code, field) => {
    const { success, cause, stages } = await test({ port: await start(), ...expectSsh })
    expect(success).toBe(false)
    expect(cause).toMatchObject({ code: expect.stringMatching(code), field })
    expect(cause?.sentence).toMatch(/\.$/)
    expect(stages.at(-1)).toMatchObject({ name: 'banner', status: 'failed' })
  })
  it('is told what it said and what it looks like', async () => {
    const { cause } = await test({ port: await say('HTTP/1.1 400 Bad\x07\r\n\r\n'), ...expectSsh })
    expect(cause?.sentence).toContain('“HTTP/1.1 400 Bad\\x07”')
    expect(cause?.sentence).toContain('a web server')
    expect(cause?.fix).toEqual({ kind: 'text', text: 'HTTP/1.1 400 Bad\\x07' })
  })
  it('is refused, unknown or not allowed', async () => {
    expect((await test({ port: 1 })).cause).toMatchObject({ code: 'tcp.refused', stage: 'tcp', field: '/config/port' })
    expect((await test({ host: 'nowhere.invalid', port: 1 })).code).toBe('dns.not_found')
    expect((await test({ host: '169.254.169.254', port: 80 })).code).toBe('dns.refused_by_policy')
  })
})

describe('TLS', () => {
  let certificates: Certificates
  beforeAll(() => {
    certificates = makeCertificates()
  })
  const check = async (pair: Pair, config: object) =>
    test({
      host: 'localhost',
      port: await serveTls(pair, 'hello\r\n'),
      ssl_root_cert: certificates.authority,
      ...config,
    })

  it('is judged as everywhere, and the service heard through it', async () => {
    const outcome = await check(certificates.good, {
      ssl_mode: 'verify-full',
      banner: 'contains',
      banner_text: 'hello',
    })
    expect(outcome).toMatchObject({ success: true, server: { encrypted: true } })
    expect(outcome.stages.at(2)).toMatchObject({ name: 'tls', status: 'passed', evidence: { name_matches: true } })
  })
  it('compares the name that was given instead of the host', async () => {
    const config = { ssl_mode: 'verify-full' }
    const wrong = await check(certificates.wrongName, config)
    expect(wrong.cause).toMatchObject({ code: 'tls.name_mismatch', field: '/config/server_name' })
    expect(wrong.cause?.sentence).toContain('elsewhere.test')
    const { success } = await check(certificates.wrongName, { ...config, server_name: 'elsewhere.test' })
    expect(success).toBe(true)
  })
  it.each([
    ['another authority', 'otherCa', 'tls.untrusted'],
    ['an expired certificate', 'expired', 'tls.expired'],
    ['a self-signed certificate', 'selfSigned', 'tls.self_signed'],
  ] as const)('refuses %s', async (_, name, code) =>
    expect((await check(certificates[name], { ssl_mode: 'verify-ca' })).code).toBe(code),
  )
  it('says when the port does not speak it, or not yet', async () => {
    expect((await test({ port: await say('220 mail\r\n'), ssl_mode: 'require' })).code).toBe('tls.not_tls')
    expect((await test({ port: await serve(() => {}), ssl_mode: 'require' })).code).toBe('tls.timeout')
    expect((await test({ port: await serve((socket) => void socket.end()), ssl_mode: 'require' })).code).toBe(
      'tls.handshake',
    )
  })
})

describe('against real servers', () => {
  it.skipIf(!hasSshd)('hears OpenSSH', async () => {
    const sshd = await startSshd()
    try {
      const { stages, success } = await test({ port: sshd.port, banner: 'matches', banner_pattern: '^SSH-2\\.0-' })
      expect(success).toBe(true)
      expect(stages.at(-1)?.sentence).toMatch(/^It says “SSH-2\.0-OpenSSH_/)
    } finally {
      sshd.stop()
    }
  })
  it('gets an answer out of PostgreSQL, which waits for the client', async () => {
    const port = Number(new URL(inject('databaseServer')).port)
    expect((await test({ port, banner: 'any' })).code).toBe('banner.silent')
    // Its request for encryption, which it answers with one letter.
    const send = '\\0\\0\\0\\x08\\x04\\xd2\\x16\\x2f'
    const { stages } = await test({ port, banner: 'matches', banner_pattern: '^[SN]$', send })
    expect(stages.at(-1)?.sentence).toMatch(/^It says “[SN]”\.$/)
  })
})

const drip = (socket: Socket): void => {
  const timer = setInterval(() => socket.write('x'), 20)
  socket.once('close', () => clearInterval(timer))
}

const pour = (socket: Socket): void => {
  const block = Buffer.alloc(65_536, 120)
  const more = () => {
    while (!socket.destroyed && socket.write(block));
  }
  socket.on('drain', more)
  more()
}
