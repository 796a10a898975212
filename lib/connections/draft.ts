import type * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { authorize } from '#lib/auth/authorize'
import { authorizeOn } from '#lib/auth/grants'
import { manifestOf } from '#lib/connectors/catalog'
import { parseBundle } from '#lib/credentials/bundle'
import type { Tx } from '#lib/db/client'
import type { RunTarget } from '#lib/engine/protocol'
import { atSentFields, parseConfig, readSettings } from './body.ts'
import type { testDraftInput } from './schema.ts'
import { findStored, type StoredConnection } from './store.ts'
import { noSuchConnection } from './view.ts'

type DraftInput = z.output<typeof testDraftInput>

/** What to test when nothing is saved yet. A kept secret stays in the engine, which sends it nowhere new. */
export const draftTarget = async (db: Tx, actor: Actor, input: DraftInput): Promise<RunTarget> => {
  const manifest = manifestOf(input.type)
  const edited = await editedConnection(db, actor, input.connection_ref)
  const settings = readSettings(manifest, input)
  const config = parseConfig(manifest, settings.config ?? {}, settings)
  const draft = { type: manifest.id, config, ...(edited && { connection_id: edited.id }) }
  const { credential, credentialId } = settings
  if (credential) {
    const stored = edited?.credentialKind ? storedMeta(edited) : undefined
    const accepted = manifest.credentials
    const bundle = atSentFields(settings, () =>
      parseBundle(credential, { accepted, at: '/credential', ...(stored && { stored }) }),
    )
    const keep = keptFields(bundle, edited)
    // Trying out what was typed needs the right to type secrets; testing with a stored one only that to use it (AUTHZ-4).
    if (Object.keys(bundle.typed).length > 0 || keep.length === 0) authorize(actor, 'credentials:write')
    else authorize(actor, 'credentials:attach')
    return { ...draft, credential: { kind: bundle.kind, meta: bundle.meta, secret: bundle.typed, keep } }
  }
  if (typeof credentialId === 'string') {
    await authorizeOn(db, actor, 'credentials:attach', { kind: 'credential', ref: credentialId })
    return { ...draft, credential_id: credentialId }
  }
  // Without any word about it, the credential is the one the edited connection has; with null there is none.
  if (credentialId === null) return { type: manifest.id, config }
  return draft
}

const editedConnection = async (
  db: Tx,
  actor: Actor,
  ref: string | undefined,
): Promise<StoredConnection | undefined> => {
  if (ref === undefined) return undefined
  const found = await findStored(db, actor, ref)
  if (!found) throw noSuchConnection()
  return found
}

const storedMeta = (edited: StoredConnection) => edited.credentialConfig as Record<string, unknown>

/** Secret fields that stay as stored: those sent masked, and those of the edited connection that were not mentioned. */
const keptFields = (bundle: ReturnType<typeof parseBundle>, edited: StoredConnection | undefined): string[] => {
  const stored = edited?.credentialKind === bundle.kind ? (edited.secretFields ?? []) : []
  return stored.filter((name) => !Object.hasOwn(bundle.typed, name) && !bundle.cleared.includes(name))
}
