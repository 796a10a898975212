import type { Duplex } from 'node:stream'
import { Failure } from './failure.ts'
import type { RawRow } from './wire.ts'

const headBytes = 4
/** A packet of this length goes on in the next one. */
const splitLength = 0xff_ff_ff
/** Longer ones are read piece by piece. */
const heldBytesMax = 1024 * 1024

/** What a server sends, packet by packet. Nothing is read from the stream while nobody asks. */
export class Packets {
  readonly #chunks: AsyncIterator<Buffer>
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  /** What is left of the packet that is read piece by piece, and whether it goes on in another. */
  #left = 0
  #isSplit = false

  constructor(stream: Duplex) {
    stream.pause()
    stream.removeAllListeners('data')
    this.#chunks = stream.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]()
  }

  /** Whether the next packet lies here as a whole. */
  get isHere(): boolean {
    return this.#held >= headBytes && this.#held >= headBytes + this.#length
  }

  /** Whether the next packet is one to read piece by piece. */
  get isLong(): boolean {
    return this.#held >= headBytes && this.#length > heldBytesMax
  }

  /** Takes the next packet. */
  take(): RawRow {
    const at = this.#at + headBytes
    const end = at + this.#length
    this.#at = end
    return { bytes: this.#bytes, at, end }
  }

  /** Waits for more. */
  async more(): Promise<void> {
    const next = await this.#chunks.next()
    if (next.done) throw new Failure('protocol.closed')
    const rest = this.#bytes.subarray(this.#at)
    this.#bytes = rest.length === 0 ? next.value : Buffer.concat([rest, next.value])
    this.#at = 0
  }

  /** Waits until the next packet lies here as a whole, for answers that are short. */
  async next(): Promise<RawRow> {
    while (!this.isHere) {
      if (this.isLong) throw new Failure('protocol.flood')
      await this.more()
    }
    return this.take()
  }

  /** How many bytes of the long packet lie here, at least one; none at its end. */
  async pieces(): Promise<number> {
    while (this.#left === 0 && this.#isSplit) await this.enter()
    if (this.#left === 0) return 0
    while (this.#held === 0) await this.more()
    return Math.min(this.#held, this.#left)
  }

  /** Begins to read the next packet piece by piece. */
  async enter(): Promise<void> {
    while (this.#held < headBytes) await this.more()
    this.#left = this.#length
    this.#isSplit = this.#left === splitLength
    this.#at += headBytes
  }

  /** So many of the bytes that lie here. */
  piece(bytes: number): Buffer {
    const found = this.#bytes.subarray(this.#at, this.#at + bytes)
    this.#at += bytes
    this.#left -= bytes
    return found
  }

  get #held(): number {
    return this.#bytes.length - this.#at
  }

  get #length(): number {
    return this.#bytes.readUIntLE(this.#at, 3)
  }
}
