import { isDeepStrictEqual } from 'node:util'
import type * as z from 'zod'
import { destinationOf, manifestOf } from '#lib/connectors/catalog'
import type { Manifest } from '#lib/connectors/contract'
import { changedMeanwhile } from '#lib/core/revision'
import { nameKey } from '#lib/core/text'
import { attachCredential, changeCredential, keepCredential } from '#lib/credentials/attach'
import { type Bundle, parseBundle } from '#lib/credentials/bundle'
import { isSameDestination } from '#lib/credentials/destination'
import type { Doing } from '#lib/credentials/doing'
import { storeInlineCredential } from '#lib/credentials/seal-version'
import { atSentFields, atSentFieldsOf, invalid, parseSaved, readSettings, type Settings } from './body.ts'
import { checkRole } from './create.ts'
import { checkSlug, requireFree } from './names.ts'
import { keepAlias } from './naming-store.ts'
import type { updateConnectionInput } from './schema.ts'
import { type StoredConnection, updateStored } from './store.ts'
import { writeVersion } from './version-store.ts'
import { publicSettings } from './view.ts'

type UpdateInput = z.output<typeof updateConnectionInput>

export interface Change {
  /** `config.host`, `name`, `password` …; empty when everything already was as asked. */
  changed: string[]
  /** Public fields before and after, for the trail. */
  details: Record<string, unknown>
}

/** Changes a connection that the caller has locked: `merge` lays what was sent over it, `replace` puts it in its place. */
export const changeConnection = async (
  doing: Doing,
  current: StoredConnection,
  input: UpdateInput,
  mode: 'merge' | 'replace',
  restoredFrom?: number,
): Promise<Change> => {
  const manifest = manifestOf(current.type)
  checkFixed(manifest, current, input)
  const settings = readSettings(manifest, input)
  const before = publicSettings(manifest, current.config)
  const config = nextConfig(manifest, before, settings, mode)
  const labels = nextLabels(current, input, mode)
  await checkNames(doing, current, input)
  const changed = [
    ...differences(labelsOf(current), labels),
    ...differences(before, config).map((name) => `config.${name}`),
  ]
  const secret = await nextCredential(doing, { manifest, current, settings, config, name: labels.name })
  changed.push(...secret.changed)
  const isOther = secret.credentialId !== current.credentialId
  if (isOther && !changed.includes('credential_id')) changed.push('credential_id')
  if (changed.length > 0)
    await write(doing, current, { manifest, config, labels, changed, credentialId: secret.credentialId, restoredFrom })
  return {
    changed,
    details: { changed, before: pick(labelsOf(current), before, changed), after: pick(labels, config, changed) },
  }
}

interface Next {
  manifest: Manifest
  config: Record<string, unknown>
  labels: Labels
  changed: string[]
  credentialId: string | null
  restoredFrom: number | undefined
}

const write = async ({ tx, actor }: Doing, current: StoredConnection, next: Next): Promise<void> => {
  const { manifest, config, labels, changed, credentialId, restoredFrom } = next
  const isSettings = changed.some((name) => /^(config\.|credential)/.test(name))
  const { name, conn_id, role, environment, tags, description } = labels
  const written = await updateStored(tx, actor.workspaceId, current, {
    name,
    nameKey: nameKey(name),
    connId: conn_id,
    role,
    environment,
    tags,
    description,
    config: JSON.parse(JSON.stringify(config)),
    summary: manifest.summarize(config),
    credentialId,
    updatedBy: actor.id,
    ...(isSettings && { settingsRevision: { increment: 1 } }),
  })
  if (!written) throw changedMeanwhile()
  if (conn_id !== current.connId)
    await keepAlias(tx, actor.workspaceId, { connectionId: current.id, from: current.connId, to: conn_id })
  await writeVersion(tx, actor.workspaceId, current.id, {
    changed,
    by: actor.id,
    ...(restoredFrom !== undefined && { restoredFrom }),
  })
}

interface Labels {
  name: string
  conn_id: string
  role: string
  environment: string | null
  tags: string[]
  description: string | null
}

const labelsOf = (row: StoredConnection): Labels => ({
  name: row.name,
  conn_id: row.connId,
  role: row.role,
  environment: row.environment,
  tags: row.tags,
  description: row.description,
})

