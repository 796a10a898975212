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
  { actorId, connectionId }: { actorId: string; connectionId: string },
): Promise<Busy> => {
  // Nobody waits for the disk: the engine's audit event, without which nothing runs, takes this commit there with it.
  await tx.$executeRaw`
    select set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(hashtextextended(${`queries ${workspaceId}`}, 0))`
  const rows = await tx.$queryRaw<Busy[]>`
    select count(*) filter (where actor_id = ${actorId})::int as mine,
      count(*) filter (where connection_id = ${connectionId})::int as here, count(*)::int as workspace
    from query_runs
    where workspace_id = ${workspaceId} and status = 'running' and heartbeat_at >= now() - ${silence}`
  return rows[0] ?? { mine: 0, here: 0, workspace: 0 }
}

/** Longer than a process that lives ever takes between two signs of life. */
export const silence = Prisma.sql`interval '15 seconds'`
