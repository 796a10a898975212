import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResolvedAddress } from '#lib/connectors/contract'
import { createNet } from './net.ts'
import type { EgressPolicy } from './protocol.ts'

const strict: EgressPolicy = { allow_loopback: false, allow_private: false, allow: [], deny: [], own: [] }
const limits = { connect_ms: 1500, tls_ms: 1000, auth_ms: 1000, total_ms: 5000, bytes: 1_000_000 }

let listeners: Server[]
let port: number
let connections = 0

// The same port on both loopback families, counting accepted connections before any byte.
beforeAll(async () => {
  const listen = (host: string, at: number) =>
    new Promise<Server>((resolve) => {
      const server = createServer((socket) => {
        connections += 1
        socket.destroy()
      })
      server.listen(at, host, () => resolve(server))
    })
  const first = await listen('127.0.0.1', 0)
  port = (first.address() as { port: number }).port
  listeners = [first, await listen('::1', port)]
})
afterAll(() => {
  for (const server of listeners) server.close()
})

const dial = async (
  host: string,
  change: Partial<EgressPolicy> = {},
  resolver?: (host: string) => Promise<ResolvedAddress[]>,
  at = port,
) => {
  const signal = AbortSignal.timeout(3000)
  const net = createNet({ policy: { ...strict, ...change }, limits, signal, ...(resolver && { resolver }) })
  try {
    const socket = await net.dial(host, at)
    socket.destroy()
    return 'connected'
  } catch (error) {
    return String(Object(error).code)
  }
}
const answers =
  (...addresses: string[]) =>
  async (): Promise<ResolvedAddress[]> =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

const interfaceAddresses = Object.values(networkInterfaces()).flatMap((list) =>
  (list ?? []).map(({ address }) => address),
)

// Every way to write an address that some resolver, parser or person has understood.
const spellings = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'LocalHost.',
  '127.0.0.1',
  '127.0.0.1.',
  '127.1',
  '127.0.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0x7F.0x0.0x0.0x1',
  '0x7f.1',
  '0177.0.0.1',
  '0177.1',
  '017700000001',
  '00000177.0.0.1',
  '0',
  '0.0.0.0',
  '0x0',
  '00',
  '0.0',
  '::',
  '::1',
  '0:0:0:0:0:0:0:1',
  '0000:0000:0000:0000:0000:0000:0000:0001',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::FFFF:127.0.0.1',
  '0:0:0:0:0:ffff:7f00:0001',
  '::127.0.0.1',
  '::7f00:1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '2002:7f00:0001::1',
  '2001:0:7f00:1::',
  '2001:0000:4136:e378:8000:63bf:80ff:fffe',
  'fe80::1',
  'fe80::1%lo',
  '::1%lo',
  'fe80::5efe:127.0.0.1',
  '::ffff:0:127.0.0.1',
  'ff02::1',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '169.254.43518',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '2002:a9fe:a9fe::',
  '100.100.100.200',
  '168.63.129.16',
  '0xa83f8110',
  '2822734096',
  '::ffff:168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
  '10.0.0.1',
  '10.1',
  '167772161',
  '172.16.0.1',
  '192.168.0.1',
  '100.64.0.1',
  '198.18.0.1',
  'fc00::1',
  'fec0::1',
  '240.0.0.1',
  '192.0.2.1',
  '①②⑦.⓪.⓪.①',
  '１２７.0.0.1',
  '127。0。0。1',
  'localhost\u00ad',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '127.0.0.1:80',
  '127.0.0.1#',
  '127.0.0.1/',
  'a@127.0.0.1',
  '127.0.0.1 ',
  ' 127.0.0.1',
  '127.0.0.1\0.example.com',
  'localhost\r\n',
  ...interfaceAddresses,
]

describe('the strict policy', () => {
  it('has a corpus worth the name', () => expect(new Set(spellings).size).toBeGreaterThanOrEqual(90))
  it.each(spellings)('never connects to %j', async (host) => expect(await dial(host)).not.toBe('connected'))
  it('connected to nothing at all', () => expect(connections).toBe(0))
})

