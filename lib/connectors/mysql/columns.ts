import type { ResultHead } from '../contract.ts'

type ResultKind = ResultHead['columns'][number]['kind']

/** How a value is written: as the number it is, as text, or as bytes. */
export type Writing = 'number' | 'text' | 'binary'

export interface Column {
  name: string
  type: string
  kind: ResultKind
  writing: Writing
}

const flag = { unsigned: 32, zerofill: 64, enum: 256, set: 2048 } as const
const binaryCharset = 63
/** Lengths come in bytes of utf8mb4. */
const characterBytes = 4

/** Reads the definition of a column: six texts, then charset, length, type, flags and decimals. */
export const readColumn = (payload: Buffer): Column => {
  let at = 0
  const texts: string[] = []
  for (let count = 0; count < 6; count++) {
    const [length, start] = textAt(payload, at)
    texts.push(payload.toString('utf8', start, start + length))
    at = start + length
  }
  const fixed = payload.subarray(at + 1)
  if (fixed.length < 10) return { name: texts[4] ?? '', type: 'unknown', kind: 'other', writing: 'binary' }
  const charset = fixed.readUInt16LE(0)
  const facts: Facts = {
    length: fixed.readUInt32LE(2),
    flags: fixed.readUInt16LE(7),
    decimals: fixed[9] ?? 0,
    isBinary: charset === binaryCharset,
  }
  return { name: texts[4] ?? '', ...typeOf(fixed[6] ?? 0, facts) }
}

const textAt = (bytes: Buffer, at: number): [number, number] => {
  const first = bytes[at] ?? 0
  if (first === 0xfc && bytes.length >= at + 3) return [bytes.readUInt16LE(at + 1), at + 3]
  if (first === 0xfd && bytes.length >= at + 4) return [bytes.readUIntLE(at + 1, 3), at + 4]
  return [first < 0xfb ? first : 0, at + 1]
}

interface Facts {
  length: number
  flags: number
  decimals: number
  isBinary: boolean
}

const typeOf = (type: number, facts: Facts): Omit<Column, 'name'> => {
  const number = numbers[type]
  if (number) {
    const [word, kind, writing] = number
    const unsigned = (facts.flags & flag.unsigned) !== 0 && type !== 13 ? ' unsigned' : ''
    const size = kind === 'decimal' ? `(${precisionOf(facts)},${facts.decimals})` : ''
    return { type: word + size + unsigned, kind, writing }
  }
  const other = others[type]
  if (other) return { type: other[0], kind: other[1], writing: other[2] }
  if (type === 16) return { type: `bit(${facts.length})`, kind: 'binary', writing: 'binary' }
  return strings[type] === undefined ? unknown : typeOfText(strings[type], facts)
}

const typeOfText = (word: 'char' | 'varchar' | 'text', { flags, length, isBinary }: Facts): Omit<Column, 'name'> => {
  if ((flags & flag.enum) !== 0) return { type: 'enum', kind: 'text', writing: 'text' }
  if ((flags & flag.set) !== 0) return { type: 'set', kind: 'text', writing: 'text' }
  if (isBinary) {
    const type = word === 'text' ? 'blob' : `${word === 'char' ? 'binary' : 'varbinary'}(${length})`
    return { type, kind: 'binary', writing: 'binary' }
  }
  return {
    type: word === 'text' ? word : `${word}(${Math.floor(length / characterBytes)})`,
    kind: 'text',
    writing: 'text',
  }
}

/** Without the sign and the point. */
const precisionOf = ({ length, decimals, flags }: Facts): number =>
  length - (decimals > 0 ? 1 : 0) - ((flags & flag.unsigned) !== 0 ? 0 : 1)

const unknown: Omit<Column, 'name'> = { type: 'unknown', kind: 'other', writing: 'binary' }

// Whole numbers of 64 bits and decimals do not fit into a double.
const numbers: Record<number, [string, ResultKind, Writing] | undefined> = {
  0: ['decimal', 'decimal', 'text'],
  1: ['tinyint', 'integer', 'number'],
  2: ['smallint', 'integer', 'number'],
  3: ['int', 'integer', 'number'],
  4: ['float', 'float', 'number'],
  5: ['double', 'float', 'number'],
  8: ['bigint', 'integer', 'text'],
  9: ['mediumint', 'integer', 'number'],
  13: ['year', 'integer', 'number'],
  246: ['decimal', 'decimal', 'text'],
}

const others: Record<number, [string, ResultKind, Writing] | undefined> = {
  6: ['null', 'other', 'text'],
  7: ['timestamp', 'timestamp', 'text'],
  10: ['date', 'date', 'text'],
  11: ['time', 'time', 'text'],
  12: ['datetime', 'timestamp', 'text'],
  14: ['date', 'date', 'text'],
  17: ['timestamp', 'timestamp', 'text'],
  18: ['datetime', 'timestamp', 'text'],
  19: ['time', 'time', 'text'],
  245: ['json', 'json', 'text'],
  255: ['geometry', 'geometry', 'binary'],
}

const strings: Record<number, 'char' | 'varchar' | 'text' | undefined> = {
  15: 'varchar',
  247: 'char',
  248: 'char',
  249: 'text',
  250: 'text',
  251: 'text',
  252: 'text',
  253: 'varchar',
  254: 'char',
}
