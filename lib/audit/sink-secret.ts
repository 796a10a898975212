import type * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { sealSecret } from '#lib/engine/client'
import { sinkSealing } from '#lib/engine/protocol'
import type { sinkSecret } from './schema.ts'
import type { StoredSink } from './sink-store.ts'

type Secret = z.output<typeof sinkSecret>

/** Seals what signs the batches of a destination to the receiver that it was entered for. */
export const sealFor = async (sink: { id: string; workspaceId: string; config: object }, secret: Secret) => {
  const { signing_key, authorization } = secret
  const fields = { signing_key, ...(authorization !== undefined && { authorization }) }
  const sealed = await sealSecret({ ...sinkSealing({ ...sink, origin: originOf(sink.config) }), fields })
  return { envelope: new Uint8Array(Buffer.from(sealed.envelope, 'base64')), keyId: sealed.key_id }
}

/** What was entered for one receiver is not sent to another one. */
export const requireKeyFor = (stored: Pick<StoredSink, 'hasSecret' | 'config'>, config: object): void => {
  if (!stored.hasSecret || originOf(stored.config) === originOf(config)) return
  throw secretNeeded('Enter the signing key again: the receiver is another one.')
}

const originOf = (config: object): string => ('url' in config ? new URL(String(config.url)).origin : '')

export const secretNeeded = (message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer: '/secret', message }] })
