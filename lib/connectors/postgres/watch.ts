import type { Duplex } from 'node:stream'
import { otherProtocol } from '../_test/other-protocol.ts'
import type { CauseCode } from './causes.ts'
import { Failure } from './failure.ts'

/** Longest message and longest conversation a server may need for a login and the questions of a test. */
const messageBytesMax = 1024 * 1024
const conversationBytesMax = 8 * 1024 * 1024

// Authentication, error, notice, protocol negotiation, parameter, key, ready.
const openingTypes = new Set([...'RENvSKZ'].map((letter) => letter.charCodeAt(0)))
// Ok, clear text, MD5, SASL and its two continuations.
const knownMethods = new Set([0, 3, 5, 10, 11, 12])

/**
 * Stands between the line and pg, and cuts the line when what comes is not PostgreSQL or is out of all proportion: pg
 * would wait for the rest of a forged two-gigabyte message and collect it, and throws in the air at what it does not
 * know (CONN-8, CONN-9). Call it once pg listens.
 */
export const guardConversation = (stream: Duplex): void => {
  const check = createChecker()
  const listeners = stream.listeners('data') as ((chunk: Buffer) => void)[]
  stream.removeAllListeners('data')
  stream.on('data', (chunk: Buffer) => {
    if (stream.destroyed) return
    const failure = check(chunk)
    if (failure) return void stream.destroy(failure)
    try {
      for (const listener of listeners) listener.call(stream, chunk)
    } catch (error) {
      stream.destroy(new Failure('protocol.not_postgres', {}, { cause: error }))
    }
  })
}

/** Follows message boundaries through the chunks and says when to stop. */
const createChecker = (): ((chunk: Buffer) => Failure | undefined) => {
  const head = Buffer.alloc(9)
  let filled = 0
  let skip = 0
  let total = 0
  return (chunk) => {
    const isFirst = total === 0
    total += chunk.length
    if (isFirst && !openingTypes.has(chunk[0] ?? 0)) return strange(chunk, 'protocol.not_postgres')
    if (total > conversationBytesMax) return new Failure('protocol.flood')
    for (let at = 0; at < chunk.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at)
        skip -= step
        at += step
        continue
      }
      head[filled++] = chunk[at++] ?? 0
      if (filled < 5) continue
      const length = head.readUInt32BE(1)
      if (length < 4) return strange(chunk, 'protocol.not_postgres')
      if (length > messageBytesMax) return strange(chunk, 'protocol.flood')
      const isAuthentication = head[0] === 0x52 && length >= 8
      if (isAuthentication && filled < 9) continue
      if (isAuthentication && !knownMethods.has(head.readUInt32BE(5))) return new Failure('auth.unsupported_method')
      skip = length + 1 - filled
      filled = 0
    }
    return undefined
  }
}

const strange = (chunk: Buffer, code: CauseCode): Failure => {
  const detail = otherProtocol(chunk)
  return detail === undefined ? new Failure(code) : new Failure('protocol.not_postgres', { detail })
}
