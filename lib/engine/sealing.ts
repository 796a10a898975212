import { isDeepStrictEqual } from 'node:util'
import { AppError } from '#lib/core/errors'
import { placeOf } from '#lib/credentials/destination'
import { fingerprint } from '#lib/vault/fingerprint'
import { Refusal } from '#lib/vault/refusal'
import { keyIdOf, open, type SealContext, seal } from '#lib/vault/seal'
import type { KeyHolder } from './keys.ts'
import type { SealAnswer, SealRequest } from './protocol.ts'
import { readFingerprintReach, readVersion, type UsedVersion } from './store.ts'
import { Tampered } from './tampered.ts'

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
    sealedTo: request.sealed_to,
  }
  const fields = { ...(await keptFields(request, keys)), ...request.fields }
  keys.countSeal(ring.primary.id)
  return {
    envelope: seal(fields, context, ring.primary).toString('base64'),
    key_id: ring.primary.id,
    fingerprint: fingerprint(fields, context, ring.primary, await readFingerprintReach(request.workspace_id)),
    is_same: await isHeld(fields, request, keys),
  }
}

/** Fields copied from an older version of the same credential; they never leave the engine in the open. */
const keptFields = async (request: SealRequest, keys: KeyHolder): Promise<Record<string, string>> => {
  const { workspace_id: workspaceId, credential_id: credentialId, keep } = request
  if (!keep || keep.fields.length === 0) return {}
  const stored = await readVersion(workspaceId, credentialId, keep.version)
  if (!stored) throw new AppError('not_found', 'There is no stored version of this credential to keep fields of.')
  return pickFields(await openSecret(secretOf(stored), keys), keep.fields)
}

/** Whether a stored version holds the same already. One that does not open, or is sealed elsewhere, does not. */
const isHeld = async (fields: Record<string, string>, request: SealRequest, keys: KeyHolder): Promise<boolean> => {
  const { workspace_id: workspaceId, credential_id: credentialId, compare, sealed_to: sealedTo } = request
  const stored = compare === undefined ? undefined : await readVersion(workspaceId, credentialId, compare)
  if (!stored) return false
  const secret = secretOf(stored)
  const held = await openSecret({ ...secret, context: { ...secret.context, sealedTo } }, keys).catch(() => undefined)
  return held !== undefined && isDeepStrictEqual(held, fields)
}

/**
 * A stored version as it is used: sealed to what its credential's row says now. A row that says another destination than
 * the one that was sealed, or none, gives a context in which the envelope does not open. There is no other check.
 */
export const secretOf = (row: UsedVersion): SealedSecret => ({
  envelope: row.envelope ?? new Uint8Array(),
  keyId: row.key_id ?? '',
  credentialName: row.credential_name,
  context: {
    workspaceId: row.scope,
    credentialId: row.credential_id,
    version: row.version,
    kind: row.kind,
    sealedTo: placeOf(row.destination, row.meta),
  },
})

export const pickFields = (fields: Record<string, string>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))

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
  const { envelope, keyId, context, credentialName } = sealed
  const ring = await keys.ring(keyId)
  try {
    if (keyIdOf(envelope) !== keyId) throw new Tampered('key_id', credentialName)
    return open(envelope, context, (id) => ring?.find(id))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.reason === 'unknown_key') throw lockedError(credentialName, keyId)
    throw new Tampered(error.reason, credentialName)
  }
}

const lockedError = (credentialName: string, keyId: string): AppError =>
  new AppError(
    'credential_locked',
    `The secret of “${credentialName}” is locked: the key that opens it (${keyId}) is not on this installation. Put the key back, or enter the secret again.`,
    { details: { key_id: keyId } },
  )
