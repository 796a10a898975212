import { isMismatch } from '#lib/credentials/view'
import type { Tx } from '#lib/db/client'
import { findEnvironments, type Viewer } from './store.ts'

export interface Warning {
  pointer: string
  message: string
}

/** What is worth a second look although it is allowed: a credential that is labelled for another environment. */
export const warningsOf = async (tx: Tx, viewer: Viewer, id: string): Promise<{ warnings?: Warning[] }> => {
  const found = await findEnvironments(tx, viewer, id)
  if (!found || !isMismatch(found.own, found.environment)) return {}
  const { own, environment, name } = found
  const what = name === null ? 'The restricted credential' : `“${name}”`
  const message = `${what} is a credential for ${environment}, and this connection is for ${own}. Check that this is what you want.`
  return { warnings: [{ pointer: '/credential_id', message }] }
}
