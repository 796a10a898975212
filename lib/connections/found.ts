import { AppError } from '#lib/core/errors'
import { lockCheck } from '#lib/credentials/locks'
import type { Tx } from '#lib/db/client'
import type { ConnectionView } from './schema.ts'
import { findStored, lockStored, type StoredConnection, type Viewer } from './store.ts'
import { connectionView, noSuchConnection } from './view.ts'

export const viewOf = async (tx: Tx, viewer: Viewer, id: string): Promise<ConnectionView> => {
  const row = await findStored(tx, viewer, id)
  if (!row) throw noSuchConnection()
  return connectionView(row, await lockCheck())
}

/** The connection as it is now, for work that does not change it. */
export const findAlive = async (
  tx: Tx,
  viewer: Viewer,
  ref: string,
  least: 'view' | 'use' = 'view',
): Promise<StoredConnection> => {
  const row = await findStored(tx, viewer, ref, { least })
  if (!row || row.deletedAt) throw noSuchConnection()
  return row
}

/** The connection, held until the transaction ends. */
export const requireAlive = async (tx: Tx, viewer: Viewer, ref: string): Promise<StoredConnection> => {
  const row = await lockStored(tx, viewer, ref)
  if (!row || row.deletedAt) throw noSuchConnection()
  return row
}

export const requireDeleted = async (tx: Tx, viewer: Viewer, ref: string): Promise<StoredConnection> => {
  const row = await lockStored(tx, viewer, ref, { deleted: true })
  if (!row) throw noSuchConnection()
  if (row.deletedAt) return row
  throw new AppError(
    'conflict',
    'Only a deleted connection can be restored or deleted permanently; this one is not deleted.',
  )
}

export const subjectOf = ({ id, name }: StoredConnection) => ({ type: 'connection', id, name })
