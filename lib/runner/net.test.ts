import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectAttempt, ResolvedAddress } from '#lib/connectors/contract'
import { createNet } from './net.ts'

const policy = { allow_loopback: true, allow_private: true, allow: ['192.0.2.0/24'], deny: [], own: [] }
const limits = { connect_ms: 1000, tls_ms: 1000, auth_ms: 1000, total_ms: 5000, bytes: 1_000_000 }
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const listen = (handler: (socket: Socket) => void) =>
  new Promise<number>((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      handler(socket)
    })
    servers.push(server)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
const netWith = (signal: AbortSignal, change = {}) => createNet({ policy, limits: { ...limits, ...change }, signal })
const codeOf = async (work: Promise<unknown>) => Object(await work.catch((error: unknown) => error)).code

it('tells a closed port, a silent host and an unknown name apart', async () => {
  const net = netWith(AbortSignal.timeout(4000))
  expect(await codeOf(net.dial('127.0.0.1', 1))).toBe('ECONNREFUSED')
  const silent: ResolvedAddress[] = [{ address: '192.0.2.7', family: 4 }]
  expect(['ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'ECONNREFUSED']).toContain(
    await codeOf(net.connect(silent, 5432)),
  )
  expect(['ENOTFOUND', 'EAI_AGAIN', 'EAI_TIMEOUT']).toContain(await codeOf(net.resolve('does-not-exist.invalid')))
})

it('tries every address and reports each attempt', async () => {
  const port = await listen((socket) => socket.destroy())
  const attempts: ConnectAttempt[] = []
  const addresses: ResolvedAddress[] = [
    { address: '::1', family: 6 },
    { address: '127.0.0.2', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const socket = await netWith(AbortSignal.timeout(4000)).connect(addresses, port, (attempt) => attempts.push(attempt))
  socket.destroy()
  expect(attempts.map(({ address, error }) => [address, error !== undefined])).toEqual([
    ['::1', true],
    ['127.0.0.2', true],
    ['127.0.0.1', false],
  ])
})

describe('a guarded socket', () => {
  const outcome = async (signal: AbortSignal, handler: (socket: Socket) => void, change = {}) => {
    const socket = await netWith(signal, change).dial('127.0.0.1', await listen(handler))
    const began = performance.now()
    let bytes = 0
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length))
    const error = await new Promise((resolve) => {
      socket.once('error', resolve)
      socket.once('close', () => resolve(undefined))
    })
    return { limit: Object(error).code, ms: performance.now() - began, bytes }
  }

  it('ends at the deadline although bytes keep dripping in', async () => {
    const { limit, ms } = await outcome(AbortSignal.timeout(600), (socket) => {
      const drip = setInterval(() => socket.write('x'), 50)
      socket.once('close', () => clearInterval(drip))
    })
    expect(limit).toBe('EDEADLINE')
    expect(ms).toBeLessThan(850)
  })
  it('ends when cancelled', async () => {
    const cancel = new AbortController()
    setTimeout(() => cancel.abort(), 200)
    expect((await outcome(cancel.signal, () => {})).limit).toBe('ECANCELED')
  })
  it('ends when it has delivered too much', async () => {
    const { limit, bytes } = await outcome(AbortSignal.timeout(4000), (socket) => {
      const flood = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536)));
      }
      socket.on('drain', flood)
      flood()
    })
    expect(limit).toBe('EBYTES')
    expect(bytes).toBeLessThan(limits.bytes + 1_000_000)
  })
  it('leaves no timer behind', async () => {
    const socket = await netWith(AbortSignal.timeout(4000)).dial('127.0.0.1', await listen(() => {}))
    socket.destroy()
    await sleep(50)
    expect(process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length).toBeLessThanOrEqual(1)
  })
})
