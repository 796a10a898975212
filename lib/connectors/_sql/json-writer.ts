import { lineOf } from '#lib/core/ndjson'

/** Bytes handed on at a time. */
const chunkBytes = 64 * 1024

/** Writes JSON as bytes, straight from bytes: no string is made of what only passes through. */
export class JsonWriter {
  #out = Buffer.allocUnsafeSlow(2 * chunkBytes)
  #end = 0

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#end
  }

  /** Makes room for so many bytes; call it before writing them. */
  reserve(bytes: number): void {
    if (this.#out.length - this.#end >= bytes) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#out.length * 2, this.#end + bytes))
    this.#out.copy(grown, 0, 0, this.#end)
    this.#out = grown
  }

  raw(constant: Uint8Array): void {
    const out = this.#out
    let end = this.#end
    for (let at = 0; at < constant.length; at++) out[end++] = constant[at] ?? 0
    this.#end = end
  }

  byte(value: number): void {
    this.#out[this.#end++] = value
  }

  /** Digits and the like, which need no quotes or escapes. */
  slice(bytes: Buffer, start: number, length: number): void {
    const out = this.#out
    let end = this.#end
    // Shorter than what a call to copy costs.
    for (let at = start; at < start + length; at++) out[end++] = bytes[at] ?? 0
    this.#end = end
  }

  /** UTF-8 bytes as a JSON string. Needs at most six times their length, and two. */
  quoted(bytes: Buffer, start: number, length: number): void {
    this.#end = quote(bytes, start, start + length, this.#out, this.#end)
  }

  /** Lets a loop that must not stop for calls write straight into the buffer; it says where it ended. */
  fill(room: number, write: (out: Buffer, end: number) => number): void {
    this.reserve(room)
    this.#end = write(this.#out, this.#end)
  }

  /** Any JSON text. */
  text(json: string): void {
    this.reserve(json.length * 3)
    this.#end += this.#out.write(json, this.#end, 'utf8')
  }

  /** A value as a line of NDJSON. */
  line(value: unknown): void {
    this.text(lineOf(value))
  }

  isFull(): boolean {
    return this.#end >= chunkBytes
  }

  /** What was written, in a buffer of just its size: handing on the large one would be memory to clear for every chunk. */
  take(): Uint8Array {
    const taken = Buffer.allocUnsafeSlow(this.#end)
    this.#out.copy(taken, 0, 0, this.#end)
    this.#end = 0
    return taken
  }
}

/** Writes UTF-8 bytes as a JSON string from a place of a buffer on, and says where it ended. */
export const quote = (bytes: Buffer, start: number, stop: number, out: Buffer, from: number): number => {
  let end = from
  out[end++] = quoteMark
  for (let at = start; at < stop; at++) {
    const byte = bytes[at] ?? 0
    if (byte === quoteMark || byte === backslash) {
      out[end++] = backslash
      out[end++] = byte
    } else if (byte < 0x20) end = control(byte, out, end)
    else out[end++] = byte
  }
  out[end++] = quoteMark
  return end
}

const control = (byte: number, out: Buffer, end: number): number => {
  const letter = shortEscapes[byte] ?? 0
  if (letter === 0) return end + out.write(`\\u00${byte < 16 ? '0' : ''}${byte.toString(16)}`, end, 'latin1')
  out[end] = backslash
  out[end + 1] = letter
  return end + 2
}

/** Control characters that JSON has a letter for. */
const shortEscapes = new Uint8Array(32)
for (const [control, letter] of ['\bb', '\tt', '\nn', '\ff', '\rr'].map((pair) => [...Buffer.from(pair)]))
  shortEscapes[control ?? 0] = letter ?? 0

const quoteMark = 0x22
const backslash = 0x5c
