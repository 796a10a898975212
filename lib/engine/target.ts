import { destinationOf, manifestOf } from '#lib/connectors/catalog'
import type { Manifest } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { parseInput } from '#lib/core/parse'
import type { Destination } from '#lib/credentials/destination'
import { type CredentialKind, credentialKinds, isCredentialKind } from '#lib/credentials/kinds'
import type { Tx } from '#lib/db/client'
import type { RunTarget, Ticket } from './protocol.ts'
import {
  readConnection,
  readCredential,
  type StoredConnection,
  type StoredCredential,
  type VersionOverride,
} from './store.ts'

/** What a run is about, read and parsed, before any decision about secrets. */
export interface Target {
  manifest: Manifest
  config: Record<string, unknown>
  destination: Destination
  /** Undefined for settings that were only typed. */
  connection: { id: string; name: string; connId: string; settingsRevision: number } | undefined
  credential: TargetCredential | undefined
}

export interface TargetCredential {
  kind: CredentialKind
  meta: Record<string, unknown>
  /** Secret fields typed with the request. */
  typed: Record<string, string>
  /** Secret fields to take from what is stored. */
  stored: { from: StoredCredential; fields: 'all' | readonly string[] } | undefined
}

/** Reads the connection, or takes the typed settings, for the workspace of the ticket; anything of others is not found. */
export const readTarget = async (
  tx: Tx,
  target: RunTarget,
  actor: Ticket['actor'],
  staged?: VersionOverride,
): Promise<Target> => {
  if (!('type' in target)) {
    const connection = await requireConnection(tx, actor, target.connection_id, staged)
    const { id, name, conn_id: connId, settings_revision: settingsRevision } = connection
    return {
      ...settingsOf(connection.type, connection.config, ''),
      connection: { id, name, connId, settingsRevision },
      credential: wholeCredential(attachedCredential(connection)),
    }
  }
  const settings = settingsOf(target.type, target.config, '/config')
  return { ...settings, connection: undefined, credential: await draftCredential(tx, target, actor) }
}

type Draft = Extract<RunTarget, { type: string }>

const draftCredential = async (tx: Tx, draft: Draft, actor: Ticket['actor']): Promise<TargetCredential | undefined> => {
  const typed = draft.credential
  if (!typed) return wholeCredential(await storedOfDraft(tx, draft, actor))
  const kind = kindOf(typed.kind)
  const { meta, secret } = credentialKinds[kind]
  const fields = {
    kind,
    meta: parseInput(meta, typed.meta, '/credential'),
    typed: dropUndefined(parseInput(secret, typed.secret, '/credential')),
  }
  if (typed.keep.length === 0) return { ...fields, stored: undefined }
  const from = await storedOfDraft(tx, draft, actor)
  return { ...fields, stored: from && { from, fields: typed.keep } }
}

const storedOfDraft = async (tx: Tx, draft: Draft, actor: Ticket['actor']): Promise<StoredCredential | undefined> => {
  if (draft.credential_id !== undefined) return requireCredential(await readCredential(tx, actor, draft.credential_id))
  if (draft.connection_id === undefined) return undefined
  return attachedCredential(await requireConnection(tx, actor, draft.connection_id))
}

const requireConnection = async (
  tx: Tx,
  actor: Ticket['actor'],
  id: string,
  staged?: VersionOverride,
): Promise<StoredConnection> => {
  const connection = await readConnection(tx, actor, id, staged)
  if (staged) requireStaged(connection, staged)
  if (connection) return connection
  throw new AppError('not_found', 'There is no such connection in this workspace.')
}

/** A staged secret is tested as itself or not at all: never the current one instead, and never an empty one. */
const requireStaged = (connection: StoredConnection | undefined, { credentialId, version }: VersionOverride): void => {
  const { credential } = connection ?? {}
  if (credential?.credential_id === credentialId && credential.version === version && credential.envelope) return
  throw new AppError('not_found', 'The connection does not use this credential any more, or the new secret is gone.')
}

const requireCredential = (credential: StoredCredential | undefined): StoredCredential => {
  if (!credential || credential.deleted) {
    throw new AppError('not_found', 'There is no such credential in this workspace.')
  }
  if (credential.status === 'active') return credential
  throw new AppError('credential_locked', `The credential “${credential.credential_name}” is ${credential.status}.`)
}

const attachedCredential = ({ attached_id, credential, name }: StoredConnection): StoredCredential | undefined => {
  if (attached_id === null) return undefined
  if (credential && !credential.deleted) return requireCredential(credential)
  throw new AppError(
    'credential_locked',
    `The credential of “${name}” was deleted, or access to it is restricted. Attach another one, or ask an admin.`,
  )
}

const wholeCredential = (stored: StoredCredential | undefined): TargetCredential | undefined =>
  stored && { kind: kindOf(stored.kind), meta: stored.meta, typed: {}, stored: { from: stored, fields: 'all' } }

const settingsOf = (type: string, config: Record<string, unknown>, pointer: string) => {
  const manifest = manifestOf(type)
  const parsed: Record<string, unknown> = parseInput(manifest.config, config, pointer)
  return { manifest, config: parsed, destination: destinationOf(manifest, parsed) }
}

const kindOf = (kind: string): CredentialKind => {
  if (isCredentialKind(kind)) return kind
  throw new AppError('invalid_request', `There is no credential kind “${kind}”.`, {
    errors: [{ pointer: '/credential/kind', message: 'Choose one of the kinds the connector accepts.' }],
  })
}

const dropUndefined = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
