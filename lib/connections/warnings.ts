import { isMismatch } from '#lib/credentials/view'
import type { Tx } from '#lib/db/client'
import { findEnvironments } from './store.ts'

export interface Warning {
  pointer: string
  message: string
}

/** What is worth a second look although it is allowed: a credential that is labelled for another environment. */
export const warningsOf = async (tx: Tx, workspaceId: string, id: string): Promise<{ warnings?: Warning[] }> => {
  const found = await findEnvironments(tx, workspaceId, id)
  if (!found || !isMismatch(found.own, found.credential.environment)) return {}
  const { name, environment } = found.credential
  const message = `“${name}” is a credential for ${environment}, and this connection is for ${found.own}. Check that this is what you want.`
  return { warnings: [{ pointer: '/credential_id', message }] }
}
