import { AppError } from '#lib/core/errors'

/** Lines after the last row are two: hundreds of warnings are as much as they ever hold. */
const keptMax_bytes = 4 * 1024 * 1024
const newline = 10
const brace = 0x7b

/** Tells the rows of a result, which begin with `[`, from what follows the last of them, which begins with `{`. */
export const createTail = () => {
  const kept: Uint8Array[] = []
  let partial: Uint8Array[] = []
  let size = 0
  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (size > keptMax_bytes) throw new AppError('upstream_failed', 'The result does not end as it should. Try again.')
    kept.push(bytes)
  }
  return {
    keep,
    /** What followed the rows, or what came of a row that never ended. */
    kept: (): Uint8Array[] => [...kept, ...partial],
    /** The rows that are whole with this piece, so that a result can break off between any two; the rest is kept. */
    cut(chunk: Uint8Array): Uint8Array {
      if (size > 0) {
        keep(chunk)
        return nothing
      }
      const whole = chunk.lastIndexOf(newline) + 1
      if (whole === 0) {
        partial.push(chunk)
        return nothing
      }
      const start = chunk.subarray(0, whole)
      const lines = partial.length === 0 ? start : Buffer.concat([...partial, start])
      const end = endOfRows(lines)
      const rest = chunk.subarray(whole)
      partial = end === lines.length && rest.length > 0 ? [rest] : []
      if (end < lines.length) for (const bytes of [lines.subarray(end), rest]) keep(bytes)
      return lines.subarray(0, end)
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
