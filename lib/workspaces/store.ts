import type { Tx } from '#lib/db/client'

export const findWorkspace = (tx: Tx, workspaceId: string) =>
  tx.workspace.findUnique({
    where: { id: workspaceId },
    select: { id: true, name: true, fingerprints: true, organization: { select: { typesOff: true } } },
  })

export const updateStored = (tx: Tx, workspaceId: string, data: { fingerprints: string }) =>
  tx.workspace.update({ where: { id: workspaceId }, data: { ...data, revision: { increment: 1 } } })

const organizationColumns = { id: true, name: true, typesOff: true } as const

export const findOrganization = (tx: Tx, id: string) =>
  tx.organization.findUnique({ where: { id }, select: organizationColumns })

export const updateOrganizationStored = (tx: Tx, id: string, data: { typesOff: string[] }) =>
  tx.organization.update({ where: { id }, data, select: organizationColumns })

/** The address of a member; nobody else's. */
export const findMemberEmail = async (tx: Tx, workspaceId: string, userId: string): Promise<string | null> => {
  const row = await tx.membership.findUnique({
    where: { userId_workspaceId: { userId, workspaceId } },
    select: { user: { select: { email: true } } },
  })
  return row?.user.email ?? null
}
