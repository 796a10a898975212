import type { ResultHead } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'

/** Turns the rows of a result into the bytes of a file. */
export interface Format {
  begin(): Uint8Array
  /** Whole lines, each a row as JSON; answers how many, and what of the file is ready. */
  rows(lines: Uint8Array): Written
  end(): Uint8Array
}

/** Bytes are lent until the next call. */
export interface Written {
  file: Uint8Array
  rows: number
}

export type Columns = ResultHead['columns']

/** An output that grows and is emptied again and again. */
export class Output {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024)
  length = 0

  /** Makes room and answers the buffer, to be written from `length` on. */
  room(size: number): Buffer {
    if (this.length + size > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.length + size))
      this.#bytes.copy(larger, 0, 0, this.length)
      this.#bytes = larger
    }
    return this.#bytes
  }

  byte(value: number): void {
    this.room(1)[this.length++] = value
  }

  bytes(from: Uint8Array, start = 0, end = from.length): void {
    this.room(end - start).set(from.subarray(start, end), this.length)
    this.length += end - start
  }

  text(text: string): void {
    this.length += this.room(text.length * 3).write(text, this.length)
  }

  /** Everything so far, lent until more is written. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length)
    this.length = 0
    return taken
  }
}

export const marks = {
  quote: 0x22,
  backslash: 0x5c,
  comma: 0x2c,
  open: 0x5b,
  close: 0x5d,
  brace: 0x7b,
  newline: 10,
  n: 0x6e,
}

/**
 * Walks over the cells of rows as JSON: `cell` gets where each begins and ends, `done` is called after each row. Answers
 * how many there were. A value that was cut is refused: a file is exact or it is not made.
 */
export const eachCell = (
  lines: Uint8Array,
  cell: (column: number, start: number, end: number) => void,
  done: () => void,
): number => {
  let at = 0
  let rows = 0
  while (at < lines.length) {
    at++
    for (let column = 0; lines[at] !== marks.newline && at < lines.length; column++) {
      if (lines[at] === marks.close) break
      if (lines[at] === marks.brace) throw tooLong()
      const end = lines[at] === marks.quote ? endOfText(lines, at) : endOfPlain(lines, at)
      cell(column, at, end)
      at = lines[end] === marks.comma ? end + 1 : end
    }
    done()
    rows += 1
    at += 2
  }
  return rows
}

const endOfText = (bytes: Uint8Array, start: number): number => {
  let at = start + 1
  for (; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === marks.quote) return at + 1
    if (byte === marks.backslash) at++
  }
  return at
}

const endOfPlain = (bytes: Uint8Array, start: number): number => {
  let at = start
  while (at < bytes.length && bytes[at] !== marks.comma && bytes[at] !== marks.close) at++
  return at
}

const tooLong = () =>
  new AppError(
    'unprocessable',
    'A value is longer than an export can hold. Leave its column out, or select a part of it.',
  )

/** The same names, each once: `a`, `a_2`, `a_3`. */
export const distinct = (columns: Columns): string[] => {
  const taken = new Set<string>()
  return columns.map(({ name }) => {
    let own = name
    for (let count = 2; taken.has(own); count++) own = `${name}_${count}`
    taken.add(own)
    return own
  })
}
