import { Prisma, type Tx } from '#lib/db/client'

/** How much runs at the moment. */
export interface Busy {
  /** Of this person or key. */
  mine: number
  /** On this connection. */
  here: number
  workspace: number
}

/**
 * Counts what runs in a workspace, whichever process runs it, and keeps others from starting anything until the
 * transaction ends, so that two cannot both be the last one allowed.
 */
export const busyIn = async (
  tx: Tx,
  workspaceId: string,
  who: { actorId: string; connectionId: string },
): Promise<Busy> => busyOf(await tx.$queryRaw<Busy[]>`select * from ${counting(workspaceId, who)}`)

/** The same as a table of one row. */
export const counting = (
  workspaceId: string,
  { actorId, connectionId }: { actorId: string; connectionId: string },
): Prisma.Sql => Prisma.sql`queries_busy(${workspaceId}, ${actorId}, ${connectionId})`

export const busyOf = ([row]: Busy[]): Busy => {
  if (row) return row
  throw new Error('Nothing was counted.')
}

/** Longer than a process that lives ever takes between two signs of life; `queries_busy` counts by the same. */
export const silence = Prisma.sql`interval '15 seconds'`
