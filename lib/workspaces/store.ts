import type { Prisma, Tx } from '#lib/db/client'

const settings = { id: true, name: true, fingerprints: true, requireIfMatch: true, revision: true } as const

export const findWorkspace = (tx: Tx, workspaceId: string) =>
  tx.workspace.findUnique({
    where: { id: workspaceId },
    select: { ...settings, organization: { select: { typesOff: true } } },
  })

export type StoredSettings = Prisma.WorkspaceGetPayload<{ select: typeof settings }>

/** Reads the settings and keeps everybody else from changing them until the transaction ends. */
export const lockWorkspace = async (tx: Tx, workspaceId: string): Promise<StoredSettings | null> => {
  await tx.$queryRaw`select id from workspaces where id = ${workspaceId} for no key update`
  return tx.workspace.findUnique({ where: { id: workspaceId }, select: settings })
}

type Change = Partial<Pick<StoredSettings, 'name' | 'fingerprints' | 'requireIfMatch'>>

export const updateStored = (tx: Tx, workspaceId: string, data: Change): Promise<StoredSettings> =>
  tx.workspace.update({ where: { id: workspaceId }, data: { ...data, revision: { increment: 1 } }, select: settings })

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
