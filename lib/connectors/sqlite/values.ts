import type { ResultLines } from '../_sql/result-lines.ts'

/** Writes a row as SQLite's own values: each has a type of its own, whatever its column says. */
export const writeRow = (lines: ResultLines, values: readonly unknown[], columnsMax: number): void => {
  for (const value of values.slice(0, columnsMax)) writeValue(lines, value)
}

const writeValue = (lines: ResultLines, value: unknown): void => {
  if (value === null || value === undefined) lines.null()
  else if (value instanceof Uint8Array)
    lines.binary(Buffer.from(value.buffer, value.byteOffset, value.byteLength), 0, value.byteLength)
  else {
    const text = Buffer.from(textOf(value))
    const isNumber = typeof value === 'number' || (typeof value === 'bigint' && fits(value))
    lines[isNumber ? 'number' : 'text'](text, 0, text.length)
  }
}

const largest = BigInt(Number.MAX_SAFE_INTEGER)
/** Into a double, exactly. */
const fits = (value: bigint): boolean => value <= largest && value >= -largest

/** Numbers in as many digits as tell them from all others; those without end as words. */
const textOf = (value: unknown): string => (Object.is(value, -0) ? '-0.0' : String(value))
