import { record } from '#lib/audit/record'
import type { Actor } from '#lib/auth/actor'
import { authorize, mayDo } from '#lib/auth/authorize'
import type { Destination } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import type { Tx } from '#lib/db/client'
import { sealSecret } from '#lib/engine/client'
import type { Bundle } from './bundle.ts'
import { describeDestination, destinationShape, fitsHints, hasHostHint, isSameDestination } from './destination.ts'
import { type CredentialKind, credentialKinds } from './kinds.ts'
import {
  insertStored,
  insertVersion,
  isNameTaken,
  isUsed,
  listUsers,
  lockStored,
  purgeStored,
  type StoredCredential,
  updateStored,
} from './store.ts'

/** Who does it, in which transaction and for which request. */
export interface Doing {
  tx: Tx
  actor: Actor
  requestId: string
}

interface NewCredential {
  name: string
  bundle: Bundle
  /** What the secret is sealed to from the start; null until the credential is attached. */
  destination: Destination | null
  environment?: string | null
  /** Typed on a connection's form, and gone with the last connection that uses it. */
  inline?: boolean
}

/** Seals and stores a new credential. Needs `credentials:write`: typing a secret is more than using one (AUTHZ-4). */
export const storeCredential = async (doing: Doing, given: NewCredential) => {
  const { tx, actor } = doing
  const { name, bundle, destination, environment = null, inline = false } = given
  authorize(actor, 'credentials:write')
  const id = newId('credential')
  const sealed = await sealVersion(actor.workspaceId, { id, version: 1, kind: bundle.kind }, bundle.typed)
  const { type } = credentialKinds[bundle.kind]
  await insertStored(
    tx,
    actor.workspaceId,
    {
      id,
      organizationId: actor.organizationId,
      name,
      nameKey: nameKey(name),
      type,
      kind: bundle.kind,
      config: toJson(bundle.meta),
      ...(destination && { destination: toJson(destination) }),
      environment,
      inline,
      createdBy: actor.id,
    },
    { ...sealed, createdBy: actor.id },
  )
  return { id, name, fields: sealed.fields }
}

/** The same for a credential typed on a connection's form: named after the connection, recorded as an event of its own. */
export const storeInlineCredential = async (doing: Doing, given: NewCredential): Promise<string> => {
  const name = await freeName(doing, given.name)
  const { id, fields } = await storeCredential(doing, { ...given, name, inline: true })
  await note(doing, 'credential.created', { id, name }, { fields, sealed_to: given.destination })
  return id
}

/**
 * Destroys a credential that was typed on the form of a connection that is gone, unless another connection uses it, a
 * deleted one too: that one can be restored. True if it is gone, with every version of its secret.
 */
export const purgeInlineCredential = async (doing: Doing, credentialId: string): Promise<boolean> => {
  const { tx, actor } = doing
  const stored = await lockStored(tx, actor.workspaceId, credentialId)
  if (!stored?.inline || (await isUsed(tx, actor.workspaceId, credentialId))) return false
  await purgeStored(tx, actor.workspaceId, credentialId)
  await note(doing, 'credential.purged', stored, { fields: stored.fields, versions: stored.version })
  return true
}

/** Lets a connection use a stored credential: it must fit, be usable, and be sealed to this destination or to none yet. */
export const attachCredential = async (
  doing: Doing,
  credentialId: string,
  { accepted, destination }: { accepted: readonly CredentialKind[]; destination: Destination },
): Promise<void> => {
  authorize(doing.actor, 'credentials:attach')
  const stored = await lockStored(doing.tx, doing.actor.workspaceId, credentialId)
  if (stored?.status !== 'active') throw wrongCredential('There is no such credential.')
  if (!accepted.some((kind) => kind === stored.kind)) {
    throw wrongCredential(`“${stored.name}” does not fit this connector; it takes ${accepted.join(', ')}.`)
  }
  await bindTo(doing, stored, destination)
}

