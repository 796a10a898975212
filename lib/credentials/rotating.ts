import { AppError } from '#lib/core/errors'
import type { Tx } from '#lib/db/client'
import { isRotating } from './store.ts'

/** While a rotation is open, secret and public part change through it and nothing else; the caller holds the lock. */
export const requireNoRotation = async (tx: Tx, credentialId: string): Promise<void> => {
  if (!(await isRotating(tx, credentialId))) return
  throw new AppError(
    'conflict',
    'A rotation of this credential is under way. Finish, roll back or cancel it before the secret is changed here.',
  )
}