it('does connect when loopback is allowed, so the corpus tests the policy and not the network', async () => {
  for (const host of [
    'localhost',
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '::1',
    '::ffff:127.0.0.1',
  ])
    expect(await dial(host, { allow_loopback: true }), host).toBe('connected')
})

it('refuses link-local and metadata addresses whatever is allowed', async () => {
  const open = {
    allow_loopback: true,
    allow_private: true,
    allow: ['0.0.0.0/0', '::/0', '*.internal', 'metadata.google.internal'],
  }
  for (const host of [
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fe80::1',
    '0.0.0.0',
    '::',
    'ff02::1',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '::169.254.169.254',
  ])
    expect(await dial(host, open), host).toBe('EPOLICY')
  expect(await dial('metadata.google.internal', open, answers('169.254.169.254'))).toBe('EPOLICY')
})

describe('names', () => {
  it('pointing at a refused address are refused', async () =>
    expect(await dial('db.example.com', {}, answers('127.0.0.1'))).toBe('EPOLICY'))
  it('with good and bad addresses are dialled only at the good ones', async () => {
    const before = connections
    expect(
      await dial('db.example.com', { allow: ['192.0.2.0/24'] }, answers('127.0.0.1', '::1', '192.0.2.7')),
    ).not.toBe('connected')
    expect(connections).toBe(before)
  })
  it('are resolved once, so an answer that changes afterwards changes nothing', async () => {
    let calls = 0
    const rebinding = async () => {
      calls += 1
      return (await answers(calls === 1 ? '192.0.2.7' : '127.0.0.1'))()
    }
    const before = connections
    await dial('rebind.example.com', { allow: ['192.0.2.0/24'] }, rebinding)
    expect(calls).toBe(1)
    expect(connections).toBe(before)
  })
  it('can be allowed and denied by rule', async () => {
    expect(await dial('localhost', { allow: ['localhost'] })).toBe('connected')
    expect(await dial('localhost', { allow_loopback: true, deny: ['localhost'] })).toBe('EPOLICY')
    expect(await dial('a.b.test', { allow: ['*.b.test'] }, answers('127.0.0.1'))).toBe('connected')
    expect(await dial('ab.test', { allow: ['*.b.test'] }, answers('127.0.0.1'))).toBe('EPOLICY')
  })
})

it('lets refusal win over permission', async () =>
  expect(await dial('127.0.0.1', { allow_loopback: true, allow: ['127.0.0.0/8'], deny: ['127.0.0.1'] })).toBe(
    'EPOLICY',
  ))

describe('our own services', () => {
  const own = () => ({ allow_loopback: true, allow_private: true, own: [`127.0.0.1:${port}`] })
  it('are refused under every local address', async () => {
    const before = connections
    for (const host of [
      '127.0.0.1',
      'localhost',
      '::1',
      '127.9.9.9',
      '::ffff:127.0.0.1',
      '64:ff9b::7f00:1',
      ...interfaceAddresses,
    ])
      expect(await dial(host, own()), host).toBe('EPOLICY')
    expect(connections).toBe(before)
  })
  it('are refused by name at every address of the name', async () =>
    expect(
      await dial('10.0.0.9', { allow_private: true, own: [`db.internal:${port}`] }, async (host) =>
        host === 'db.internal' ? answers('10.0.0.9')() : answers(host)(),
      ),
    ).toBe('EPOLICY'))
  it('do not take other ports with them', async () =>
    expect(await dial('127.0.0.1', { allow_loopback: true, own: ['127.0.0.1:1'] })).toBe('connected'))
})

it('checks addresses again where they are dialled, whoever supplied them', async () => {
  const net = createNet({ policy: strict, limits, signal: AbortSignal.timeout(3000) })
  await expect(net.connect([{ address: '127.0.0.1', family: 4 }], port)).rejects.toMatchObject({ code: 'EPOLICY' })
})

it.each([0, -1, 65_536, 1.5, Number.NaN])('refuses port %s', async (bad) =>
  expect(await dial('127.0.0.1', { allow_loopback: true }, undefined, bad)).toBe('EPOLICY'),
)
