import { isId } from '#lib/core/id'
import type { Tx } from '#lib/db/client'

/** The live connection behind a data source: its id and connector. */
export const findSource = (tx: Tx, workspaceId: string, ref: string) =>
  tx.connection.findFirst({
    where: { workspaceId, deletedAt: null, ...(isId('connection', ref) ? { id: ref } : { connId: ref }) },
    select: { id: true, type: true, name: true },
  })
