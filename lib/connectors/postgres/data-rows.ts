import { quote } from '../_sql/json-writer.ts'
import { isNumber, type ResultLines } from '../_sql/result-lines.ts'
import { Failure } from './failure.ts'

/** How a column's text stands in a row. */
export const way = { text: 0, number: 1, boolean: 2, leftOut: 3 } as const

/** Turns rows in the server's text format into lines, from bytes to bytes in one pass. */
export class DataRows {
  readonly #lines: ResultLines
  readonly #ways: Uint8Array
  readonly #plainBytes: number
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #stop = 0
  /** From now on rows are only read past. */
  isOver = false

  constructor(lines: ResultLines, ways: Uint8Array) {
    this.#lines = lines
    this.#ways = ways
    this.#plainBytes = lines.plainBytes
  }

  row(bytes: Buffer, start: number, end: number): void {
    if (this.isOver || !this.#begin()) return
    this.#count(bytes.readUInt16BE(start))
    if (end - start <= this.#plainBytes) this.#plainRow(bytes, start + 2, end)
    else this.#mixedRow(bytes, start + 2, end)
  }

  /** Some of its values may be too long to be kept whole. */
  #mixedRow(bytes: Buffer, start: number, end: number): void {
    const ways = this.#ways
    let at = start
    for (let column = 0; column < ways.length; column++) {
      const length = bytes.readInt32BE(at)
      at += 4
      if (length > end - at) throw malformed()
      if (length < 0) this.#none(column)
      else this.#value(column, bytes, at, length, length)
      if (length > 0) at += length
    }
    if (at !== end) throw malformed()
    this.#lines.end()
  }

  /** Most rows: short ones, written in one loop. */
  #plainRow(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes
    this.#at = start
    this.#stop = end
    this.#lines.plain((end - start + 2) * 6, this.#write)
    if (this.#at !== end) throw malformed()
    this.#lines.end()
  }

  readonly #write = (out: Buffer, from: number): number => {
    const bytes = this.#bytes
    const ways = this.#ways
    let at = this.#at
    let end = from
    for (let column = 0; column < ways.length; column++) {
      const length = bytes.readInt32BE(at)
      const start = at + 4
      const stop = start + Math.max(length, 0)
      if (stop > this.#stop) throw malformed()
      at = stop
      const shown = ways[column]
      if (shown === way.leftOut) continue
      if (column > 0) out[end++] = comma
      if (length < 0) end = word(nullBytes, out, end)
      else if (shown === way.number && isNumber(bytes, start, stop))
        for (let place = start; place < stop; place++) out[end++] = bytes[place] ?? 0
      else if (shown === way.boolean && length === 1 && bytes[start] === true_) end = word(trueBytes, out, end)
      else if (shown === way.boolean && length === 1 && bytes[start] === false_) end = word(falseBytes, out, end)
      else end = quote(bytes, start, stop, out, end)
    }
    this.#at = at
    return end
  }

  /** A row in parts: of each value no more is held than is shown of it. */
  longRow(): (bytes: Buffer, at: number, end: number) => void {
    const isSkipped = this.isOver || !this.#begin()
    const head = Buffer.alloc(4)
    let headBytes = 0
    let headLength = 2
    let column = -1
    let total = 0
    let missing = 0
    let kept: Buffer = Buffer.alloc(0)
    let filled = 0

    const ended = () => {
      if (column >= 0) this.#value(column, kept, 0, kept.length, total)
      next()
    }
    const next = () => {
      column += 1
      headBytes = 0
      headLength = 4
      if (column === this.#ways.length) this.#lines.end()
    }
    const header = () => {
      if (column < 0) {
        this.#count(head.readUInt16BE(0))
        return next()
      }
      total = head.readInt32BE(0)
      if (total < 0) {
        this.#none(column)
        return next()
      }
      missing = total
      filled = 0
      kept = Buffer.allocUnsafeSlow(this.#ways[column] === way.leftOut ? 0 : this.#lines.kept(total))
      if (total === 0) ended()
    }
    return (bytes, start, end) => {
      if (isSkipped) return
      let at = start
      while (at < end) {
        if (column === this.#ways.length) throw malformed()
        if (missing > 0) {
          const step = Math.min(missing, end - at)
          if (filled < kept.length)
            filled += bytes.copy(kept, filled, at, Math.min(at + step, at + kept.length - filled))
          missing -= step
          at += step
          if (missing === 0) ended()
        } else {
          head[headBytes++] = bytes[at++] ?? 0
          if (headBytes === headLength) header()
        }
      }
    }
  }

  #begin(): boolean {
    this.isOver = !this.#lines.begin()
    return !this.isOver
  }

  #count(fields: number): void {
    if (fields !== this.#ways.length) throw malformed()
  }

  #none(column: number): void {
    if (this.#ways[column] !== way.leftOut) this.#lines.null()
  }

  #value(column: number, bytes: Buffer, at: number, length: number, total: number): void {
    const shown = this.#ways[column]
    if (shown === way.leftOut) return
    if (shown === way.text || length !== total) this.#lines.text(bytes, at, length, total)
    else if (shown === way.number) this.#lines.number(bytes, at, length)
    else if (length === 1 && (bytes[at] === true_ || bytes[at] === false_)) this.#lines.boolean(bytes[at] === true_)
    else this.#lines.text(bytes, at, length)
  }
}

const word = (letters: Uint8Array, out: Buffer, from: number): number => {
  let end = from
  for (let at = 0; at < letters.length; at++) out[end++] = letters[at] ?? 0
  return end
}

const comma = 0x2c
const nullBytes = Buffer.from('null')
const trueBytes = Buffer.from('true')
const falseBytes = Buffer.from('false')
// As the server writes them.
const true_ = 0x74
const false_ = 0x66

const malformed = () => new Failure('protocol.not_postgres')
