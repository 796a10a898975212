import * as z from 'zod'
import { databaseOutage } from '#lib/core/database-outage'
import { AppError, type ErrorCode, errorTable } from '#lib/core/errors'
import { webLog } from './log.ts'

export const problemDocument = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** One sentence that says what to do. */
  detail: z.string(),
  code: z.enum(Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]]),
  request_id: z.string(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
})
/** The one error shape of the API (RFC 9457). `AppError.details` are added beside these members. */
export type ProblemDocument = z.output<typeof problemDocument>

/** The problem document of anything that was thrown. What we did not throw on purpose says nothing about itself. */
export const problemOf = (error: unknown, requestId: string): ProblemDocument => {
  const known = toAppError(error)
  const { status, title } = errorTable[known.code]
  return {
    ...known.details,
    type: `/docs/api#problem-${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    request_id: requestId,
    ...(known.errors && { errors: known.errors }),
  }
}

export const problemResponse = (error: unknown, requestId: string): Response => {
  const problem = problemOf(error, requestId)
  const retryAfter_s = error instanceof AppError ? error.retryAfter_s : undefined
  // A trail or a database that cannot be written has a cause that only the log may hold.
  if (problem.status === 500 || (problem.code === 'unavailable' && hasCause(error))) report(error, requestId)
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...extraHeaders[problem.code],
      ...(retryAfter_s !== undefined && { 'retry-after': String(retryAfter_s) }),
    },
  })
}

const extraHeaders: Partial<Record<ErrorCode, Record<string, string>>> = {
  unauthorized: { 'www-authenticate': 'Bearer' },
  unavailable: { 'retry-after': '5' },
  rate_limited: { 'retry-after': '60' },
}

/** Only the kind of a driver's error is used: its text may quote rows, queries and connection strings (M15). */
const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error
  if (nameOf(error) === 'AbortError') return new AppError('cancelled', 'The request was cancelled.')
  if (nameOf(error) === 'TimeoutError') return new AppError('upstream_timeout', 'This took too long. Try again.')
  const database = databaseError(error)
  return database ?? new AppError('internal', 'Something went wrong on our side. Try again.', { cause: error })
}

const databaseError = (error: unknown): AppError | undefined => {
  const outage = databaseOutage(error)
  if (outage) return outage
  return nameOf(error).startsWith('PrismaClient') ? databaseProblems[codeOf(error)]?.() : undefined
}

const taken = () => new AppError('name_taken', 'Something with this name already exists. Choose another name.')
const concurrent = () => new AppError('conflict', 'Someone else changed this at the same moment. Try again.')
const gone = () => new AppError('not_found', 'There is no such thing, or it belongs to another workspace.')

/** Prisma's codes that mean something to the caller; every other one is `internal`. */
const databaseProblems: Record<string, (() => AppError) | undefined> = {
  P2002: taken,
  P2025: gone,
  P2034: concurrent,
}

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : '')

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** A database that is away explains itself, also where the engine says so; anything else behind an error is for the log. */
const hasCause = (error: unknown): boolean => {
  if (!(error instanceof AppError) || error.cause === undefined) return false
  const { cause } = error
  const isExplained =
    cause instanceof AppError ? cause.code === 'unavailable' && !hasCause(cause) : databaseError(cause)
  return !isExplained
}

/** One line for the operator: which request, what kind of error and where, never its text. */
const report = (error: unknown, requestId: string): void => {
  const cause = error instanceof AppError ? error.cause : error
  const frames = cause instanceof Error ? (cause.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? []) : []
  webLog().error(
    {
      request_id: requestId,
      error: nameOf(cause) || typeof cause,
      code: codeOf(cause),
      stack: frames.slice(0, 12).map((frame) => frame.trim()),
    },
    'A request failed.',
  )
}
