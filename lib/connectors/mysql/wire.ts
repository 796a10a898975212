import type { Duplex } from 'node:stream'
import { Failure, failureOf, serverFailure } from './failure.ts'
import { packet } from './greeting.ts'

/** One row in the text protocol: its bytes, still in the buffer they arrived in. Valid until the next batch is asked for. */
export interface RawRow {
  bytes: Buffer
  at: number
  end: number
}

/** Asks statements one after the other on a session that mysql2 has logged in. */
export interface Line {
  /** The rows of a statement, batch by batch as they arrive. Read it to its end before the next. */
  ask(sql: string): AsyncGenerator<RawRow[], void>
}

/** A longer row would come in parts, which no row of a catalog needs. */
const packetBytesMax = 0xff_ff_ff - 1
const query = 3

/**
 * Reads answers off the stream itself and hands rows on undecoded: a catalog of ten thousand tables never becomes JavaScript
 * objects. The stream is paused while nobody asks for more.
 */
export const takeOver = (stream: Duplex): Line => {
  stream.pause()
  stream.removeAllListeners('data')
  const chunks = stream.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]()
  return {
    async *ask(sql) {
      stream.write(packet(0, Buffer.concat([Buffer.from([query]), Buffer.from(sql)])))
      try {
        yield* answer(chunks)
      } catch (error) {
        throw failureOf(error, 'database')
      }
    },
  }
}

type Part = 'head' | 'columns' | 'rows'

async function* answer(chunks: AsyncIterator<Buffer>): AsyncGenerator<RawRow[], void> {
  let kept: Buffer[] = []
  let size = 0
  let needed = 4
  let part: Part = 'head'
  for (;;) {
    const next = await chunks.next()
    if (next.done) throw new Failure('protocol.closed')
    kept.push(next.value)
    size += next.value.length
    if (size < needed) continue
    const bytes = kept.length === 1 ? next.value : Buffer.concat(kept, size)
    const rows: RawRow[] = []
    let at = 0
    let isDone = false
    while (!isDone) {
      needed = 4
      if (bytes.length - at < 4) break
      const length = bytes.readUIntLE(at, 3)
      if (length > packetBytesMax) throw new Failure('protocol.flood')
      needed = length + 4
      if (bytes.length - at < needed) break
      const from = at + 4
      at += needed
      const first = bytes[from]
      if (first === 0xff) throw errorOf(bytes.subarray(from, at))
      const isEnd = first === 0xfe && length < 9
      if (part === 'head') {
        if (first === 0xfb) throw new Failure('protocol.asks_for_file')
        isDone = first === 0
        part = 'columns'
      } else if (part === 'columns') {
        if (isEnd) part = 'rows'
      } else if (isEnd) isDone = true
      else rows.push({ bytes, at: from, end: at })
    }
    if (rows.length > 0) yield rows
    if (isDone) return
    kept = at < bytes.length ? [bytes.subarray(at)] : []
    size = bytes.length - at
  }
}

const errorOf = (payload: Buffer): Failure =>
  serverFailure(payload.length < 3 ? 0 : payload.readUInt16LE(1), payload.subarray(9).toString('utf8'), 'database')
