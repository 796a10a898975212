import { AppError } from '#lib/core/errors'
import { fingerprint } from '#lib/vault/fingerprint'
import { Refusal, type RefusalReason } from '#lib/vault/refusal'
import { keyIdOf, open, type SealContext, seal } from '#lib/vault/seal'
import type { KeyHolder } from './keys.ts'
import type { SealAnswer, SealRequest } from './protocol.ts'
import { readFingerprintReach, readVersion } from './store.ts'

/** Seals the secret fields of one credential version with the primary key. */
export const sealFields = async (request: SealRequest, keys: KeyHolder): Promise<SealAnswer> => {
  const ring = await keys.ring()
  if (!ring) {
    const { problem } = await keys.status()
    throw new AppError('unavailable', `Nothing can be sealed now. ${problem ?? ''}`.trim())
  }
  const context = {
    workspaceId: request.workspace_id,
    credentialId: request.credential_id,
    version: request.version,
    kind: request.kind,
  }
  const fields = { ...(await keptFields(request, keys)), ...request.fields }
  keys.countSeal(ring.primary.id)
  return {
    envelope: seal(fields, context, ring.primary).toString('base64'),
    key_id: ring.primary.id,
    fingerprint: fingerprint(fields, context, ring.primary, await readFingerprintReach(request.workspace_id)),
  }
}

/** Fields copied from an older version of the same credential; they never leave the engine in the open. */
const keptFields = async (request: SealRequest, keys: KeyHolder): Promise<Record<string, string>> => {
  const { workspace_id: workspaceId, credential_id: credentialId, keep } = request
  if (!keep || keep.fields.length === 0) return {}
  const stored = await readVersion(workspaceId, credentialId, keep.version)
  if (!stored) throw new AppError('not_found', 'There is no stored version of this credential to keep fields of.')
  const { credential_name: credentialName, kind, envelope, key_id: keyId } = stored
  const context = { workspaceId, credentialId, version: keep.version, kind }
  return pickFields(await openSecret({ envelope, keyId, context, credentialName }, keys), keep.fields)
}

export const pickFields = (fields: Record<string, string>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))

/** A stored envelope that is not what was sealed: changed, swapped, rolled back. Worth an alarm, never an answer. */
export class Tampered extends Error {
  override readonly name = 'Tampered'
  readonly reason: RefusalReason | 'key_id'

  constructor(reason: RefusalReason | 'key_id') {
    super(`A stored envelope was refused: ${reason}`)
    this.reason = reason
  }
}

export interface SealedSecret {
  envelope: Uint8Array
  /** What the row says; the envelope itself must say the same. */
  keyId: string
  context: SealContext
  credentialName: string
}

/** Refuses early, before anything is recorded as used, when the key is not here. */
export const requireUnlocked = async ({ keyId, credentialName }: SealedSecret, keys: KeyHolder): Promise<void> => {
  const ring = await keys.ring(keyId)
  if (!ring?.find(keyId)) throw lockedError(credentialName, keyId)
}

/** The secret fields, a locked error, or `Tampered`. */
export const openSecret = async (sealed: SealedSecret, keys: KeyHolder): Promise<Record<string, string>> => {
  const ring = await keys.ring(sealed.keyId)
  if (refusing(() => keyIdOf(sealed.envelope)) !== sealed.keyId) throw new Tampered('key_id')
  try {
    return open(sealed.envelope, sealed.context, (id) => ring?.find(id))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.reason === 'unknown_key') throw lockedError(sealed.credentialName, sealed.keyId)
    throw new Tampered(error.reason)
  }
}

const refusing = <T>(work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw error instanceof Refusal ? new Tampered(error.reason) : error
  }
}

const lockedError = (credentialName: string, keyId: string): AppError =>
  new AppError(
    'credential_locked',
    `The secret of “${credentialName}” is locked: the key that opens it (${keyId}) is not on this installation. Put the key back, or enter the secret again.`,
    { details: { key_id: keyId } },
  )
