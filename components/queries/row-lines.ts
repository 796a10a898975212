const newline = 0x0a
const bracket = 0x5b
const [comma, quote, backslash, closeBracket, brace, closeBrace] = [0x2c, 0x22, 0x5c, 0x5d, 0x7b, 0x7d]
const block_bytes = 1 << 20
const pageBits = 16
const pageRows = 1 << pageBits
const pageMask = pageRows - 1
// A place is the number of its block and the offset in there, in one double.
const placeUnit = 2 ** 32

/**
 * The rows of a result as the bytes they came in: a million rows are some large arrays and not ten million objects. A row is
 * read only when somebody looks at it.
 */
export class RowLines {
  #blocks: Uint8Array[] = []
  /** Of the last block. */
  #used = 0
  /** Where the line that is not finished yet begins in the last block. */
  #lineStart = 0
  #places: Float64Array[] = []
  #decoder = new TextDecoder()
  #onLine: (line: string) => void
  count = 0
  /** What arrived, in bytes. */
  bytes = 0

  /** `onLine` hears of the lines that are no rows. */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  append(chunk: Uint8Array): void {
    this.bytes += chunk.length
    const block = this.#roomFor(chunk.length)
    block.set(chunk, this.#used)
    let at = this.#used
    this.#used += chunk.length
    for (;;) {
      const end = block.subarray(0, this.#used).indexOf(newline, at)
      if (end < 0) return
      this.#close(block, end)
      at = end + 1
      this.#lineStart = at
    }
  }

  /** Takes what stands behind the last line break for a line. */
  finish(): void {
    if (this.#blocks.length > 0 && this.#used > this.#lineStart) this.append(new Uint8Array([newline]))
  }

  /** The text of a row, a JSON array. */
  text(row: number): string {
    const place = this.#placeOf(row)
    const block = this.#blocks[Math.floor(place / placeUnit)] ?? new Uint8Array()
    const start = place % placeUnit
    return this.#decoder.decode(block.subarray(start, block.indexOf(newline, start)))
  }

  /** The JSON of one value of a row, without reading the others. */
  cell(row: number, column: number): string {
    const place = this.#placeOf(row)
    const block = this.#blocks[Math.floor(place / placeUnit)] ?? new Uint8Array()
    let start = (place % placeUnit) + 1
    for (let before = 0; before < column; before += 1) {
      start = endOfValue(block, start)
      if (block[start] !== comma) return 'null'
      start += 1
    }
    const end = endOfValue(block, start)
    return end === start ? 'null' : textOf(block, start, end, this.#decoder)
  }

  /** How much memory the rows take. */
  get held(): number {
    const size = (all: readonly ArrayBufferView[]) => all.reduce((sum, { byteLength }) => sum + byteLength, 0)
    return size(this.#blocks) + size(this.#places)
  }

  #placeOf(row: number): number {
    const place = this.#places[row >> pageBits]?.[row & pageMask]
    if (row < 0 || row >= this.count || place === undefined) throw new RangeError(`There is no row ${row}.`)
    return place
  }

  #close(block: Uint8Array, end: number): void {
    if (block[this.#lineStart] === bracket) this.#addRow()
    else {
      const line = this.#decoder.decode(block.subarray(this.#lineStart, end))
      if (line.trim() !== '') this.#onLine(line)
    }
  }

  #addRow(): void {
    const at = this.count & pageMask
    if (at === 0) this.#places.push(new Float64Array(pageRows))
    const page = this.#places.at(-1)
    if (page) page[at] = (this.#blocks.length - 1) * placeUnit + this.#lineStart
    this.count += 1
  }

  /** The last block where so much more fits into it, else a new one that begins with the unfinished line. */
  #roomFor(length: number): Uint8Array {
    const last = this.#blocks.at(-1)
    if (last && this.#used + length <= last.length) return last
    const rest = last?.subarray(this.#lineStart, this.#used) ?? new Uint8Array()
    // Twice the need, so that a line of many megabytes is not copied for every piece of it.
    const block = new Uint8Array(Math.max(block_bytes, 2 * rest.length + length))
    block.set(rest)
    this.#blocks.push(block)
    this.#used = rest.length
    this.#lineStart = 0
    return block
  }
}

/** Where the value that begins here ends. */
const endOfValue = (bytes: Uint8Array, start: number): number => {
  let depth = 0
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === quote) at = endOfText(bytes, at)
    else if (byte === bracket || byte === brace) depth += 1
    else if (depth === 0 && (byte === comma || byte === closeBracket)) return at
    else if (byte === closeBracket || byte === closeBrace) depth -= 1
  }
  return bytes.length
}

/** The quote that ends a text. */
const endOfText = (bytes: Uint8Array, start: number): number => {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1
  return at
}

/** A decoder costs more than a short piece of ASCII does. */
const textOf = (bytes: Uint8Array, start: number, end: number, decoder: TextDecoder): string => {
  if (end - start > 48) return decoder.decode(bytes.subarray(start, end))
  let text = ''
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte > 0x7f) return decoder.decode(bytes.subarray(start, end))
    text += String.fromCharCode(byte)
  }
  return text
}
