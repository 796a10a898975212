import * as z from 'zod'

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

/** Whether our own database is away, rather than unhappy with what it was asked (REL-7). */
export const isDatabaseOutage = (error: Error): boolean => {
  if (sentences.has(error.message)) return true
  const statement = statementError.safeParse(error)
  if (statement.success) return networkCodes.has(statement.data.code) || states.test(statement.data.code)
  const { data } = adapterError.safeParse(error)
  if (!data) return false
  const { kind, originalCode = '' } = data.meta.driverAdapterError.cause
  return kinds.has(kind) || states.test(originalCode)
}
