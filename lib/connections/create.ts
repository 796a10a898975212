import type * as z from 'zod'
import { destinationOf, manifestOf } from '#lib/connectors/catalog'
import type { Manifest } from '#lib/connectors/contract'
import { newId } from '#lib/core/id'
import { nameKey } from '#lib/core/text'
import { attachCredential } from '#lib/credentials/attach'
import { parseBundle } from '#lib/credentials/bundle'
import type { Doing } from '#lib/credentials/doing'
import { storeInlineCredential } from '#lib/credentials/seal-version'
import { atSentFields, atSentFieldsOf, invalid, parseSaved, readSettings, type Settings } from './body.ts'
import { checkSlug, freeSlug, requireFree, slugOf } from './names.ts'
import { holdNames } from './naming-store.ts'
import type { createConnectionInput } from './schema.ts'
import { insertStored } from './store.ts'

type CreateInput = z.output<typeof createConnectionInput>

/** Stores a new connection, with the credential that was typed along with it; answers its id. */
export const storeConnection = async (doing: Doing, input: CreateInput): Promise<{ id: string; name: string }> => {
  const { tx, actor } = doing
  const manifest = manifestOf(input.type)
  checkRole(manifest, input.role)
  const settings = readSettings(manifest, input)
  const config = parseSaved(manifest, settings.config ?? {}, settings)
  const bundle = typedBundle(manifest, settings)
  const { connId, name } = await namesOf(doing, input, settings)
  const destination = destinationOf(manifest, config)
  const stored = async (): Promise<string | null> => {
    if (bundle) return storeInlineCredential(doing, { name: settings.credential?.name ?? name, bundle, destination })
    if (!settings.credentialId) return null
    await attachCredential(doing, settings.credentialId, { accepted: manifest.credentials, destination })
    return settings.credentialId
  }
  const credentialId = await atSentFieldsOf(settings, stored())
  const id = newId('connection')
  await insertStored(tx, actor.workspaceId, {
    id,
    connId,
    name,
    nameKey: nameKey(name),
    type: manifest.id,
    role: input.role,
    config: JSON.parse(JSON.stringify(config)),
    summary: manifest.summarize(config),
    environment: input.environment ?? null,
    tags: input.tags ?? [],
    description: input.description || null,
    credentialId,
    createdBy: actor.id,
    updatedBy: actor.id,
  })
  return { id, name }
}

/** A connector may only take one of the two roles. */
export const checkRole = (manifest: Manifest, role: 'source' | 'destination'): void => {
  if (manifest.roles.includes(role)) return
  throw invalid([{ pointer: '/role', message: `${manifest.name} can only be a ${manifest.roles.join(' or ')}.` }])
}

const typedBundle = (manifest: Manifest, settings: Settings) => {
  const { credential } = settings
  if (!credential) return undefined
  return atSentFields(settings, () => parseBundle(credential, { accepted: manifest.credentials, at: '/credential' }))
}

const namesOf = async ({ tx, actor }: Doing, input: CreateInput, { isFlat }: Settings) => {
  const { conn_id, name = conn_id } = input
  if (name === undefined || (isFlat && conn_id === undefined)) {
    throw invalid([{ pointer: isFlat ? '/conn_id' : '/name', message: 'This field is required.' }])
  }
  if (conn_id !== undefined) checkSlug(conn_id)
  const connId = conn_id ?? (await freeSlug(tx, actor.workspaceId, slugOf(name, input.type)))
  // Names come before credentials too, as where a connection is changed.
  await holdNames(tx, actor.workspaceId, [connId], 'change')
  await requireFree(tx, actor.workspaceId, { connId: conn_id, name })
  return { connId, name }
}
