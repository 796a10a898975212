import type { Duplex } from 'node:stream'
import { Failure } from './failure.ts'

/** Longest packet and longest conversation a server may need for a login and the questions of a test. */
const packetBytesMax = 1024 * 1024
const conversationBytesMax = 8 * 1024 * 1024
/** More packets than any way to log in takes. */
const loginPacketsMax = 16

/** First bytes of packets. */
const mark = { ok: 0x00, more: 0x01, file: 0xfb, change: 0xfe, error: 0xff } as const
/** Ways to log in that show the password to nobody, and those that send it as it is. */
const safePlugins = ['mysql_native_password', 'caching_sha2_password']
const openPlugins = ['mysql_clear_password', 'sha256_password']

export interface Guard {
  /** Call it before each command: only the first packet of an answer can ask for a file. */
  asked(): void
}

/**
 * Stands between the line and mysql2. Cuts the line when a server that has not proven who it is asks for the password
 * itself (CONN-3), when any server asks for a file (CONN-5), and when what comes is out of all proportion (CONN-9). Call
 * it once mysql2 listens.
 */
export const guardConversation = (stream: Duplex, isProven: boolean): Guard => {
  const { check, asked } = createChecker(isProven)
  const listeners = stream.listeners('data') as ((chunk: Buffer) => void)[]
  stream.removeAllListeners('data')
  stream.on('data', (chunk: Buffer) => {
    if (stream.destroyed) return
    const failure = check(chunk)
    if (failure) return void stream.destroy(failure)
    for (const listener of listeners) listener.call(stream, chunk)
  })
  return { asked }
}

/** Follows packet boundaries through the chunks, keeps the head of each, and says when to stop. */
const createChecker = (isProven: boolean) => {
  // A length, a number, and enough of the payload to read the name of a plugin.
  const head = Buffer.alloc(4 + 64)
  let filled = 0
  let left = 0
  let total = 0
  let isLoggedIn = false
  let isFirst = true
  let loginPackets = 0
  let number = 1

  const judge = (payload: Buffer, length: number): Failure | undefined => {
    if (isLoggedIn) {
      // mysql2 would only complain of packets out of order, once for each.
      if (head[3] !== number) return new Failure('protocol.not_mysql')
      number = (number + 1) & 0xff
      const asksForFile = isFirst && payload[0] === mark.file
      isFirst = false
      return asksForFile ? new Failure('protocol.asks_for_file') : undefined
    }
    loginPackets += 1
    if (loginPackets > loginPacketsMax) return new Failure('protocol.flood')
    if (payload[0] === mark.ok) isLoggedIn = true
    return judgeLogin(payload, length, isProven)
  }
  const check = (chunk: Buffer): Failure | undefined => {
    total += chunk.length
    if (total > conversationBytesMax) return new Failure('protocol.flood')
    for (let at = 0; at < chunk.length; ) {
      const wanted = filled < 4 ? 4 : Math.min(head.length, 4 + head.readUIntLE(0, 3))
      if (filled < wanted) {
        const step = Math.min(wanted - filled, chunk.length - at)
        chunk.copy(head, filled, at, at + step)
        filled += step
        at += step
        if (filled < 4) continue
        const length = head.readUIntLE(0, 3)
        if (length > packetBytesMax) return new Failure('protocol.flood')
        const whole = Math.min(head.length, 4 + length)
        if (filled < whole) continue
        const failure = judge(head.subarray(4, whole), length)
        if (failure) return failure
        left = length + 4 - whole
        if (left === 0) filled = 0
        continue
      }
      const step = Math.min(left, chunk.length - at)
      left -= step
      at += step
      if (left === 0) filled = 0
    }
    return undefined
  }
  const asked = () => {
    isFirst = true
    number = 1
  }
  return { check, asked }
}

const judgeLogin = (payload: Buffer, length: number, isProven: boolean): Failure | undefined => {
  const first = payload[0]
  if (first === mark.ok || first === mark.error) return undefined
  if (first === mark.change) {
    const end = payload.indexOf(0, 1)
    const plugin = payload.subarray(1, end < 0 ? payload.length : end).toString('latin1')
    if (safePlugins.includes(plugin)) return undefined
    if (!openPlugins.includes(plugin))
      return new Failure('auth.unsupported_method', /^\w{1,48}$/.test(plugin) ? { detail: plugin } : {})
    return isProven ? undefined : new Failure('auth.weak_method_refused', { detail: plugin })
  }
  // `3` accepts, `4` asks for the password itself; anything else would be a key to encrypt it with, chosen by the server.
  if (first === mark.more && length === 2 && payload[1] === 3) return undefined
  if (first === mark.more && length === 2 && payload[1] === 4 && isProven) return undefined
  return first === mark.more
    ? new Failure('auth.weak_method_refused', { detail: 'caching_sha2_password' })
    : new Failure('protocol.not_mysql')
}
