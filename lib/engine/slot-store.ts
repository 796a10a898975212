import * as z from 'zod'
import type { replicateSlot } from '#lib/connectors/contract'
import { db } from '#lib/db/client'

type SeenSlot = z.output<typeof replicateSlot>

/** How often a slot is looked at; one that could not be is looked at less and less often, up to once an hour. */
const everyMinutes = 5
/** A refused login is not repeated until accounts are locked: after so many failures only once an hour. */
const retriesMax = 3
const keptDays = 7

const dueRow = z.object({
  id: z.string(),
  slot: z.string(),
  connectionId: z.string(),
  workspaceId: z.string(),
  organizationId: z.string(),
})
export type DueReplication = z.output<typeof dueRow>

/** Takes the slot whose look is most overdue, and moves its next one so that no other engine takes it too. */
export const takeDue = async (): Promise<DueReplication | undefined> => {
  const rows = await db().$queryRaw<unknown[]>`
    with due as (
      select r.id from replications r
      join connections c on c.id = r.connection_id
      where r.slot_made and r.next_check_at <= now() and c.deleted_at is null
      order by r.next_check_at limit 1 for update of r skip locked)
    update replications r set next_check_at = now() + make_interval(mins =>
      case when r.failures >= ${retriesMax}::int then 60 else ${everyMinutes}::int end)
    from due, workspaces w where r.id = due.id and w.id = r.workspace_id
    returning r.id, r.slot, r.connection_id as "connectionId", r.workspace_id as "workspaceId",
      w.organization_id as "organizationId"`
  return rows[0] === undefined ? undefined : dueRow.parse(rows[0])
}

/** What was seen of it, or why nothing was. */
export const giveSeen = async (
  { id, workspaceId }: DueReplication,
  result: { seen: SeenSlot } | { problem: string },
): Promise<void> => {
  if ('problem' in result) {
    const data = { problem: result.problem, failures: { increment: 1 } }
    await db().replication.updateMany({ where: { id, workspaceId }, data })
    return
  }
  const { seen } = result
  const { lag_bytes: lagBytes, retained_bytes: retainedBytes, active, exists } = seen
  const checkedAt = new Date()
  await db().$transaction(async (tx) => {
    const data = { seen, lagBytes, checkedAt, problem: null, failures: 0 }
    const { count } = await tx.replication.updateMany({ where: { id, workspaceId }, data })
    if (count === 0 || !exists || lagBytes === null) return
    await tx.replicationLag.create({ data: { replicationId: id, at: checkedAt, lagBytes, retainedBytes, active } })
  })
}

export const pruneLags = async ({ id }: DueReplication): Promise<void> => {
  const before = new Date(Date.now() - keptDays * 86_400_000)
  await db().replicationLag.deleteMany({ where: { replicationId: id, at: { lt: before } } })
}
