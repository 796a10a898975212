import { isDeepStrictEqual } from 'node:util'
import { findManifest } from '#lib/connectors/catalog'
import type { ConnectionVersion, VersionChange } from './schema.ts'
import type { StoredVersion } from './version-store.ts'
import { publicSettings } from './view.ts'

/** A version with what it changed in the one before; of the first one known there is nothing to compare. */
export const versionView = (
  row: StoredVersion,
  before: StoredVersion | undefined,
  { type, isCurrent }: { type: string; isCurrent: boolean },
): ConnectionVersion => ({
  version: row.revision,
  current: isCurrent,
  created_at: row.createdAt.toISOString(),
  created_by: { id: row.createdBy, name: row.createdByName },
  changes: before ? changesOf(type, before, row) : [],
  restored_from: row.restoredFrom,
  test:
    row.testSuccess === null || row.testAt === null
      ? null
      : { status: row.testSuccess ? 'passed' : 'failed', at: row.testAt.toISOString() },
})

const changesOf = (type: string, before: StoredVersion, after: StoredVersion): VersionChange[] => {
  const [old, next] = [shownOf(type, before), shownOf(type, after)]
  const names = [...new Set([...old.keys(), ...next.keys()])]
  const changes = names
    .filter((name) => !isDeepStrictEqual(old.get(name), next.get(name)))
    .map((field) => ({ field, before: old.get(field) ?? null, after: next.get(field) ?? null, secret: false }))
  return [...changes, ...secretsOf(after, names)]
}

/** Whatever changed and is not among the public fields is one of the secret, which has no before and after. */
const secretsOf = ({ changed }: StoredVersion, known: readonly string[]): VersionChange[] =>
  changed
    .filter((name) => name !== 'credential_id' && !name.startsWith('config.') && !known.includes(name))
    .map((field) => ({ field, before: null, after: null, secret: true }))

const shownOf = (type: string, row: StoredVersion): Map<string, NonNullable<VersionChange['before']>> => {
  const settings = Object.entries(publicSettings(findManifest(type), row.config))
  const all = Object.entries({
    name: row.name,
    conn_id: row.connId,
    role: row.role,
    environment: row.environment,
    tags: row.tags,
    description: row.description,
    credential: row.credentialId === null ? null : (row.credentialName ?? row.credentialId),
    ...Object.fromEntries(settings.map(([name, value]) => [`config.${name}`, value])),
  })
  // Columns of JSON and text: there is nothing in them that is not JSON.
  return new Map(JSON.parse(JSON.stringify(all.filter(([, value]) => value !== null && value !== undefined))))
}
