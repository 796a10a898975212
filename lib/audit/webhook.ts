import type * as z from 'zod'
import type { Tx } from '#lib/db/client'
import type { sinkSecret } from './schema.ts'
import { requireKeyFor, sealFor, secretNeeded } from './sink-secret.ts'
import { deleteSink, findStoredWebhook, insertSink, newSinkId, type StoredSink, updateSink } from './sink-store.ts'

/**
 * A webhook of a data source is a destination that gets a part of the trail: what is different in its schema. So it is
 * sent, signed, sealed, guarded and tried again as every destination is.
 */
export type StoredWebhook = StoredSink

export const findWebhook = findStoredWebhook

export interface WebhookChange {
  connectionId: string
  /** As alerts call it. */
  name: string
  url: string
  ca: string | undefined
  changes: string
  enabled: boolean
  secret: z.output<typeof sinkSecret> | undefined
  by: string
}

/** Makes or changes it; a new one begins with what is found from now on. */
export const saveWebhook = async (tx: Tx, workspaceId: string, change: WebhookChange): Promise<void> => {
  const { connectionId, name, url, ca, changes, enabled, secret, by } = change
  const config = { url, ...(ca !== undefined && { ca }) }
  const stored = await findStoredWebhook(tx, workspaceId, connectionId)
  if (!secret && !stored) throw secretNeeded('Enter a key that signs what is sent.')
  if (!secret && stored) requireKeyFor(stored, config)
  const id = stored?.id ?? newSinkId()
  const sealed = secret && (await sealFor({ id, workspaceId, config }, secret))
  if (stored) return updateSink(tx, id, { config, name, changes, enabled, secret: sealed })
  const fixed = { kind: 'https', installation: false, history: false, createdBy: by }
  await insertSink(tx, { ...fixed, id, workspaceId, connectionId, name, config, changes, enabled, secret: sealed })
}

export const removeWebhook = (tx: Tx, { id }: StoredWebhook): Promise<void> => deleteSink(tx, id)
