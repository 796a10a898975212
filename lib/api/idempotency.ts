import * as z from 'zod'
import { keyedHash } from '#lib/auth/keyed-hash'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import type { Tx } from '#lib/db/client'
import { claimAnswer, dropClaim, findAnswer, keepAnswer, keepAnswerAlone, type StoredAnswer } from './store.ts'

export interface IdempotentCall {
  request: Request
  /** Who calls; the same key of another actor, workspace or route is another key. */
  actor: { kind: string; id: string; workspaceId: string } | undefined
  fields: Record<string, unknown>
  /** Of a stream only its last line is kept, which says how it ended: the rows of a query are stored nowhere (SQL-10). */
  onlyEnd?: boolean | undefined
}

/** Stores what a write answers in the write's own transaction, so that both are there after a crash, or neither. */
export type Keep = (tx: Tx, answer: Kept) => Promise<void>

export interface Kept {
  status: number
  headers: Record<string, string>
  text: string
}

/**
 * `Idempotency-Key` (API-7): the same POST again gets the first one's answer for 24 hours, another body 422, and a twin of
 * a call that is still running 409. Only answers that changed something are kept: what was refused may be sent again.
 * What is kept holds no secret: the body is there as a keyed hash only, answers never repeat what was typed, and the
 * fields that an operation shows once (`shownOnce`) are masked before they come here.
 */
export const idempotent = async (
  call: IdempotentCall,
  run: (keep: Keep | undefined) => Promise<Response>,
): Promise<Response> => {
  const key = call.request.method === 'POST' ? call.request.headers.get('idempotency-key') : null
  if (key === null) return run(undefined)
  const id = keyedHash('idempotency-key', canonical([routeOf(call), parseKey(key)]))
  const body = keyedHash('idempotent-body', canonical(call.fields))
  const claim = newId('request')
  const { workspaceId = null } = call.actor ?? {}
  if (!(await claimAnswer(id, { workspaceId, body, claim }))) return replay(await findAnswer(id), body)
  return runOnce(claim, run, call.onlyEnd)
}

const runOnce = async (claim: string, run: (keep: Keep) => Promise<Response>, onlyEnd = false): Promise<Response> => {
  let isKept = false
  const keep: Keep = async (tx, answer) => {
    if (!(await keepAnswer(tx, claim, answer))) throw running()
    isKept = true
  }
  try {
    const response = await run(keep)
    return isKept ? response : keepWhenSent(response, claim, onlyEnd ? lastLine() : whole())
  } catch (error) {
    // A claim that cannot be given up now runs out by itself.
    await dropClaim(claim).catch(() => undefined)
    throw error
  }
}

const replay = (stored: StoredAnswer | undefined, body: Uint8Array): Response => {
  if (!stored) throw running()
  if (Buffer.compare(stored.body, body) !== 0) {
    const message = 'This Idempotency-Key was used with another body in the last 24 hours. Use a new key.'
    throw new AppError('unprocessable', message)
  }
  if (stored.status === null || stored.text === null) throw running()
  const headers = z.record(z.string(), z.string()).parse(stored.headers)
  return new Response(stored.text, { status: stored.status, headers: { ...headers, 'idempotent-replayed': 'true' } })
}

/** Longer answers than this are not kept; the tests of a connection take a few thousand characters. */
const keptMax_bytes = 256 * 1024

/** What is kept of pieces that pass; undefined where that is too much. */
interface Collector {
  add(piece: Uint8Array): void
  text(): string | undefined
}

const whole = (): Collector => {
  const pieces: Uint8Array[] = []
  let size = 0
  return {
    add(piece) {
      size += piece.byteLength
      if (size <= keptMax_bytes) pieces.push(piece)
    },
    text: () => (size > keptMax_bytes ? undefined : Buffer.concat(pieces).toString('utf8')),
  }
}

const lastLine = (): Collector => {
  let held: Buffer = Buffer.alloc(0)
  return {
    add(piece) {
      const joined = Buffer.concat([held, piece])
      // Of a line that is too long anyway, only so much as to know it.
      held = joined.subarray(Math.max(joined.lastIndexOf(10, joined.length - 2) + 1, joined.length - keptMax_bytes - 1))
    },
    text: () => (held.length > keptMax_bytes ? undefined : held.toString('utf8')),
  }
}

/** For streams, which have no transaction: passes the pieces on and stores them when the last one has been taken. */
const keepWhenSent = (response: Response, claim: string, kept: Collector): Response => {
  const { status, body } = response
  const headers = Object.fromEntries(response.headers)
  const reader = body?.getReader()
  const finish = async (): Promise<void> => {
    const text = kept.text()
    if (text === undefined) await dropClaim(claim)
    else await keepAnswerAlone(claim, { status, headers, text })
  }
  const passing = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await reader?.read()
      if (next?.value) {
        kept.add(next.value)
        return controller.enqueue(next.value)
      }
      await finish().catch(() => undefined)
      controller.close()
    },
    async cancel(reason) {
      await reader?.cancel(reason)
      await dropClaim(claim)
    },
  })
  return new Response(passing, { status, headers })
}

const parseKey = (key: string): string => {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'An Idempotency-Key has 1 to 255 visible ASCII characters.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '', message }] })
}

const routeOf = ({ request, actor }: IdempotentCall): string[] => [
  actor?.workspaceId ?? '',
  actor?.kind ?? '',
  actor?.id ?? '',
  new URL(request.url).pathname,
]

/** JSON with sorted keys: the same fields in another order are the same body. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

const running = () =>
  new AppError('conflict', 'A request with this Idempotency-Key is still running. Try again in a moment.', {
    retryAfter_s: 1,
  })
