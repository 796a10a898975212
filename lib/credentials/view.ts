import { AppError } from '#lib/core/errors'
import { isoTime, type Time, time_ms } from '#lib/core/time'
import { certificateOf } from './certificate.ts'
import { describeDestination } from './destination.ts'
import { credentialKinds, credentialTypes } from './kinds.ts'
import type { CredentialView } from './schema.ts'
import type { StoredCredential } from './store.ts'

/** What teammates may see of a credential: a whitelist, with the secret as facts about it. */
export const credentialView = (
  row: StoredCredential,
  isLocked: (keyId: string) => boolean,
  now = new Date(),
): CredentialView => {
  const config = publicConfig(row.kind, row.config)
  return {
    id: row.id,
    name: row.name,
    type: credentialTypes.find((type) => type === row.type) ?? 'password',
    kind: row.kind,
    status: row.deletedAt ? 'deleted' : row.status === 'active' ? 'active' : 'disabled',
    scope: row.workspaceId === null ? 'organization' : 'workspace',
    environment: row.environment,
    system: row.system,
    owner_team: row.ownerTeam,
    description: row.description,
    expires_at: row.expiresAt && isoTime(row.expiresAt),
    expiry: expiryOf(row.expiresAt, now),
    rotate_every_days: row.rotateEveryDays,
    rotation: rotationOf(row, now),
    rotate_at: rotateAt(row)?.toISOString() ?? null,
    rotate_reason: row.rotateReason,
    restricted: row.restricted,
    granted: row.granted,
    inline: row.inline,
    config,
    certificate: certificateOf(config),
    secret: {
      set: row.fields.length > 0,
      fields: row.fields,
      version: row.version,
      updated_at: isoTime(row.secretAt),
      fingerprint: row.fingerprints === 'off' ? null : row.fingerprint,
      locked: isLocked(row.keyId),
    },
    sealed_to: row.destination && describeDestination(row.destination),
    used_by_count: row.usedBy,
    last_used_at: row.lastUsedAt && isoTime(row.lastUsedAt),
    revision: row.revision,
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
    created_by: row.createdBy,
    deleted_at: row.deletedAt && isoTime(row.deletedAt),
  }
}

const day_ms = 86_400_000
/** How long before the day people are told. */
export const notice_ms = 14 * day_ms

const expiryOf = (at: Time | null, now: Date): CredentialView['expiry'] => {
  if (!at) return 'none'
  const left_ms = time_ms(at) - now.getTime()
  return left_ms <= 0 ? 'expired' : left_ms <= notice_ms ? 'expiring' : 'valid'
}

const rotateAt = ({ rotateEveryDays, secretAt }: StoredCredential): Date | undefined =>
  rotateEveryDays === null ? undefined : new Date(time_ms(secretAt) + rotateEveryDays * day_ms)

const rotationOf = (row: StoredCredential, now: Date): CredentialView['rotation'] => {
  if (row.rotateReason !== null) return 'overdue'
  const at = rotateAt(row)
  if (!at) return 'none'
  const left_ms = at.getTime() - now.getTime()
  return left_ms <= 0 ? 'overdue' : left_ms <= notice_ms ? 'due_soon' : 'fresh'
}

/** Only fields the kind declares public; whatever else a row may hold is treated as secret (ENC-15). */
export const publicConfig = (kind: string, config: unknown): Record<string, unknown> => {
  const known = publicNames.get(kind)
  if (!known || typeof config !== 'object' || config === null) return {}
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(config)) if (known.has(name)) shown[name] = value
  return shown
}

const publicNames = new Map<string, ReadonlySet<string>>(
  Object.entries(credentialKinds).map(([kind, { meta }]) => [kind, new Set(Object.keys(meta.shape))]),
)

export const noSuchCredential = () =>
  new AppError('not_found', 'There is no such credential, or it belongs to another workspace.')

/** Both say where they belong, and not the same. */
export const isMismatch = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one !== other
