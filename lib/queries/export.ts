import * as z from 'zod'
import { resultHead, resultLast } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { parseJson } from '#lib/core/page'
import { engineError } from '#lib/engine/client'
import { createPieceReader } from './formats/pieces.ts'
import { refusalOf } from './result.ts'
import type { Running } from './running.ts'
import type { QueryEnd } from './schema.ts'

/** As much of the end is kept as the reason of a failure takes, wherever it stands. */
const endingMax_bytes = 8 * 1024

/**
 * Passes the bytes of a file on as they come, without the lines before and behind them, and counts them and their rows.
 * `begun` is yielded first, once the server has accepted the statement.
 */
export async function* passFile<B>(
  bytes: AsyncIterable<Uint8Array>,
  run: Pick<Running, 'rows' | 'bytes'>,
  begun: B,
): AsyncGenerator<B | Uint8Array, QueryEnd> {
  const read = createPieceReader()
  const lines: unknown[] = []
  let isBegun = false
  let ending: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    ending = endingOf(ending, chunk)
    for (const piece of read(chunk)) {
      if ('line' in piece) {
        lines.push(parseJson(piece.line.toString('utf8')))
        if (isBegun || !resultHead.safeParse(lines[0]).success) continue
        isBegun = true
        lines.length = 0
        yield begun
      } else {
        run.rows += piece.rows
        run.bytes += piece.file.length
        if (piece.file.length > 0) yield piece.file
      }
    }
  }
  return endOf(lines, ending)
}

/** The last bytes, as bytes of their own: a chunk is lent. */
const endingOf = (before: Buffer, chunk: Uint8Array): Buffer =>
  Buffer.concat([before, chunk.subarray(-endingMax_bytes)]).subarray(-endingMax_bytes)

const endOf = ([last, end, ...more]: readonly unknown[], ending: Buffer): QueryEnd => {
  const result = resultLast.safeParse(last).data
  const isWhole = more.length === 0 && z.object({ end: z.unknown() }).safeParse(end).success
  if (!result || !isWhole) throw failureOf(ending)
  if ('failed' in result) throw refusalOf(result.failed)
  return result.done
}

/** The reason follows the last byte of the file, which may be in the middle of a piece. */
const failureOf = (ending: Buffer): AppError => {
  const parsed = parseJson(ending.toString('utf8', Math.max(ending.lastIndexOf('{"error":'), 0)))
  const { error } = z.object({ error: z.unknown() }).safeParse(parsed).data ?? {}
  if (error !== undefined) return engineError(error)
  return new AppError('upstream_failed', 'The export broke off before its end. Start it again.')
}
