import type * as z from 'zod'
import { findManifest } from '#lib/connectors/catalog'
import {
  type Discovered,
  type DiscoverRequest,
  discovered,
  type FileLine,
  type FilesRequest,
  fileLine,
} from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import type { ReadContext } from '#lib/core/operation'
import { parseJson } from '#lib/core/page'
import { engineError, readLines, runJob } from '#lib/engine/client'
import type { RunRequest } from '#lib/engine/protocol'
import { requireSource } from './store.ts'

/** Asks the engine what a saved connection holds; the bytes are NDJSON with one last line that ends or fails it. */
export const startDiscovery = (ref: string, request: DiscoverRequest, context: ReadContext) =>
  startJob(ref, { capability: 'discover', request }, context)

/** The same, parsed: for answers that are small. */
export const discover = async (ref: string, request: DiscoverRequest, context: ReadContext): Promise<Discovered[]> =>
  linesOf(await startDiscovery(ref, request, context), discovered)

/** Lists a folder of a saved connection, or shows the beginning of a file; both are small. */
export const browse = async (ref: string, request: FilesRequest, context: ReadContext): Promise<FileLine[]> =>
  linesOf(await startJob(ref, { capability: 'files', request }, context), fileLine)

type SourceJob = Exclude<RunRequest['job'], { capability: 'test' | 'pages' }>

export const startJob = async (
  ref: string,
  job: SourceJob,
  { actor, db, ticket, signal }: ReadContext,
): Promise<AsyncIterable<Uint8Array>> => {
  const source = await requireSource(db, actor, ref)
  if (!findManifest(source.type)?.capabilities.includes(job.capability)) {
    throw new AppError('unprocessable', `“${source.name}” ${missing[job.capability]}`)
  }
  return runJob({ ticket, target: { connection_id: source.id }, job }, signal)
}

const missing = {
  discover: 'has nothing to discover: its connector cannot list tables.',
  query: 'takes no queries: its connector runs none.',
  replicate: 'cannot be captured: its connector has no change data capture.',
  files: 'has no files: its connector cannot list any.',
} as const satisfies Record<SourceJob['capability'], string>

export const linesOf = async <S extends z.ZodType>(
  bytes: AsyncIterable<Uint8Array>,
  schema: S,
): Promise<z.output<S>[]> => {
  const found: z.output<S>[] = []
  for await (const line of parsedLines(bytes, schema)) found.push(line)
  return found
}

/** The lines of a job as they come, without its last one; a failure becomes an error. */
export async function* parsedLines<S extends z.ZodType>(
  bytes: AsyncIterable<Uint8Array>,
  schema: S,
): AsyncGenerator<z.output<S>, void> {
  for await (const line of readLines(bytes)) {
    const end = endOf(line)
    if (!end) yield schema.parse(line)
    else if (end.error === undefined) return
    else throw engineError(end.error)
  }
  throw brokenOff()
}

/** Passes a discovery on byte by byte, without its last line; a failure becomes an error. */
export async function* passOn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array = new Uint8Array()
  for await (const chunk of bytes) {
    const joined = held.length > 0 ? Buffer.concat([held, chunk]) : Buffer.from(chunk)
    // The last line may be the end, so it waits for the next chunk; only what stands before it is certainly data.
    const cut = joined.lastIndexOf(newline, joined.length - 2) + 1
    if (cut > 0) yield joined.subarray(0, cut)
    held = joined.subarray(cut)
  }
  const end = endOf(parseJson(Buffer.from(held).toString('utf8')))
  if (!end) throw brokenOff()
  if (end.error !== undefined) throw engineError(end.error)
}

const newline = 10

const endOf = (line: unknown): { error?: unknown } | undefined => {
  if (typeof line !== 'object' || line === null) return undefined
  if ('error' in line) return { error: line.error }
  return 'end' in line ? {} : undefined
}

const brokenOff = () => new AppError('upstream_failed', 'The listing broke off before its end. Try again.')
