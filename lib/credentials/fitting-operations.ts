import type { Actor } from '#lib/auth/actor'
import type { Permission } from '#lib/auth/permissions'
import { AppError } from '#lib/core/errors'
import { getCredential, listCredentials } from './operations.ts'
import type { CredentialView } from './schema.ts'

/** The first stored credentials that a form of a connector can offer; none where the person may not see or use them. */
export const fittingCredentials = async (
  actor: Actor,
  permissions: readonly Permission[],
  kinds: readonly string[],
): Promise<CredentialView[]> => {
  const may = permissions.includes('credentials:read') && permissions.includes('credentials:attach')
  if (!may || kinds.length === 0) return []
  return (await listCredentials(actor, { kind: kinds.join(','), status: 'active', limit: 20 })).items
}

/** The credential that a connection has, as far as the person may see it. */
export const attachedCredential = async (
  actor: Actor,
  permissions: readonly Permission[],
  id: string | null | undefined,
): Promise<CredentialView | undefined> => {
  if (!id || !permissions.includes('credentials:read')) return undefined
  try {
    return await getCredential(actor, { id })
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  }
}
