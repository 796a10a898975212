import { AppError } from '#lib/core/errors'
import { type Destination, placeOf } from '#lib/credentials/destination'
import type { Tx } from '#lib/db/client'
import { fingerprint } from '#lib/vault/fingerprint'
import { seal } from '#lib/vault/seal'
import type { KeyHolder } from './keys.ts'
import type { ResealAnswer, ResealRequest } from './protocol.ts'
import { openSecret, secretOf } from './sealing.ts'
import {
  lockDestination,
  type PlacedVersion,
  type ResealedVersion,
  readFingerprintReach,
  readUsedVersions,
  type StoredCredential,
  storeDestination,
  storeResealed,
} from './store.ts'

/** Where a credential goes from now on, and the public part of its current version. */
interface Place {
  destination: Destination | null
  config: Record<string, unknown>
}

/**
 * Seals what a credential uses to another place. Each version has to open where its row says it was: what was changed in
 * the database is not made right again by it. Nothing is stored here: that is for the transaction that changes the row.
 */
export const resealStored = async (request: ResealRequest, keys: KeyHolder): Promise<ResealAnswer> => {
  const { workspace_id: scope, credential_id: credentialId, destination, config } = request
  const versions = await resealVersions(await readUsedVersions(scope, credentialId), { destination, config }, keys)
  return {
    versions: versions.map(({ version, envelope, keyId, fingerprint, sealedTo }) => ({
      ...{ version, key_id: keyId, fingerprint, sealed_to: sealedTo },
      envelope: envelope.toString('base64'),
    })),
  }
}

/** Seals a credential that has no destination to its first one, unless somebody was first; answers what it is sealed to. */
export const bindFirst = async (
  tx: Tx,
  { credential_id: credentialId, scope }: StoredCredential,
  destination: Destination,
  keys: KeyHolder,
): Promise<Destination> => {
  const taken = await lockDestination(tx, credentialId)
  if (taken) return taken
  const versions = await readUsedVersions(scope, credentialId, tx)
  const config = versions.find((row) => row.is_current)?.meta ?? {}
  for (const next of await resealVersions(versions, { destination, config }, keys)) {
    await storeResealed(tx, credentialId, next)
  }
  await storeDestination(tx, credentialId, destination)
  return destination
}

const resealVersions = async (rows: PlacedVersion[], to: Place, keys: KeyHolder): Promise<ResealedVersion[]> => {
  const resealed: ResealedVersion[] = []
  for (const row of rows) resealed.push(await resealVersion(row, to, keys))
  return resealed
}

const resealVersion = async (row: PlacedVersion, to: Place, keys: KeyHolder): Promise<ResealedVersion> => {
  const secret = secretOf(row)
  const fields = await openSecret(secret, keys)
  const ring = await keys.ring()
  if (!ring) throw new AppError('unavailable', 'Nothing can be sealed now: no encryption key is here.')
  const sealedTo = placeOf(to.destination, row.is_current ? to.config : row.meta)
  const context = { ...secret.context, sealedTo }
  keys.countSeal(ring.primary.id)
  return {
    version: row.version,
    envelope: seal(fields, context, ring.primary),
    keyId: ring.primary.id,
    fingerprint: fingerprint(fields, context, ring.primary, await readFingerprintReach(row.scope)),
    sealedTo,
  }
}
