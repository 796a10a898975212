import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import { listSlots } from './store.ts'

/** A connection whose slot may live cannot be deleted: nobody would drop the slot, and it fills the disk of its server. */
export const requireNoSlot = async (tx: Tx, workspaceId: string, connectionId: string): Promise<void> => {
  const slots = (await listSlots(tx, workspaceId, connectionId)).map(({ slot }) => `“${slot}”`)
  if (slots.length === 0) return
  throw new AppError(
    'conflict',
    `Change data capture keeps the replication slot ${slots.join(', ')} at this server. Undo its set-up under Replication first, or forget it there if the server is gone.`,
    { details: { slots: slots.length } },
  )
}