/** Name, id and role are what a connection is; leaving them out keeps them, also where the rest is replaced. */
const nextLabels = (current: StoredConnection, input: UpdateInput, mode: 'merge' | 'replace'): Labels => {
  const rest = mode === 'merge' ? current : { environment: null, tags: [], description: null }
  return {
    name: input.name ?? current.name,
    conn_id: input.conn_id ?? current.connId,
    role: input.role ?? current.role,
    environment: input.environment === undefined ? rest.environment : input.environment,
    tags: input.tags ?? rest.tags,
    description: input.description === undefined ? rest.description : input.description || null,
  }
}

/** The flat body cannot say everything a connector knows, so it is always laid over what is there. */
const nextConfig = (
  manifest: Manifest,
  before: Record<string, unknown>,
  settings: Settings,
  mode: 'merge' | 'replace',
): Record<string, unknown> => {
  if (mode === 'merge' && settings.config === undefined) return before
  const base = mode === 'merge' || settings.isFlat ? before : {}
  return parseSaved(manifest, { ...base, ...settings.config }, settings)
}

const checkFixed = (manifest: Manifest, current: StoredConnection, input: UpdateInput): void => {
  if (input.type !== undefined && input.type !== current.type) {
    throw invalid([
      { pointer: '/type', message: 'The connector of a connection cannot change; create another connection.' },
    ])
  }
  if (input.role !== undefined) checkRole(manifest, input.role)
}

const checkNames = async ({ tx, actor }: Doing, current: StoredConnection, input: UpdateInput): Promise<void> => {
  if (input.conn_id !== undefined && input.conn_id !== current.connId) checkSlug(input.conn_id)
  await requireFree(tx, actor.workspaceId, { connId: input.conn_id, name: input.name, except: current.id })
}

interface CredentialStep {
  manifest: Manifest
  current: StoredConnection
  settings: Settings
  config: Record<string, unknown>
  name: string
}

/** What becomes of the credential: attached, detached, changed, made, or kept, always checked against the destination. */
const nextCredential = async (
  doing: Doing,
  { manifest, current, settings, config, name }: CredentialStep,
): Promise<{ credentialId: string | null; changed: string[] }> => {
  const destination = destinationOf(manifest, config)
  const kept = { credentialId: current.credentialId, changed: [] }
  const isMoved = !isSameDestination(manifest.destination(publicSettings(manifest, current.config)), destination)
  const { credentialId, credential } = settings
  if (credentialId === null) return { credentialId: null, changed: [] }
  if (credentialId !== undefined && credentialId !== current.credentialId) {
    await attachCredential(doing, credentialId, { accepted: manifest.credentials, destination })
    return { credentialId, changed: [] }
  }
  const bundle = credential && atSentFields(settings, () => readBundle(manifest, current, credential))
  if (!bundle) {
    if (current.credentialId)
      await atSentFieldsOf(
        settings,
        keepCredential(doing, current.credentialId, { destination, isMoved, connectionId: current.id }),
      )
    return kept
  }
  // The old credential stays as it is where the new one is of another kind.
  if (!current.credentialId || bundle.kind !== current.credentialKind) {
    const made = storeInlineCredential(doing, { name: credential?.name ?? name, bundle, destination })
    return { credentialId: await atSentFieldsOf(settings, made), changed: Object.keys(bundle.typed).sort() }
  }
  const connection = { id: current.id, name }
  const step = changeCredential(doing, current.credentialId, { bundle, destination, connection })
  const { changed, replacedBy } = await atSentFieldsOf(settings, step)
  return { credentialId: replacedBy ?? current.credentialId, changed }
}

const readBundle = (
  manifest: Manifest,
  current: StoredConnection,
  credential: NonNullable<Settings['credential']>,
): Bundle => {
  const accepted = manifest.credentials
  const isSameKind = credential.kind === undefined || credential.kind === current.credentialKind
  if (!isSameKind || current.credentialKind === null) return parseBundle(credential, { accepted, at: '/credential' })
  const stored = current.credentialConfig as Record<string, unknown>
  return parseBundle({ ...credential, kind: current.credentialKind }, { accepted, at: '/credential', stored })
}

const differences = (before: object, after: object): string[] => {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !isDeepStrictEqual(read(before, name), read(after, name)))
}

const read = (from: object, name: string): unknown => Object.entries(from).find(([key]) => key === name)?.[1]

const pick = (labels: Labels, config: Record<string, unknown>, changed: string[]): Record<string, unknown> => {
  const all = {
    ...labels,
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [`config.${key}`, value])),
  }
  return Object.fromEntries(Object.entries(all).filter(([key]) => changed.includes(key)))
}