export interface SecretChange {
  /** Names of the fields that changed: secret ones as they are, public ones as `credential.username`. */
  changed: string[]
  /** Set when the connection got a credential of its own because others use the old one. */
  replacedBy?: string
}

/** Changes the credential of a connection by what was typed on its form, and seals it to where the connection now points. */
export const changeCredential = async (
  doing: Doing,
  credentialId: string,
  {
    bundle,
    destination,
    connection,
  }: { bundle: Bundle; destination: Destination; connection: { id: string; name: string } },
): Promise<SecretChange> => {
  const stored = await lockOwn(doing, credentialId)
  const change = differenceOf(stored, bundle)
  if (!change.isTyped && !change.isMetaChanged) {
    await bindTo(doing, stored, destination, connection.id)
    return { changed: [] }
  }
  authorize(doing.actor, 'credentials:write')
  const others = await listUsers(doing.tx, doing.actor.workspaceId, credentialId, connection.id)
  if (others.length > 0) return replaceShared(doing, { bundle, destination, connection, change, others })
  return changeOwn(doing, stored, { bundle, destination, change, connectionId: connection.id })
}

/** Checks, for a connection that keeps its secret, that the secret may go where the connection now points. */
export const keepCredential = async (
  doing: Doing,
  credentialId: string,
  destination: Destination,
  connectionId: string,
): Promise<void> => bindTo(doing, await lockOwn(doing, credentialId), destination, connectionId)

interface Difference {
  isTyped: boolean
  isMetaChanged: boolean
  metaChanged: string[]
  /** Stored secret fields that stay as they are. */
  kept: string[]
}

const differenceOf = (stored: StoredCredential, { meta, typed, cleared }: Bundle): Difference => {
  const before = stored.config as Record<string, unknown>
  const names = new Set([...Object.keys(before), ...Object.keys(meta)])
  const metaChanged = [...names].filter((name) => before[name] !== meta[name])
  return {
    isTyped: Object.keys(typed).length > 0 || cleared.some((name) => stored.fields.includes(name)),
    isMetaChanged: metaChanged.length > 0,
    metaChanged,
    kept: stored.fields.filter((name) => !Object.hasOwn(typed, name) && !cleared.includes(name)),
  }
}

const changeOwn = async (
  doing: Doing,
  stored: StoredCredential,
  given: { bundle: Bundle; destination: Destination; change: Difference; connectionId: string },
): Promise<SecretChange> => {
  const { tx, actor } = doing
  const { bundle, destination, change } = given
  // A secret that is typed in full may go where it was typed for; one that is only kept may not.
  if (change.kept.length > 0) await bindTo(doing, stored, destination, given.connectionId)
  const changed = change.metaChanged.map((name) => `credential.${name}`)
  if (change.isTyped) changed.push(...(await sealNext(doing, stored, bundle, change.kept)))
  const sealedTo = change.kept.length > 0 ? {} : { destination: toJson(destination) }
  await updateStored(tx, actor.workspaceId, stored.id, { config: toJson(bundle.meta), ...sealedTo })
  if (changed.length > 0) await note(doing, 'credential.updated', stored, { changed })
  return { changed }
}

/** Seals the next version, unless it would hold exactly what the current one holds. */
const sealNext = async (doing: Doing, stored: StoredCredential, bundle: Bundle, kept: string[]): Promise<string[]> => {
  const { tx, actor } = doing
  const version = stored.version + 1
  const keep = kept.length > 0 ? { version: stored.version, fields: kept } : undefined
  const target = { id: stored.id, version, kind: stored.kind }
  const sealed = await sealVersion(actor.workspaceId, target, bundle.typed, keep)
  if (sealed.fingerprint === stored.fingerprint) return []
  await insertVersion(tx, stored.id, version, { ...sealed, createdBy: actor.id })
  await updateStored(tx, actor.workspaceId, stored.id, { version })
  return [...Object.keys(bundle.typed), ...bundle.cleared.filter((name) => stored.fields.includes(name))].sort()
}

