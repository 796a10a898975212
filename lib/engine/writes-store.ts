import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import type { Ticket } from './protocol.ts'

/**
 * Refuses a statement that may write, unless it was asked for as one, and its data source allows that in this moment:
 * whatever the web process says, the row decides, held until the use is on record.
 */
export const requireWrites = async (tx: Tx, ticket: Ticket, connectionId: string | undefined): Promise<void> => {
  if (ticket.permission !== 'data-sources:write' || ticket.event !== 'query.written' || connectionId === undefined) {
    throw new AppError('forbidden', 'This call only reads: it may not change data.')
  }
  const rows = await tx.$queryRaw<{ writes: boolean }[]>`
    select writes from source_configurations where connection_id = ${connectionId} for share`
  if (rows[0]?.writes !== true) throw new AppError('forbidden', writesAreOff)
}

const writesAreOff =
  'This data source takes no statements that change data. Whoever configures it can allow them there.'
