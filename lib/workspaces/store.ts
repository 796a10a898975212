import type { Tx } from '#lib/db/client'

export const findWorkspace = (tx: Tx, workspaceId: string) =>
  tx.workspace.findUnique({ where: { id: workspaceId }, select: { id: true, name: true } })

/** The address of a member; nobody else's. */
export const findMemberEmail = async (tx: Tx, workspaceId: string, userId: string): Promise<string | null> => {
  const row = await tx.membership.findUnique({
    where: { userId_workspaceId: { userId, workspaceId } },
    select: { user: { select: { email: true } } },
  })
  return row?.user.email ?? null
}