/** Others use the credential: they keep it, and this connection gets its own, if its whole secret was typed. */
const replaceShared = async (
  doing: Doing,
  given: {
    bundle: Bundle
    destination: Destination
    connection: { name: string }
    change: Difference
    others: string[]
  },
): Promise<SecretChange> => {
  const { bundle, destination, connection, change, others } = given
  if (change.kept.length > 0) throw sharedWith(others)
  const replacedBy = await storeInlineCredential(doing, { name: connection.name, bundle, destination })
  const changed = [...change.metaChanged.map((name) => `credential.${name}`), ...Object.keys(bundle.typed)].sort()
  return { changed: [...changed, 'credential_id'], replacedBy }
}

/** The rule of AUTHZ-3, in one place: same destination, or first one, or `credentials:bind` and an event in the trail. */
const bindTo = async (
  doing: Doing,
  stored: StoredCredential,
  destination: Destination,
  connectionId?: string,
): Promise<void> => {
  const { tx, actor } = doing
  const sealed = stored.destination === null ? undefined : destinationShape.parse(stored.destination)
  if (sealed && isSameDestination(sealed, destination)) return
  // Nobody has said yet where it may go: that is for those who could have typed it.
  const mayChoose = hasHostHint(stored.config) || stored.fields.length === 0 || mayDo(actor, 'credentials:write')
  if (sealed === undefined && mayChoose && fitsHints(stored.config, destination)) {
    await updateStored(tx, actor.workspaceId, stored.id, { destination: toJson(destination) })
    return
  }
  if (stored.fields.length > 0 && !mayDo(actor, 'credentials:bind')) throw destinationChanged(sealed, destination)
  const others = await listUsers(tx, actor.workspaceId, stored.id, connectionId)
  if (others.length > 0) throw sharedWith(others)
  await updateStored(tx, actor.workspaceId, stored.id, { destination: toJson(destination) })
  const from = sealed ? describeDestination(sealed) : null
  await note(doing, 'credential.bound', stored, { from, to: describeDestination(destination) })
}

const lockOwn = async ({ tx, actor }: Doing, id: string): Promise<StoredCredential> => {
  const stored = await lockStored(tx, actor.workspaceId, id)
  if (!stored) throw wrongCredential('The credential of this connection is gone; attach another one.')
  return stored
}

const sealVersion = async (
  workspaceId: string,
  { id, version, kind }: { id: string; version: number; kind: string },
  fields: Record<string, string>,
  keep?: { version: number; fields: string[] },
) => {
  const sealed = await sealSecret({
    workspace_id: workspaceId,
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
    if (!(await isNameTaken(tx, actor.workspaceId, nameKey(name)))) return name
  }
}

const note = (
  { tx, actor, requestId }: Doing,
  event: 'credential.created' | 'credential.updated' | 'credential.bound' | 'credential.purged',
  { id, name }: { id: string; name: string },
  details: Record<string, unknown>,
) => record(tx, { actor, event, outcome: 'success', requestId, subject: { type: 'credential', id, name, details } })

/** Zod has checked the value; this is where it becomes a JSON column. */
const toJson = (value: object) => JSON.parse(JSON.stringify(value))

const wrongCredential = (message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer: '/credential_id', message }] })

const sharedWith = (others: string[]) =>
  new AppError(
    'in_use',
    `Other connections use the same credential (${others.slice(0, 3).join(', ')}${others.length > 3 ? ', …' : ''}). Type the whole secret again to give this connection its own.`,
    { details: { used_by: others } },
  )

const destinationChanged = (sealed: Destination | undefined, wanted: Destination) =>
  new AppError(
    'destination_changed',
    `The stored secret was entered for ${sealed ? describeDestination(sealed) : 'another host'} and is not sent to ${describeDestination(wanted)}. Type the secret again, or ask an admin to allow the change.`,
    { errors: [{ pointer: '/credential', message: 'Type the secret again for the changed destination.' }] },
  )
