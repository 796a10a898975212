import type { Duplex } from 'node:stream'
import { Failure, failureOf } from './failure.ts'
import { bind, execute, parse, sync } from './messages.ts'
import type { Statement } from './sql.ts'

/** One message with a row: its bytes, still in the buffer they arrived in. Valid until the next one is asked for. */
export interface RawRow {
  /** Which of the statements it answers. */
  statement: number
  bytes: Buffer
  /** Where the fields begin: a count, then a length and as many bytes for each. */
  at: number
  length: number
}

/** A message longer than this is no catalog row. */
const messageBytesMax = 64 * 1024 * 1024

const tag = { row: 68, done: 67, error: 69, ready: 90 } as const

/**
 * Asks several statements in one round trip and hands each chunk's rows on as they arrive, undecoded: a catalog of ten
 * thousand tables never becomes JavaScript objects. The stream is paused while nobody asks for more.
 */
export async function* askRaw(stream: Duplex, statements: readonly Statement[]): AsyncGenerator<RawRow[], void> {
  stream.write(Buffer.concat([...statements.map(encodeStatement), sync]))
  let statement = 0
  let kept: Buffer[] = []
  let size = 0
  let needed = 5
  try {
    // Left open at the end: another question may follow.
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      kept.push(chunk)
      size += chunk.length
      if (size < needed) continue
      const bytes = kept.length === 1 ? chunk : Buffer.concat(kept, size)
      const rows: RawRow[] = []
      let at = 0
      let failure: Failure | undefined
      let isReady = false
      for (;;) {
        needed = 5
        if (bytes.length - at < 5) break
        const length = bytes.readUInt32BE(at + 1)
        if (length < 4 || length > messageBytesMax) throw new Failure('protocol.flood')
        needed = length + 1
        if (bytes.length - at < needed) break
        const type = bytes[at]
        if (type === tag.row) rows.push({ statement, bytes, at: at + 5, length: length - 4 })
        else if (type === tag.done) statement += 1
        else if (type === tag.error) failure = serverFailure(bytes.subarray(at + 5, at + needed))
        else if (type === tag.ready) isReady = true
        at += needed
      }
      if (failure) throw failure
      if (rows.length > 0) yield rows
      if (isReady) return
      kept = at < bytes.length ? [bytes.subarray(at)] : []
      size = bytes.length - at
    }
  } catch (error) {
    throw failureOf(error, 'database')
  }
  throw new Failure('protocol.closed')
}

const encodeStatement = ({ sql, params }: Statement): Buffer =>
  Buffer.concat([parse('', sql), bind('', params, 'binary'), execute(0)])

// Fields of an error message: a letter, text, NUL. Only the SQLSTATE is taken.
const serverFailure = (body: Buffer): Failure => {
  const sqlstate = /(?:^|\0)C([0-9A-Z]{5})\0/.exec(body.toString('latin1'))?.[1]
  if (sqlstate === '57014') return new Failure('query.timeout')
  return new Failure('query.failed', sqlstate === undefined ? {} : { sqlstate })
}
