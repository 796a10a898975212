import { AppError } from '#lib/core/errors'

/** Lines after the last row are two: hundreds of warnings are as much as they ever hold. */
const keptMax_bytes = 4 * 1024 * 1024
const newline = 10
const brace = 0x7b

/** Tells the rows of a result, which begin with `[`, from what follows the last of them, which begins with `{`. */
export const createTail = () => {
  const kept: Uint8Array[] = []
  let size = 0
  let isLineStart = true
  const keep = (bytes: Uint8Array): void => {
    size += bytes.length
    if (size > keptMax_bytes) throw new AppError('upstream_failed', 'The result does not end as it should. Try again.')
    kept.push(bytes)
  }
  return {
    keep,
    kept: (): readonly Uint8Array[] => kept,
    /** The rows in a piece, the very same bytes; what follows them is kept. */
    cut(chunk: Uint8Array): Uint8Array {
      if (size > 0) {
        keep(chunk)
        return chunk.subarray(0, 0)
      }
      if (chunk.length === 0) return chunk
      const end = endOfRows(chunk, isLineStart ? 0 : chunk.indexOf(newline) + 1 || chunk.length)
      isLineStart = chunk[chunk.length - 1] === newline
      if (end < chunk.length) keep(chunk.subarray(end))
      return chunk.subarray(0, end)
    },
  }
}

/** Looks at line after line from the end on, and no further back than `from`, where the first whole one begins. */
const endOfRows = (chunk: Uint8Array, from: number): number => {
  let end = chunk.length
  while (end > from) {
    const start = end < 2 ? from : Math.max(chunk.lastIndexOf(newline, end - 2) + 1, from)
    if (chunk[start] !== brace) break
    end = start
  }
  return end
}
