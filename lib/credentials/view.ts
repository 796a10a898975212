import { AppError } from '#lib/core/errors'
import { describeDestination, destinationShape } from './destination.ts'
import { type CredentialKind, credentialKinds, credentialTypes } from './kinds.ts'
import { type CredentialView, credentialStatuses } from './schema.ts'
import type { StoredCredential } from './store.ts'

/** What teammates may see of a credential: a whitelist, with the secret as facts about it. */
export const credentialView = (row: StoredCredential, isLocked: (keyId: string) => boolean): CredentialView => ({
  id: row.id,
  name: row.name,
  type: credentialTypes.find((type) => type === row.type) ?? 'password',
  kind: row.kind,
  status: credentialStatuses.find((status) => status === row.status) ?? 'disabled',
  environment: row.environment,
  inline: row.inline,
  config: publicConfig(row.kind, row.config),
  secret: {
    set: row.fields.length > 0,
    fields: row.fields,
    version: row.version,
    updated_at: row.secretAt.toISOString(),
    fingerprint: row.fingerprint,
    locked: isLocked(row.keyId),
  },
  sealed_to: sealedTo(row.destination),
  used_by_count: row.usedBy,
  revision: row.revision,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  created_by: row.createdBy,
  deleted_at: row.deletedAt?.toISOString() ?? null,
})

/** Only fields the kind declares public; whatever else a row may hold is treated as secret (ENC-15). */
export const publicConfig = (kind: string, config: unknown): Record<string, unknown> => {
  if (!isKind(kind) || typeof config !== 'object' || config === null) return {}
  const known = credentialKinds[kind].meta.shape
  return Object.fromEntries(Object.entries(config).filter(([name]) => Object.hasOwn(known, name)))
}

export const isKind = (kind: string): kind is CredentialKind => Object.hasOwn(credentialKinds, kind)

const sealedTo = (destination: unknown): string | null =>
  destination === null ? null : describeDestination(destinationShape.parse(destination))

export const noSuchCredential = () =>
  new AppError('not_found', 'There is no such credential, or it belongs to another workspace.')
