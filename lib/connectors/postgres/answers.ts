import type { Duplex } from 'node:stream'
import { Failure } from './failure.ts'

/** Who hears what the server says, in its order and while it arrives. */
export interface Listener {
  /** A row whose message is whole: its fields stand between two places of the buffer. */
  row(bytes: Buffer, at: number, end: number): void
  /** A row too long to wait for: its bytes come in parts. */
  longRow(): (bytes: Buffer, at: number, end: number) => void
  /** Everything else; the body is valid only now. */
  message(type: number, body: Buffer): void
}

export const answer = {
  row: 0x44,
  done: 0x43,
  suspended: 0x73,
  error: 0x45,
  notice: 0x4e,
  ready: 0x5a,
  columns: 0x54,
  copyIn: 0x47,
  copyOut: 0x48,
  copyBoth: 0x57,
} as const
const copyData = 0x64

/** Rows up to this length are waited for; a longer one is read as it comes (SQL-5). */
const waitedBytesMax = 64 * 1024
/** No other message is longer: an error, the columns of a table. */
const messageBytesMax = 1024 * 1024

/** Cuts what a server sends into messages, chunk by chunk: nobody asks for the next one before this one is done with. */
export class Answers {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer | undefined
  #missing = 0
  #part: ((bytes: Buffer, at: number, end: number) => void) | undefined

  constructor(stream: Duplex) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /** Hands on what the next chunk completes. */
  async hear(listener: Listener): Promise<void> {
    const { value, done } = await this.#chunks.next()
    if (done) throw new Failure('protocol.closed')
    const start = this.#rest ? this.#complete(value, listener) : this.#goOn(value)
    const at = start < 0 ? value.length : this.#cut(value, start, listener)
    if (at < value.length) this.#rest = value.subarray(at)
  }

  /** Puts the one message together that began in the chunk before; below 0 where it is still not whole. */
  #complete(chunk: Buffer, listener: Listener): number {
    const rest = this.#rest ?? chunk
    const head = rest.length >= 5 ? rest : Buffer.concat([rest, chunk.subarray(0, 5 - rest.length)])
    const missing = head.length < 5 ? 1 : head.readUInt32BE(1) + 1 - rest.length
    const message = Buffer.concat([rest, chunk.subarray(0, Math.max(missing, head.length - rest.length))])
    this.#rest = undefined
    const at = this.#cut(message, 0, listener)
    if (at < message.length) this.#rest = message.subarray(at)
    return this.#rest || this.#missing > 0 ? -1 : Math.max(missing, 0)
  }

  /** What belongs to a message that began in an earlier chunk. */
  #goOn(bytes: Buffer): number {
    const end = Math.min(this.#missing, bytes.length)
    if (end > 0) this.#part?.(bytes, 0, end)
    this.#missing -= end
    return end
  }

  #cut(bytes: Buffer, start: number, listener: Listener): number {
    let at = start
    while (bytes.length - at >= 5) {
      const type = bytes[at] ?? 0
      const length = bytes.readUInt32BE(at + 1)
      const end = at + 1 + length
      if (length < 4) throw new Failure('protocol.not_postgres')
      if (end > bytes.length) return this.#wait(bytes, at, end, listener)
      if (type === answer.row) listener.row(bytes, at + 5, end)
      else if (type !== copyData) listener.message(type, bytes.subarray(at + 5, end))
      at = end
    }
    return at
  }

  /** The message is not whole; says from where on its bytes are kept. */
  #wait(bytes: Buffer, at: number, end: number, listener: Listener): number {
    const type = bytes[at]
    const isStreamed = type === copyData || (type === answer.row && end - at > waitedBytesMax)
    if (!isStreamed) {
      if (end - at > messageBytesMax) throw new Failure('protocol.flood')
      return at
    }
    this.#part = type === copyData ? undefined : listener.longRow()
    this.#part?.(bytes, at + 5, bytes.length)
    this.#missing = end - bytes.length
    return bytes.length
  }
}
