import * as z from 'zod'
import { resultHead, resultLast } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { parseJson } from '#lib/core/page'
import { engineError } from '#lib/engine/client'
import { refusalOf } from './result.ts'
import type { Running } from './running.ts'
import type { QueryEnd } from './schema.ts'

const newline = 10

/**
 * Passes the bytes of a file on as they come, without the line before them and the two behind them, which say how it
 * ended. `begun` is yielded first, once the server has accepted the statement.
 */
export async function* passFile<B>(
  bytes: AsyncIterable<Uint8Array>,
  run: Pick<Running, 'bytes'>,
  begun: B,
): AsyncGenerator<B | Uint8Array, QueryEnd> {
  let isBegun = false
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of bytes) {
    const given = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    const isEnough = isBegun && thirdLast(given) > 0
    // What is held is short then, and goes on by itself: a copy of every piece would cost the web process its memory.
    if (isEnough) {
      run.bytes += held.length
      if (held.length > 0) yield held
    }
    held = isEnough ? given : Buffer.concat([held, given])
    if (!isBegun) {
      const end = held.indexOf(newline)
      if (end < 0 || !resultHead.safeParse(parseJson(held.toString('utf8', 0, end))).success) continue
      isBegun = true
      yield begun
      held = held.subarray(end + 1)
    }
    const cut = thirdLast(held)
    if (cut <= 0) continue
    run.bytes += cut
    yield held.subarray(0, cut)
    held = Buffer.from(held.subarray(cut))
  }
  const { file, end } = endOf(held)
  run.bytes += file.length
  if (file.length > 0) yield file
  return end
}

/** Where the line break stands that the last two lines follow: before it, all is of the file. */
const thirdLast = (bytes: Buffer): number => {
  let at = bytes.length
  for (let count = 0; count < 3 && at > 0; count++) at = bytes.lastIndexOf(newline, at - 1)
  return at
}

const endOf = (held: Buffer): { file: Buffer; end: QueryEnd } => {
  const cut = thirdLast(held)
  const [last, end] = held.toString('utf8', Math.max(cut, 0)).trim().split('\n').map(parseJson)
  const result = resultLast.safeParse(last).data
  if (!result || !z.object({ end: z.unknown() }).safeParse(end).success) throw failureOf(held)
  if ('failed' in result) throw refusalOf(result.failed)
  return { file: held.subarray(0, Math.max(cut, 0)), end: result.done }
}

/** The reason follows the last byte of the file, wherever that stands in its line. */
const failureOf = (held: Buffer): AppError => {
  const parsed = parseJson(held.toString('utf8', Math.max(held.lastIndexOf('{"error":'), 0)))
  const { error } = z.object({ error: z.unknown() }).safeParse(parsed).data ?? {}
  if (error !== undefined) return engineError(error)
  return new AppError('upstream_failed', 'The export broke off before its end. Start it again.')
}
