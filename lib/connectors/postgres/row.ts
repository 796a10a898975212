/** Reads one row of binary results in place: fields by number, arrays element by element, nothing copied until asked for. */
export class Row {
  #bytes: Buffer = Buffer.alloc(0)
  readonly #starts = new Int32Array(64)
  readonly #lengths = new Int32Array(64)

  load(bytes: Buffer, at: number): void {
    this.#bytes = bytes
    const count = Math.min(bytes.readInt16BE(at), 64)
    let place = at + 2
    for (let field = 0; field < count; field++) {
      const length = bytes.readInt32BE(place)
      this.#starts[field] = place + 4
      this.#lengths[field] = length
      place += 4 + Math.max(length, 0)
    }
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  isNull(field: number): boolean {
    return this.length(field) < 0
  }

  start(field: number): number {
    return this.#starts[field] ?? 0
  }

  length(field: number): number {
    return this.#lengths[field] ?? -1
  }

  text(field: number): string | null {
    const start = this.start(field)
    return this.isNull(field) ? null : this.#bytes.toString('utf8', start, start + this.length(field))
  }

  int(field: number): number {
    return this.#bytes.readInt32BE(this.start(field))
  }

  bool(field: number): boolean {
    return this.#bytes[this.start(field)] === 1
  }

  /** Elements of a one-dimensional array; a null or empty one has none. */
  count(field: number): number {
    if (this.isNull(field)) return 0
    const start = this.start(field)
    return this.#bytes.readInt32BE(start) === 0 ? 0 : this.#bytes.readInt32BE(start + 12)
  }

  /** Where the first element's length stands. */
  first(field: number): number {
    return this.start(field) + 20
  }

  texts(field: number): (string | null)[] {
    let place = this.first(field)
    return Array.from({ length: this.count(field) }, () => {
      const length = this.#bytes.readInt32BE(place)
      const from = place + 4
      place = from + Math.max(length, 0)
      return length < 0 ? null : this.#bytes.toString('utf8', from, from + length)
    })
  }

  bools(field: number): boolean[] {
    return Array.from({ length: this.count(field) }, (_, index) => this.#bytes[this.first(field) + index * 5 + 4] === 1)
  }

  /** Elements may be null; those are 0, which no id is. */
  ints(field: number): number[] {
    let place = this.first(field)
    return Array.from({ length: this.count(field) }, () => {
      const length = this.#bytes.readInt32BE(place)
      const value = length < 0 ? 0 : this.#bytes.readUInt32BE(place + 4)
      place += 4 + Math.max(length, 0)
      return value
    })
  }

  smallInts(field: number): number[] {
    return Array.from({ length: this.count(field) }, (_, index) =>
      this.#bytes.readInt16BE(this.first(field) + index * 6 + 4),
    )
  }
}

/** `{1,2}` and `1 2`, as PostgreSQL writes lists of numbers. */
export const readNumbers = (text: string | null): number[] => (text?.match(/\d+/g) ?? []).map(Number)

/** An array literal of text: `{a,"b c","d\"e"}`. */
export const readTexts = (literal: string | null): string[] => {
  const items: string[] = []
  const item = /[{,](?:"((?:[^"\\]|\\.)*)"|([^,{}"]+))/gs
  for (const match of (literal ?? '').matchAll(item)) items.push(match[1]?.replace(/\\(.)/gs, '$1') ?? match[2] ?? '')
  return items
}
