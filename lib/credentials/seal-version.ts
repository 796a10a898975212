import { authorize } from '#lib/auth/authorize'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import type { Destination } from '#lib/credentials/destination'
import { sealSecret } from '#lib/engine/client'
import type { Bundle } from './bundle.ts'
import { type Doing, note, toJson } from './doing.ts'
import { type CredentialKind, credentialKinds, credentialTypeLabels } from './kinds.ts'
import { insertStored, insertVersion, isNameTaken, isTypeOff, lastVersion, type StoredCredential } from './store.ts'

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
  const target = { id, version: 1, kind: bundle.kind, scope: workspaceId ?? organizationId }
  const sealed = await sealVersion(target, bundle.typed)
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
  await insertStored(tx, row, { ...sealed, createdBy: actor.id })
  return { id, name, fields: sealed.fields }
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

/** Seals and stores the next version; fields that are kept are copied by the engine. The old one stays as it is. */
export const sealNext = async (
  { tx, actor }: Doing,
  stored: StoredCredential,
  bundle: Bundle,
  kept: string[],
): Promise<NextVersion> => {
  const version = (await lastVersion(tx, stored.id)) + 1
  const keep = kept.length > 0 ? { version: stored.version, fields: kept } : undefined
  const scope = stored.workspaceId ?? stored.organizationId
  const sealed = await sealVersion({ id: stored.id, version, kind: stored.kind, scope }, bundle.typed, keep)
  if (sealed.fingerprint === stored.fingerprint) return { version: undefined, changed: [] }
  await insertVersion(tx, stored.id, version, { ...sealed, createdBy: actor.id })
  const cleared = bundle.cleared.filter((name) => stored.fields.includes(name))
  return { version, changed: [...Object.keys(bundle.typed), ...cleared].sort() }
}

interface VersionTarget {
  id: string
  version: number
  kind: string
  /** What the envelope is bound to: the workspace, or the organization for a credential of all its workspaces. */
  scope: string
}

/** Has the engine seal one version; answers the row's columns. */
export const sealVersion = async (
  { id, version, kind, scope }: VersionTarget,
  fields: Record<string, string>,
  keep?: { version: number; fields: string[] },
) => {
  const sealed = await sealSecret({
    workspace_id: scope,
    credential_id: id,
    version,
    kind,
    fields,
    ...(keep && { keep }),
  })
  return {
    envelope: new Uint8Array(Buffer.from(sealed.envelope, 'base64')),
    keyId: sealed.key_id,
    fingerprint: sealed.fingerprint,
    fields: [...Object.keys(fields), ...(keep?.fields ?? [])].sort(),
  }
}

const freeName = async ({ tx, actor }: Doing, wanted: string): Promise<string> => {
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${[...wanted].slice(0, 120).join('')} ${n}`
    if (!(await isNameTaken(tx, actor, nameKey(name)))) return name
  }
}
