import * as z from 'zod'
import { findManifest } from '#lib/connectors/catalog'
import type { FlatMapping, Manifest } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { secretMask } from '#lib/core/secret'
import { isoTime } from '#lib/core/time'
import { publicConfig } from '#lib/credentials/view'
import { environments } from '#lib/format/environment'
import type { TestState } from './columns.ts'
import { type ConnectionView, connectionRoles } from './schema.ts'
import type { StoredConnection } from './store.ts'

type IsLocked = (keyId: string) => boolean

/** What teammates may see of a connection: a whitelist, in the canonical and in the flat shape. */
export const connectionView = (row: StoredConnection, isLocked: IsLocked): ConnectionView => {
  const manifest = findManifest(row.type)
  const config = publicSettings(manifest, row.config)
  const credential = credentialOf(row, isLocked)
  return {
    id: row.id,
    conn_id: row.connId,
    name: row.name,
    type: row.type,
    role: connectionRoles.find((role) => role === row.role) ?? 'source',
    environment: environments.find((environment) => environment === row.environment) ?? null,
    tags: row.tags,
    description: row.description,
    config,
    summary: row.summary,
    credential_id: row.credentialId,
    credential,
    ...flatView(manifest, config, credential),
    used_by_count: row.usedBy,
    restricted: row.restricted,
    granted: row.granted,
    last_test: lastTestOf(row),
    test_state: testStateOf(row),
    revision: row.revision,
    created_at: isoTime(row.createdAt),
    updated_at: isoTime(row.updatedAt),
    created_by: row.createdBy,
    deleted_at: row.deletedAt && isoTime(row.deletedAt),
  }
}

/** Only settings the manifest declares: whatever else a row may hold is treated as secret (ENC-15). */
export const publicSettings = (manifest: Manifest | undefined, config: unknown): Record<string, unknown> => {
  if (!manifest || typeof config !== 'object' || config === null) return {}
  const known = manifest.config.shape
  return Object.fromEntries(Object.entries(config).filter(([name]) => Object.hasOwn(known, name)))
}

const credentialOf = (row: StoredConnection, isLocked: IsLocked): ConnectionView['credential'] => {
  if (row.credentialId === null || row.credentialKind === null) return null
  return {
    id: row.credentialId,
    name: row.credentialName ?? '',
    type: row.credentialType ?? '',
    kind: row.credentialKind,
    config: publicConfig(row.credentialKind, row.credentialConfig),
    secret: secretOf(row, isLocked),
  }
}

const secretOf = (row: StoredConnection, isLocked: IsLocked) => {
  if (row.credentialVersion === null || row.secretAt === null || row.keyId === null) return null
  const fields = row.secretFields ?? []
  return {
    set: fields.length > 0,
    fields,
    version: row.credentialVersion,
    updated_at: isoTime(row.secretAt),
    fingerprint: row.showsFingerprint ? row.fingerprint : null,
    locked: isLocked(row.keyId),
  }
}

type FlatView = Pick<ConnectionView, 'host' | 'port' | 'schema' | 'login' | 'password' | 'extra'>

const flatView = (
  manifest: Manifest | undefined,
  config: Record<string, unknown>,
  credential: ConnectionView['credential'],
): FlatView => {
  const flat: FlatMapping = manifest?.flat ?? {}
  const text = (name: string | undefined) =>
    name !== undefined && config[name] !== undefined ? String(config[name]) : null
  const login = flat.login ? credential?.config[flat.login.field] : undefined
  const isSet = (field: string | undefined) => field !== undefined && credential?.secret?.fields.includes(field)
  const port = flat.port === undefined ? undefined : config[flat.port]
  return {
    host: text(flat.host),
    port: typeof port === 'number' ? port : null,
    schema: text(flat.schema),
    login: typeof login === 'string' ? login : null,
    password: isSet(flat.password?.field) ? secretMask : null,
    extra: isSet('extra') ? secretMask : null,
  }
}

const cause = z.object({ code: z.string() })

const lastTestOf = (row: StoredConnection): ConnectionView['last_test'] => {
  if (row.testId === null || row.testAt === null) return null
  const parsed = cause.safeParse(row.testCause)
  return {
    id: row.testId,
    status: row.testSuccess ? 'passed' : 'failed',
    at: isoTime(row.testAt),
    latency_ms: row.testLatencyMs,
    message: row.testMessage ?? '',
    stale: row.testStale ?? false,
    cause_code: parsed.success ? parsed.data.code : null,
  }
}

// The same four states as in store.ts, where the list filters by them.
const testStateOf = (row: StoredConnection): TestState => {
  if (row.testId === null || (row.testStale && !row.everPassed)) return 'never_tested'
  if (row.testStale) return 'stale'
  return row.testSuccess ? 'passed' : 'failed'
}

export const noSuchConnection = () =>
  new AppError('not_found', 'There is no such connection, or it belongs to another workspace.')
