import { Failure } from './failure.ts'
import type { RawRow } from './wire.ts'

/** Reads one row of the text protocol in place: fields by number, nothing copied until asked for. */
export class Row {
  #bytes: Buffer = Buffer.alloc(0)
  readonly #starts: Int32Array
  readonly #lengths: Int32Array

  constructor(fields = 32) {
    this.#starts = new Int32Array(fields)
    this.#lengths = new Int32Array(fields)
  }

  load({ bytes, at, end }: RawRow): void {
    this.#lengths.fill(-1)
    this.#bytes = bytes
    let place = at
    for (let field = 0; field < this.#starts.length && place < end; field++) {
      const first = bytes[place] ?? 0
      let length = first
      place += 1
      if (first === 0xfb) length = -1
      else if (first === 0xfc) length = bytes.readUInt16LE(place)
      else if (first === 0xfd) length = bytes.readUIntLE(place, 3)
      else if (first === 0xfe) length = bytes.readUInt32LE(place)
      place += { 252: 2, 253: 3, 254: 8 }[first] ?? 0
      this.#starts[field] = place
      this.#lengths[field] = length
      place += Math.max(length, 0)
      // A server that means ill says that a field is longer than its row.
      if (place > end) throw new Failure('query.failed')
    }
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  start(field: number): number {
    return this.#starts[field] ?? 0
  }

  length(field: number): number {
    return this.#lengths[field] ?? -1
  }

  isNull(field: number): boolean {
    return this.length(field) < 0
  }

  isEmpty(field: number): boolean {
    return this.length(field) <= 0
  }

  text(field: number): string | null {
    const start = this.start(field)
    return this.isNull(field) ? null : this.#bytes.toString('utf8', start, start + this.length(field))
  }

  /** The first byte, enough to tell `YES` from `NO`. */
  letter(field: number): number {
    return this.isEmpty(field) ? 0 : (this.#bytes[this.start(field)] ?? 0)
  }

  number(field: number): number | null {
    const text = this.text(field)
    return text === null || text === '' ? null : Number(text)
  }

  /** Whether a field holds exactly these bytes. */
  equals(field: number, other: Buffer): boolean {
    const start = this.start(field)
    return this.#bytes.compare(other, 0, other.length, start, start + Math.max(0, this.length(field))) === 0
  }

  copy(field: number): Buffer {
    const start = this.start(field)
    return Buffer.from(this.#bytes.subarray(start, start + Math.max(0, this.length(field))))
  }
}
