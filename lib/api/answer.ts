import * as z from 'zod'
import { problemOf } from './problem.ts'

export interface Envelope {
  status: number
  headers: Record<string, string>
  text: string
}

/** `{ data, meta }`; a list's items are the data and its page the meta. */
export const envelopeOf = (
  request: Request,
  result: unknown,
  meta: Record<string, unknown>,
  { status }: { status: number },
): Envelope => {
  const body = isList(result) ? listBody(result, meta) : { data: result, meta }
  const headers = { ...noStore, 'content-type': 'application/json', ...headersOf(request, result, status) }
  return { status, headers, text: JSON.stringify(body) }
}

export const envelopeResponse = (...given: Parameters<typeof envelopeOf>): Response => {
  const { text, ...init } = envelopeOf(...given)
  return new Response(text, init)
}

/** A stream's final object, plain, for callers that want one answer. */
export const wholeResponse = async (lines: AsyncGenerator<unknown, unknown>): Promise<Response> => {
  for (;;) {
    const next = await lines.next()
    if (next.done) return Response.json(next.value, { headers: noStore })
  }
}

/**
 * A stream as NDJSON: its lines, then exactly one last line, `{"end":…}` with the final object or `{"error":…}` with a
 * problem; `plain`: the final object by itself instead of `{"end":…}`. What fails before the first line is an ordinary problem response.
 */
export const linesResponse = async (
  lines: AsyncGenerator<unknown, unknown>,
  { requestId, cancel, plain = false }: { requestId: string; cancel: () => void; plain?: boolean },
): Promise<Response> => {
  const first = await lines.next()
  const lastOf = (value: unknown) => lineOf(plain ? value : { end: value })
  const failed = (error: unknown) => lineOf({ error: problemOf(error, requestId) })
  const body = bodyOf(piecesOf(lines, first, { lastOf, failed }), endingOf(lines, cancel))
  return new Response(body, { headers: { ...noStore, 'content-type': 'application/x-ndjson; charset=utf-8' } })
}

/**
 * A stream of bytes as a file to keep. What fails before the first byte is an ordinary problem response; what fails later
 * breaks the transfer off, so that half a file is never taken for a whole one.
 */
export const fileResponse = async (
  lines: AsyncGenerator<unknown, unknown>,
  { name, format, cancel }: { name: string; format: FileFormat; cancel: () => void },
): Promise<Response> => {
  const body = bodyOf(piecesOf(lines, await lines.next(), {}), endingOf(lines, cancel))
  const disposition = `attachment; filename="jackfield-${name}.${format}"`
  return new Response(body, {
    headers: { ...noStore, 'content-type': fileTypes[format], 'content-disposition': disposition },
  })
}

interface Endings {
  /** Of what the stream returns; otherwise nothing is said of it. */
  lastOf?: (value: unknown) => Uint8Array
  /** Of what it fails with; otherwise it fails. */
  failed?: (error: unknown) => Uint8Array
}

async function* piecesOf(
  lines: AsyncGenerator<unknown, unknown>,
  first: IteratorResult<unknown, unknown>,
  { lastOf, failed }: Endings,
): AsyncGenerator<Uint8Array, void> {
  let next = first
  try {
    for (; !next.done; next = await lines.next())
      yield next.value instanceof Uint8Array ? next.value : lineOf(next.value)
    if (lastOf) yield lastOf(next.value)
  } catch (error) {
    if (!failed) throw error
    yield failed(error)
  }
}

/** For a reader who leaves. */
const endingOf = (lines: AsyncGenerator<unknown, unknown>, cancel: () => void) => async (): Promise<void> => {
  cancel()
  await lines.return(undefined).catch(() => undefined)
}

/**
 * A body whose bytes are put where its reader wants them, so that nothing has to be made and cleared away for every piece.
 * A piece is only lent by whoever made it: none is asked for before the one before is gone.
 */
const bodyOf = (pieces: AsyncGenerator<Uint8Array, void>, cancel: () => Promise<void>): ReadableStream<Uint8Array> => {
  let piece: Uint8Array = new Uint8Array()
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      while (piece.length === 0) {
        const { done, value } = await pieces.next()
        if (done) return endOf(controller)
        piece = value
      }
      piece = put(piece, controller)
    },
    cancel,
  })
}

/** Answers what there was no room for. */
const put = (piece: Uint8Array, controller: ReadableByteStreamController): Uint8Array => {
  const room = controller.byobRequest?.view
  if (!room) {
    controller.enqueue(new Uint8Array(piece))
    return new Uint8Array()
  }
  const length = Math.min(room.byteLength, piece.length)
  new Uint8Array(room.buffer, room.byteOffset, length).set(piece.subarray(0, length))
  controller.byobRequest?.respond(length)
  return piece.subarray(length)
}

const endOf = (controller: ReadableByteStreamController): void => {
  controller.close()
  controller.byobRequest?.respond(0)
}

/** The same for a stream whose first line says what the file is called and which format it has. */
export const downloadResponse = async (
  lines: AsyncGenerator<unknown, unknown>,
  { cancel }: { cancel: () => void },
): Promise<Response> => {
  const { name, format } = downloadLine.parse((await lines.next()).value)
  return fileResponse(lines, { name, format, cancel })
}

const downloadLine = z.object({
  name: z.string().transform((name) => name.replace(/[^\w-]/g, '_')),
  format: z.string().refine((format): format is FileFormat => Object.hasOwn(fileTypes, format)),
})

/** What a file is sent as. */
export const fileTypes = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  yaml: 'application/yaml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
}
export type FileFormat = keyof typeof fileTypes

const noStore = { 'cache-control': 'no-store' }

const encoder = new TextEncoder()
const lineOf = (value: unknown): Uint8Array => encoder.encode(`${JSON.stringify(value)}\n`)

interface List {
  items: unknown[]
}

const isList = (result: unknown): result is List =>
  typeof result === 'object' && result !== null && 'items' in result && Array.isArray(result.items)

const listBody = ({ items, ...rest }: List, meta: Record<string, unknown>) => ({
  data: items,
  meta: { ...meta, ...rest },
})

const headersOf = (request: Request, result: unknown, status: number): Record<string, string> => {
  if (typeof result !== 'object' || result === null || isList(result)) return {}
  const etag = 'revision' in result && typeof result.revision === 'number' ? { etag: `"${result.revision}"` } : {}
  if (status !== 201 || !('id' in result) || typeof result.id !== 'string') return etag
  return { ...etag, location: `${new URL(request.url).pathname.replace(/\/$/, '')}/${encodeURIComponent(result.id)}` }
}
