import { isUtf8 } from 'node:buffer'
import type { PlanLine, QueryLimits, ResultHead, ResultLast } from '../contract.ts'
import { JsonWriter } from './json-writer.ts'

/** A value this short is never cut for the size of the whole result, so that the row it stands in stays a row. */
const shortBytes = 1024
/** Longer digits are shown as a string. */
const numberBytesMax = 32

/** Writes a result as NDJSON and counts what it may still hold (SQL-5): values come as bytes of text and stay bytes. */
export class ResultLines {
  /** Rows written. */
  rows = 0
  cellsCut = 0
  /** Which limit left something out. */
  truncated: 'rows' | 'bytes' | null = null
  readonly #limits: Pick<QueryLimits, 'rows' | 'bytes' | 'cell_bytes'>
  readonly #out = new JsonWriter()
  #taken = 0
  #isFirst = true

  constructor(limits: Pick<QueryLimits, 'rows' | 'bytes' | 'cell_bytes'>) {
    this.#limits = limits
  }

  head(head: ResultHead): void {
    this.#out.line(head)
  }

  plan(plan: PlanLine): void {
    this.#out.line(plan)
  }

  last(last: ResultLast): void {
    this.#out.line(last)
  }

  /** Begins a row where one more may stand; otherwise `truncated` says why not. */
  begin(): boolean {
    if (this.truncated) return false
    if (this.rows >= this.#limits.rows) this.truncated = 'rows'
    else if (this.#taken + this.#out.length >= this.#limits.bytes) this.truncated = 'bytes'
    if (this.truncated) return false
    this.#out.reserve(2)
    this.#out.byte(openArray)
    this.#isFirst = true
    return true
  }

  /** How short a row must be for none of its values to be cut. */
  get plainBytes(): number {
    return Math.min(shortBytes, this.#limits.cell_bytes)
  }

  /** The values of such a row at once, commas between them, by a loop that needs at most so much room. */
  plain(room: number, write: (out: Buffer, end: number) => number): void {
    this.#out.fill(room, write)
  }

  end(): void {
    this.#out.reserve(2)
    this.#out.byte(closeArray)
    this.#out.byte(newLine)
    this.rows += 1
  }

  null(): void {
    this.#next(8)
    this.#out.raw(nullBytes)
  }

  boolean(value: boolean): void {
    this.#next(8)
    this.#out.raw(value ? trueBytes : falseBytes)
  }

  /** Digits, written as a number; a server may call something a number that is none, such as `NaN`. */
  number(bytes: Buffer, start: number, length: number): void {
    if (length <= numberBytesMax && isNumber(bytes, start, start + length)) {
      this.#next(length)
      this.#out.slice(bytes, start, length)
    } else this.text(bytes, start, length)
  }

  /** How many bytes of a value of this length are worth having. */
  kept(total: number): number {
    if (total <= shortBytes && total <= this.#limits.cell_bytes) return total
    const left = this.#limits.bytes - this.#taken - this.#out.length
    return Math.min(total, this.#limits.cell_bytes, Math.max(left, shortBytes))
  }

  /** Text in UTF-8, of which only the beginning need be there: `total` is its whole length in bytes. */
  text(bytes: Buffer, start: number, length: number, total = length): void {
    const kept = Math.min(length, this.kept(total))
    this.#next(kept * 6 + cutRoom)
    if (kept === total) this.#out.quoted(bytes, start, length)
    else {
      this.cellsCut += 1
      this.#out.raw(cutBytes)
      this.#out.quoted(bytes, start, wholeCharacters(bytes, start, kept))
      this.#out.text(`,"bytes":${total}}`)
    }
  }

  /** Bytes, written as `\\x00ff`; `total` as for text. */
  binary(bytes: Buffer, start: number, length: number, total = length): void {
    const kept = Math.min(length, this.kept(total))
    this.#next(kept * 2 + cutRoom)
    if (kept < total) this.#out.raw(cutBytes)
    this.#out.text(`"\\\\x${bytes.toString('hex', start, start + kept)}"`)
    if (kept === total) return
    this.cellsCut += 1
    this.#out.text(`,"bytes":${total}}`)
  }

  /** Whether there is enough to be worth handing on. */
  isFull(): boolean {
    return this.#out.isFull()
  }

  isEmpty(): boolean {
    return this.#out.length === 0
  }

  /** What was written so far; always whole characters, and of bytes that are no text a replacement. */
  take(): Uint8Array {
    const bytes = this.#out.take()
    this.#taken += bytes.length
    return isUtf8(bytes) ? bytes : Buffer.from(new TextDecoder().decode(bytes))
  }

  #next(bytes: number): void {
    this.#out.reserve(bytes + 1)
    if (this.#isFirst) this.#isFirst = false
    else this.#out.byte(comma)
  }
}

/** For quotes and what stands around a value that is cut. */
const cutRoom = 64
const openArray = 0x5b
const closeArray = 0x5d
const comma = 0x2c
const newLine = 0x0a
const minus = 0x2d
const plus = 0x2b
const dot = 0x2e
const zero = 0x30
const nullBytes = Buffer.from('null')
const trueBytes = Buffer.from('true')
const falseBytes = Buffer.from('false')
const cutBytes = Buffer.from('{"cut":')

/** Whether JSON reads it as a number. */
export const isNumber = (bytes: Buffer, start: number, end: number): boolean => {
  const whole = bytes[start] === minus ? start + 1 : start
  let at = digitsFrom(bytes, whole, end)
  if (at === whole || (bytes[whole] === zero && at > whole + 1)) return false
  if (at === end) return true
  if (bytes[at] === dot) {
    const fraction = at + 1
    at = digitsFrom(bytes, fraction, end)
    if (at === fraction) return false
  }
  if (at < end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
    const sign = bytes[at + 1]
    const exponent = at + (sign === plus || sign === minus ? 2 : 1)
    at = digitsFrom(bytes, exponent, end)
    if (at === exponent) return false
  }
  return at === end
}

const digitsFrom = (bytes: Buffer, start: number, end: number): number => {
  let at = start
  while (at < end && (bytes[at] ?? 0) - zero >= 0 && (bytes[at] ?? 0) - zero <= 9) at += 1
  return at
}

/** The same length without the piece of a character at its end. */
const wholeCharacters = (bytes: Buffer, start: number, length: number): number => {
  for (let back = 1; back <= Math.min(4, length); back++) {
    const byte = bytes[start + length - back] ?? 0
    if (byte < 0x80) return length
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? length - back : length
  }
  return length
}
