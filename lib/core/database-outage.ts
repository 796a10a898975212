import * as z from 'zod'
import { AppError } from './errors.ts'

/** How Prisma's adapter hands on what the driver said about a statement. */
const adapterError = z.object({
  meta: z.object({
    driverAdapterError: z.object({ cause: z.object({ kind: z.string(), originalCode: z.string().optional() }) }),
  }),
})

const kinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections'])

/** What the driver itself said (`lib/db/rows.ts`): a SQLSTATE, or why the network did not work. */
const statementError = z.object({ name: z.literal('StatementError'), code: z.string() })
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOENT',
])

/** SQLSTATE classes: no connection, no resources left, stopped or starting by its operator. */
const states = /^(08|53|57P0)/

/** What the driver says without any code when a connection ends under it or is never made. */
const sentences = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
])

/** Prisma's own: not reached in time, closed, no connection or no transaction free. */
const prismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037'])
const prismaError = z.object({ name: z.string().startsWith('PrismaClient'), code: z.string() })

/** Whether our own database is away, rather than unhappy with what it was asked (REL-7). */
const isDatabaseOutage = (error: Error): boolean => {
  if (sentences.has(error.message) || error.name === 'PrismaClientInitializationError') return true
  const prisma = prismaError.safeParse(error)
  if (prisma.success && prismaCodes.has(prisma.data.code)) return true
  const statement = statementError.safeParse(error)
  if (statement.success) return networkCodes.has(statement.data.code) || states.test(statement.data.code)
  const { data } = adapterError.safeParse(error)
  if (!data) return false
  const { kind, originalCode = '' } = data.meta.driverAdapterError.cause
  return kinds.has(kind) || states.test(originalCode)
}

/** What to say of an error that means that our own database is away; undefined where it means anything else. */
export const databaseOutage = (error: unknown): AppError | undefined =>
  error instanceof Error && isDatabaseOutage(error)
    ? new AppError('unavailable', 'Jackfield’s own database is not answering right now. Try again in a few seconds.')
    : undefined
