import type { Tx } from '#lib/db/client'
import type { EditorTab } from './tabs.ts'

interface Place {
  ownerId: string
  connectionId: string
}

export const readTabs = (tx: Tx, workspaceId: string, { ownerId, connectionId }: Place) =>
  tx.editorTabs.findFirst({ where: { workspaceId, ownerId, connectionId } })

/** The same, held until the transaction ends, so that of two browsers the second sees what the first kept. */
export const lockTabs = async (tx: Tx, workspaceId: string, { ownerId, connectionId }: Place) => {
  await tx.$executeRaw`
    insert into editor_tabs (workspace_id, owner_id, connection_id, tabs, active, revision)
    values (${workspaceId}, ${ownerId}, ${connectionId}, '[]'::jsonb, '', 0) on conflict do nothing`
  await tx.$queryRaw`
    select revision from editor_tabs
    where workspace_id = ${workspaceId} and owner_id = ${ownerId} and connection_id = ${connectionId} for update`
  return tx.editorTabs.findFirstOrThrow({ where: { workspaceId, ownerId, connectionId } })
}

export const saveTabs = (
  tx: Tx,
  workspaceId: string,
  { ownerId, connectionId, ...data }: Place & { tabs: EditorTab[]; active: string },
) =>
  tx.editorTabs.update({
    where: { ownerId_connectionId: { ownerId, connectionId }, workspaceId },
    data: { ...data, revision: { increment: 1 } },
  })
