import { authorize } from '#lib/auth/authorize'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import { resealSecret, sealSecret } from '#lib/engine/client'
import type { Bundle } from './bundle.ts'
import { type Destination, destinationShape, placeOf } from './destination.ts'
import { type Doing, note, toJson } from './doing.ts'
import { type CredentialKind, credentialKinds, credentialTypeLabels } from './kinds.ts'
import {
  type CredentialChange,
  insertStored,
  insertVersion,
  isNameTaken,
  isTypeOff,
  lastVersion,
  noDestination,
  replaceVersion,
  type StoredCredential,
} from './store.ts'

interface NewCredential {
  name: string
  bundle: Bundle
  /** What the secret is sealed to from the start; null until the credential is attached. */
  destination: Destination | null
  scope?: 'workspace' | 'organization'
  labels?: LabelColumns
  /** Typed on a connection's form, and gone with the last connection that uses it. */
  inline?: boolean
}

/** What people say about a credential, as columns. */
export interface LabelColumns {
  environment?: string | null
  system?: string | null
  ownerTeam?: string | null
  description?: string | null
  expiresAt?: Date | null
  rotateEveryDays?: number | null
}

/** Seals and stores a new credential. Needs `credentials:write`: typing a secret is more than using one (AUTHZ-4). */
export const storeCredential = async (doing: Doing, given: NewCredential) => {
  const { tx, actor } = doing
  const { name, bundle, destination, scope = 'workspace', labels = {}, inline = false } = given
  authorize(actor, 'credentials:write')
  if (scope === 'organization') authorize(actor, 'credentials:administer')
  await requireTypeOn(doing, bundle.kind, inline ? '/credential' : '/type')
  const id = newId('credential')
  const { organizationId } = actor
  const workspaceId = scope === 'organization' ? null : actor.workspaceId
  const sealedTo = placeOf(destination, bundle.meta)
  const target = { id, version: 1, kind: bundle.kind, scope: workspaceId ?? organizationId, sealedTo }
  const { columns } = await sealVersion(target, bundle.typed)
  const row = {
    id,
    organizationId,
    workspaceId,
    name,
    nameKey: nameKey(name),
    type: credentialKinds[bundle.kind].type,
    kind: bundle.kind,
    config: toJson(bundle.meta),
    ...(destination && { destination: toJson(destination) }),
    ...labels,
    inline,
    createdBy: actor.id,
  }
  await insertStored(tx, row, { ...columns, createdBy: actor.id })
  return { id, name, fields: columns.fields }
}

/** The organization may have switched a type off; what is stored of it stays usable. */
const requireTypeOn = async ({ tx, actor }: Doing, kind: CredentialKind, pointer: string): Promise<void> => {
  const { type } = credentialKinds[kind]
  if (!(await isTypeOff(tx, actor, type))) return
  const message = `Your organization does not allow new credentials of the type “${credentialTypeLabels[type]}”. Choose another type, or ask an admin.`
  throw new AppError('invalid_request', message, { errors: [{ pointer, message }] })
}

/** The same for a credential typed on a connection's form: named after the connection, recorded as an event of its own. */
export const storeInlineCredential = async (doing: Doing, given: NewCredential): Promise<string> => {
  const name = await freeName(doing, given.name)
  const { id, fields } = await storeCredential(doing, { ...given, name, inline: true })
  await note(doing, 'credential.created', { id, name }, { fields, sealed_to: given.destination })
  return id
}

export interface NextVersion {
  /** The number of the new version; undefined: it would hold exactly what the current one holds. */
  version: number | undefined
  /** Names of the secret fields that changed. */
  changed: string[]
}

/** Where a secret goes and the public part beside it, as they will be. */
export interface Place {
  destination: Destination | null
  config: Record<string, unknown>
}

/** Where a stored secret goes now. */
export const placeIn = ({ destination, config }: StoredCredential): Place => ({
  destination: destination === null ? null : destinationShape.parse(destination),
  config: typeof config === 'object' && config !== null ? { ...config } : {},
})

/**
 * Seals and stores the next version for where it will go; fields that are kept are copied by the engine. The old one
 * stays as it is, sealed to where it went.
 */
export const sealNext = async (
  { tx, actor }: Doing,
  stored: StoredCredential,
  { bundle, kept, place }: { bundle: Bundle; kept: string[]; place: Place },
): Promise<NextVersion> => {
  const version = (await lastVersion(tx, stored.id)) + 1
  const keep = kept.length > 0 ? { version: stored.version, fields: kept } : undefined
  const sealedTo = placeOf(place.destination, place.config)
  const target = { id: stored.id, version, kind: stored.kind, scope: scopeOf(stored), sealedTo }
  const { columns, isSame } = await sealVersion(target, bundle.typed, { keep, compare: stored.version })
  if (isSame) return { version: undefined, changed: [] }
  await insertVersion(tx, stored.id, version, { ...columns, createdBy: actor.id })
  const cleared = bundle.cleared.filter((name) => stored.fields.includes(name))
  return { version, changed: [...Object.keys(bundle.typed), ...cleared].sort() }
}

/**
 * The columns that say where a secret goes, with what is stored sealed to it in the same transaction: a row that says
 * anything else than its envelope opens nothing.
 */
export const sealTo = async ({ tx }: Doing, stored: StoredCredential, place: Place): Promise<CredentialChange> => {
  const { destination, config } = place
  if (placeOf(stored.destination, stored.config) !== placeOf(destination, config)) {
    const request = { workspace_id: scopeOf(stored), credential_id: stored.id, destination, config }
    const { versions } = await resealSecret(request)
    for (const version of versions) await replaceVersion(tx, stored.id, version)
  }
  return placeColumns(place)
}

export const placeColumns = ({ destination, config }: Place): CredentialChange => ({
  destination: destination ? toJson(destination) : noDestination,
  config: toJson(config),
})

const scopeOf = ({ workspaceId, organizationId }: StoredCredential): string => workspaceId ?? organizationId

interface VersionTarget {
  id: string
  version: number
  kind: string
  /** What the envelope is bound to: the workspace, or the organization for a credential of all its workspaces. */
  scope: string
  sealedTo: string
}

interface Earlier {
  /** Fields that are copied from a version. */
  keep?: { version: number; fields: string[] } | undefined
  /** A version that may hold the very same. */
  compare?: number | undefined
}

/** Has the engine seal one version; answers the row's columns. */
export const sealVersion = async (
  { id, version, kind, scope, sealedTo }: VersionTarget,
  fields: Record<string, string>,
  { keep, compare }: Earlier = {},
) => {
  const sealed = await sealSecret({
    workspace_id: scope,
    credential_id: id,
    version,
    kind,
    sealed_to: sealedTo,
    fields,
    ...(keep && { keep }),
    ...(compare !== undefined && { compare }),
  })
  const columns = {
    envelope: new Uint8Array(Buffer.from(sealed.envelope, 'base64')),
    keyId: sealed.key_id,
    fingerprint: sealed.fingerprint,
    fields: [...Object.keys(fields), ...(keep?.fields ?? [])].sort(),
    sealedTo,
  }
  return { columns, isSame: sealed.is_same }
}

const freeName = async ({ tx, actor }: Doing, wanted: string): Promise<string> => {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${[...wanted].slice(0, 120).join('')} ${n}`
    if (!(await isNameTaken(tx, actor, nameKey(name)))) return name
  }
}
