import type { Duplex } from 'node:stream'
import { otherProtocol } from '../_test/other-protocol.ts'
import { Failure, serverFailure } from './failure.ts'

/** What a server says first. */
export interface Greeting {
  version: string
  capabilities: number
  /** Its preferred way to log in. */
  plugin: string
  nonce: Buffer
  threadId: number
  charset: number
  status: number
}

/** Capability bits of the protocol that we look at or send. */
export const capability = {
  longPassword: 1 << 0,
  longFlag: 1 << 2,
  withDatabase: 1 << 3,
  localFiles: 1 << 7,
  protocol41: 1 << 9,
  ssl: 1 << 11,
  transactions: 1 << 13,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
  connectAttributes: 1 << 20,
  lenencAuth: 1 << 21,
} as const

/** Longer ones do not exist. */
const greetingBytesMax = 4096

/** Reads the one packet a server sends unasked, and leaves the socket paused behind it. */
export const readGreeting = async (socket: Duplex): Promise<Greeting> => {
  const bytes = await firstPacket(socket)
  const payload = bytes.subarray(4)
  if (payload[0] === 0xff && payload.length >= 3) {
    const text = payload
      .subarray(3)
      .toString('utf8')
      .replace(/^#[0-9A-Z]{5}/, '')
    throw serverFailure(payload.readUInt16LE(1), text, 'banner')
  }
  if (payload[0] === 9) throw new Failure('protocol.too_old')
  const greeting = payload[0] === 10 ? parseGreeting(payload) : undefined
  if (!greeting) throw strange(bytes)
  if ((greeting.capabilities & capability.protocol41) === 0 || (greeting.capabilities & capability.pluginAuth) === 0)
    throw new Failure('protocol.too_old')
  return greeting
}

const parseGreeting = (payload: Buffer): Greeting | undefined => {
  const end = payload.indexOf(0, 1)
  const version = payload.subarray(1, end).toString('latin1')
  const at = end + 1
  if (end < 0 || !/^[\w.+~:()/ -]{1,120}$/.test(version) || payload.length < at + 44) return undefined
  const capabilities = payload.readUInt16LE(at + 13) | (payload.readUInt16LE(at + 18) << 16)
  const rest = at + 31
  const restLength = Math.max(13, (payload[at + 20] ?? 0) - 8)
  const name = payload.subarray(rest + restLength)
  return {
    version,
    capabilities,
    plugin: name.subarray(0, name.indexOf(0) < 0 ? name.length : name.indexOf(0)).toString('latin1'),
    nonce: Buffer.concat([payload.subarray(at + 4, at + 12), payload.subarray(rest, rest + 12)]),
    threadId: payload.readUInt32LE(at),
    charset: payload[at + 15] ?? 45,
    status: payload.readUInt16LE(at + 16),
  }
}

/**
 * The greeting as mysql2 may see it: what it needs to log in and nothing else, so that no server talks it into compression,
 * reading files, further factors or another dialect of the protocol.
 */
export const plainGreeting = (greeting: Greeting, sequence: number): Buffer => {
  const offered = greeting.capabilities & clientCapabilities
  const fixed = Buffer.alloc(44)
  fixed.writeUInt32LE(greeting.threadId, 0)
  greeting.nonce.copy(fixed, 4, 0, 8)
  fixed.writeUInt16LE(offered & 0xffff, 13)
  fixed[15] = greeting.charset
  fixed.writeUInt16LE(greeting.status, 16)
  fixed.writeUInt16LE(offered >>> 16, 18)
  fixed[20] = 21
  greeting.nonce.copy(fixed, 31, 8, 20)
  const payload = Buffer.concat([
    Buffer.from(`\n${greeting.version}\0`, 'latin1'),
    fixed,
    Buffer.from(`${greeting.plugin}\0`, 'latin1'),
  ])
  return packet(sequence, payload)
}

/** What we say we can do; never LOCAL_FILES, COMPRESS, MULTI_STATEMENTS or MULTI_FACTOR_AUTHENTICATION. */
export const clientCapabilities =
  capability.longPassword |
  capability.longFlag |
  capability.withDatabase |
  capability.protocol41 |
  capability.transactions |
  capability.secureConnection |
  capability.pluginAuth |
  capability.connectAttributes |
  capability.lenencAuth

/** utf8mb4_general_ci, which every server since 5.5 knows. */
export const utf8mb4 = 45

/** Asks for encryption, in the place of the answer to the greeting. */
export const requestTls = (socket: Duplex): void => {
  const payload = Buffer.alloc(32)
  payload.writeUInt32LE(clientCapabilities | capability.ssl, 0)
  payload.writeUInt32LE(0, 4)
  payload[8] = utf8mb4
  socket.write(packet(1, payload))
}

export const packet = (sequence: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUIntLE(payload.length, 0, 3)
  head[3] = sequence
  return Buffer.concat([head, payload])
}

const strange = (bytes: Buffer): Failure => {
  const detail = otherProtocol(bytes)
  return new Failure('protocol.not_mysql', detail && detail !== 'a MySQL server' ? { detail } : {})
}

const firstPacket = (socket: Duplex): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0)
    const settle = (act: () => void) => {
      socket.pause()
      socket.off('data', got)
      socket.off('error', failed)
      socket.off('close', closed)
      socket.off('end', closed)
      act()
    }
    const failed = (error: Error) => settle(() => reject(error))
    const closed = () => settle(() => reject(new Failure('protocol.closed')))
    const got = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length < 5) return
      const length = bytes.readUIntLE(0, 3)
      if (length > greetingBytesMax || length === 0 || bytes[3] !== 0 || ![9, 10, 0xff].includes(bytes[4] ?? 0))
        return settle(() => reject(strange(bytes)))
      if (bytes.length < length + 4) return
      // More than the greeting before we spoke: someone in between stuffs the buffer. An error may be followed by anything.
      if (bytes.length > length + 4 && bytes[4] !== 0xff) return settle(() => reject(strange(bytes)))
      settle(() => resolve(bytes.subarray(0, length + 4)))
    }
    socket.on('data', got)
    socket.once('error', failed)
    socket.once('close', closed)
    socket.once('end', closed)
  })
