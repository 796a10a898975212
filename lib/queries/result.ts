import * as z from 'zod'
import { planLine, resultHead, resultLast, type SqlProblem } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { parseJson } from '#lib/core/page'
import { engineError } from '#lib/engine/client'
import type { Running } from './running.ts'
import type { QueryEnd } from './schema.ts'
import { createTail } from './tail.ts'

/**
 * Passes a result on as it comes: its first line with the id of the run, its rows unread. Only what follows the last row
 * is kept back and read: it says how the result ended, or why it did not. Bytes may be lent, and are lent on.
 */
export async function* passResult(
  bytes: AsyncIterable<Uint8Array>,
  run: Pick<Running, 'id' | 'rows' | 'bytes'>,
): AsyncGenerator<Uint8Array, QueryEnd> {
  const tail = createTail()
  let head: Uint8Array[] | undefined = []
  for await (const chunk of bytes) {
    let rest = chunk
    run.bytes += chunk.length
    if (head) {
      const end = chunk.indexOf(newline) + 1
      head.push(Buffer.from(end > 0 ? chunk.subarray(0, end) : chunk))
      if (end === 0) continue
      const line = Buffer.concat(head)
      if (isHead(line)) yield named(line, run.id)
      else tail.keep(line)
      head = undefined
      rest = chunk.subarray(end)
    }
    for (const rows of tail.cut(rest)) {
      run.rows += countLines(rows)
      yield rows
    }
  }
  return endOf([...(head ?? []), ...tail.kept()])
}

const newline = 10

const isHead = (line: Buffer): boolean => {
  const parsed = parseJson(line.toString('utf8'))
  return resultHead.safeParse(parsed).success || planLine.safeParse(parsed).success
}

const named = (line: Buffer, id: string): Buffer =>
  Buffer.concat([Buffer.from(`{"query_id":${JSON.stringify(id)},`), line.subarray(1)])

const countLines = (bytes: Uint8Array): number => {
  let lines = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1
  return lines
}

const endOf = (kept: readonly Uint8Array[]): QueryEnd => {
  const lines = Buffer.concat(kept).toString('utf8').trimEnd().split('\n').map(parseJson)
  const last = engineLast.safeParse(lines.at(-1)).data
  if (last && 'error' in last) throw engineError(last.error)
  const result = resultLast.safeParse(lines.at(-2)).data
  if (!last || !result) throw new AppError('upstream_failed', 'The result broke off before its end. Try again.')
  if ('failed' in result) throw refusalOf(result.failed)
  return result.done
}

const engineLast = z.union([z.object({ error: z.unknown() }), z.object({ end: z.unknown() })])

/** What the server itself said about the statement, for whoever wrote it. */
export const refusalOf = ({ message, code, position, detail, hint }: SqlProblem): AppError =>
  new AppError('query_failed', message, { details: { sqlstate: code, position, hint, server_detail: detail } })
