import * as z from 'zod'
import { replicationPlan } from '#lib/connectors/contract'
import { newId } from '#lib/core/id'
import { Prisma, type Tx } from '#lib/db/client'
import { transaction } from '#lib/db/transaction'

const touched = z.record(z.string(), replicationPlan.shape.tables.or(z.array(z.never())))
export type Touched = z.output<typeof touched>

export const readTouched = (value: unknown): Touched => touched.parse(value)

export const listStored = (tx: Tx, workspaceId: string, connectionId: string) =>
  tx.replication.findMany({ where: { workspaceId, connectionId }, orderBy: { createdAt: 'asc' } })

export type StoredReplication = Awaited<ReturnType<typeof listStored>>[number]

export const findStored = (
  tx: Tx,
  workspaceId: string,
  by: { connectionId: string } & ({ id: string } | { slot: string }),
) => tx.replication.findFirst({ where: { workspaceId, ...by } })

interface Plan {
  connectionId: string
  publication: string
  slot: string
  tables: { schema: string; name: string }[]
  heartbeat: { schema: string; name: string } | null
  createdBy: string
}

/** The row of a slot, made before anything is done at the server: what happens there is never without one. */
const ensureStored = async (tx: Tx, workspaceId: string, plan: Plan): Promise<StoredReplication> => {
  const { connectionId, slot, publication, tables, createdBy } = plan
  const heartbeat = plan.heartbeat ?? Prisma.DbNull
  return tx.replication.upsert({
    where: { connectionId_slot: { connectionId, slot }, workspaceId },
    create: { id: newId('replication'), workspaceId, connectionId, slot, publication, tables, heartbeat, createdBy },
    update: { publication, tables, heartbeat },
  })
}

/**
 * On record before it is done: a slot whose making broke off in between is still known, watched, and keeps its connection
 * from being deleted.
 */
export const beginStep = (workspaceId: string, plan: Plan, makesSlot: boolean): Promise<StoredReplication> =>
  transaction(async (tx) => {
    const row = await ensureStored(tx, workspaceId, plan)
    if (makesSlot) await updateStored(tx, workspaceId, row.id, { slotMade: true })
    return row
  })

/** What a step left behind; answers the id, or null where nothing is left of the whole set-up. */
export const endStep = (
  workspaceId: string,
  { id, slotMade }: StoredReplication,
  { touched, undidSlot }: { touched: Touched; undidSlot: boolean },
): Promise<string | null> =>
  transaction(async (tx) => {
    if (Object.keys(touched).length === 0 && (undidSlot || !slotMade)) {
      await removeStored(tx, workspaceId, id)
      return null
    }
    await updateStored(tx, workspaceId, id, { touched, ...(undidSlot && { slotMade: false }) })
    return id
  })

const updateStored = async (
  tx: Tx,
  workspaceId: string,
  id: string,
  data: { touched?: Touched; slotMade?: boolean },
): Promise<void> => {
  await tx.replication.updateMany({ where: { id, workspaceId }, data: { ...data, nextCheckAt: new Date() } })
}

export const removeStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.replication.deleteMany({ where: { id, workspaceId } })
}

/** Slots that were made here and may live at the server. */
export const listSlots = (tx: Tx, workspaceId: string, connectionId: string) =>
  tx.replication.findMany({ where: { workspaceId, connectionId, slotMade: true }, select: { slot: true } })

/** The lags of the last hours, at most one for each of a few hundred spans of time: enough for a graph. */
export const listLags = (tx: Tx, workspaceId: string, { id, hours }: { id: string; hours: number }) =>
  tx.$queryRaw<{ at: Date; lag_bytes: number; retained_bytes: number | null; active: boolean }[]>`
    select max(l.at) as at, max(l.lag_bytes) as lag_bytes, max(l.retained_bytes) as retained_bytes, bool_or(l.active) as active
    from replication_lags l join replications r on r.id = l.replication_id
    where r.id = ${id} and r.workspace_id = ${workspaceId} and l.at > now() - make_interval(hours => ${hours}::int)
    group by floor(extract(epoch from l.at) / (${hours}::int * 10)) order by 1`
