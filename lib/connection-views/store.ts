import type { Actor } from '#lib/auth/actor'
import type { Cursor } from '#lib/core/page'
import { Prisma, type Tx } from '#lib/db/client'

type Looker = Pick<Actor, 'workspaceId' | 'id'>

/** One's own and the shared ones; what others keep to themselves is not there. */
const visible = ({ workspaceId, id }: Looker) => ({ workspaceId, OR: [{ ownerId: id }, { shared: true }] })

export const listStored = (tx: Tx, looker: Looker, { after, limit }: { after?: Cursor | undefined; limit: number }) =>
  tx.connectionView.findMany({
    where: {
      AND: [
        visible(looker),
        after ? { OR: [{ nameKey: { gt: after.value } }, { nameKey: after.value, id: { gt: after.id } }] } : {},
      ],
    },
    orderBy: [{ nameKey: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  })

export type StoredView = Awaited<ReturnType<typeof listStored>>[number]

/** Finds one and keeps everybody else from changing it until the transaction ends. */
export const lockStored = async (tx: Tx, looker: Looker, id: string): Promise<StoredView | null> => {
  await tx.$queryRaw`select id from connection_views where workspace_id = ${looker.workspaceId} and id = ${id} for update`
  return tx.connectionView.findFirst({ where: { ...visible(looker), id } })
}

export const countOwn = (tx: Tx, { workspaceId, id }: Looker): Promise<number> =>
  tx.connectionView.count({ where: { workspaceId, ownerId: id } })

export const isNameTaken = async (
  tx: Tx,
  workspaceId: string,
  { ownerId, nameKey, except }: { ownerId: string; nameKey: string; except?: string },
): Promise<boolean> => {
  const where = { workspaceId, ownerId, nameKey, ...(except !== undefined && { id: { not: except } }) }
  return (await tx.connectionView.findFirst({ where, select: { id: true } })) !== null
}

interface Settings {
  name: string
  nameKey: string
  query: string
  columns: string[] | null
  density: string | null
  shared: boolean
}

const columnsOf = (columns: string[] | null) => (columns === null ? Prisma.DbNull : columns)

export const insertStored = (
  tx: Tx,
  { workspaceId, id: ownerId }: Looker,
  { id, columns, ...settings }: Settings & { id: string },
): Promise<StoredView> =>
  tx.connectionView.create({ data: { ...settings, id, workspaceId, ownerId, columns: columnsOf(columns) } })

export const updateStored = (
  tx: Tx,
  workspaceId: string,
  id: string,
  { columns, ...settings }: Partial<Settings>,
): Promise<StoredView> =>
  tx.connectionView.update({
    where: { id, workspaceId },
    data: { ...settings, ...(columns !== undefined && { columns: columnsOf(columns) }), revision: { increment: 1 } },
  })

export const deleteStored = async (tx: Tx, workspaceId: string, id: string): Promise<void> => {
  await tx.connectionView.deleteMany({ where: { workspaceId, id } })
}
