import { AppError } from '#lib/core/errors'

/** Lines after the last row are two: hundreds of warnings are as much as they ever hold. */
const keptMax_bytes = 4 * 1024 * 1024
const newline = 10
const brace = 0x7b

/**
 * Tells the rows of a result, which begin with `[`, from what follows the last of them, which begins with `{`. Pieces may be
 * lent: what is kept of them is copied, and the rest handed on as it stands.
 */
export const createTail = () => {
  const kept: Uint8Array[] = []
  let partial: Uint8Array[] = []
  let size = 0
  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (size > keptMax_bytes) throw new AppError('upstream_failed', 'The result does not end as it should. Try again.')
    kept.push(Buffer.from(bytes))
  }
  /** Whole lines: the rows among them, unless the rows are over. */
  const rowsOf = (lines: Uint8Array): Uint8Array => {
    const end = size > 0 ? 0 : endOfRows(lines)
    if (end < lines.length) keep(lines.subarray(end))
    return lines.subarray(0, end)
  }
  /** The line that began in pieces before, put together; undefined while it goes on. */
  const completed = (chunk: Uint8Array, end: number): Uint8Array | undefined => {
    const parts = [...partial, chunk.subarray(0, end)]
    if (end > 0) partial = []
    else partial.push(Buffer.from(chunk))
    return end > 0 ? rowsOf(Buffer.concat(parts)) : undefined
  }
  return {
    keep,
    /** What followed the rows, or what came of a row that never ended. */
    kept: (): Uint8Array[] => [...kept, ...partial],
    /** The rows that are whole with this piece, so that a result can break off between any two; the rest is kept. */
    cut(chunk: Uint8Array): Uint8Array[] {
      const start = partial.length > 0 ? chunk.indexOf(newline) + 1 : 0
      const first = partial.length > 0 ? completed(chunk, start) : nothing
      if (!first) return []
      const whole = Math.max(start, chunk.lastIndexOf(newline) + 1)
      const lines = rowsOf(chunk.subarray(start, whole))
      const rest = chunk.subarray(whole)
      if (size > 0) keep(rest)
      else if (rest.length > 0) partial = [Buffer.from(rest)]
      return [first, lines].filter(({ length }) => length > 0)
    },
  }
}

const nothing = new Uint8Array()

/** Looks at line after line from the end on. */
const endOfRows = (lines: Uint8Array): number => {
  let end = lines.length
  while (end > 0) {
    const start = end < 2 ? 0 : lines.lastIndexOf(newline, end - 2) + 1
    if (lines[start] !== brace) break
    end = start
  }
  return end
}
