import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import type { Tx } from '#lib/db/client'
import type { Actor } from './actor.ts'
import { mintApiKey, parseRange } from './api-keys.ts'
import { mayDo } from './authorize.ts'
import { roles } from './permissions.ts'
import { checkReach } from './reach.ts'
import {
  type ApiKeyView,
  apiKeyList,
  apiKeyRef,
  apiKeyView,
  createApiKeyInput,
  createdApiKey,
  listApiKeysInput,
  signOutInput,
  signOutOutput,
} from './schema.ts'
import {
  endSession,
  findReachable,
  findWorkspaceTag,
  insertApiKey,
  lockApiKey,
  pageOfApiKeys,
  revokeStoredApiKey,
} from './store.ts'

export const listApiKeys = operation({
  summary: 'List API keys',
  effect: 'read',
  permission: 'api-keys:read',
  audit: 'none',
  input: listApiKeysInput,
  output: apiKeyList,
  async run({ limit, cursor }, { actor, db }) {
    const after = decodeCursor(cursor, 'id')?.id
    const found = await pageOfApiKeys(db, actor.workspaceId, { limit, ...(after !== undefined && { after }) })
    const { rows, page } = pageOf(found, limit, 'id', (row) => row.id)
    return { items: rows.map(viewOf), page }
  },
})

export const createApiKey = operation({
  summary: 'Create an API key; the answer shows it once',
  effect: 'write',
  permission: 'api-keys:write',
  recentSignIn: true,
  audit: 'api_key.created',
  input: createApiKeyInput,
  output: createdApiKey,
  shownOnce: ['key'],
  async run({ name, scopes, expires_in_days, ip_allowlist, ...limits }, { actor, tx, subject }) {
    checkScopes(actor, scopes)
    checkReach(scopes, limits)
    const { environments } = limits
    const connections = await reachedConnections(tx, actor, limits.connections)
    checkRanges(ip_allowlist)
    const tag = await findWorkspaceTag(tx, actor.workspaceId)
    if (tag === undefined) throw noSuchKey()
    const { key, hash, hint } = mintApiKey(tag)
    const row = await insertApiKey(tx, actor.workspaceId, {
      id: newId('apiKey'),
      name,
      hash,
      hint,
      role: actor.role,
      scopes: [...new Set(scopes)],
      ipAllowlist: ip_allowlist,
      connections,
      environments: [...new Set(environments)],
      createdBy: actor.id,
      expiresAt: new Date(Date.now() + expires_in_days * 86_400_000),
    })
    subject({
      type: 'api_key',
      id: row.id,
      name,
      details: { scopes, expires_at: row.expiresAt, ip_allowlist, connections, environments },
    })
    return { ...viewOf(row), key }
  },
})

export const revokeApiKey = operation({
  summary: 'Revoke an API key at once',
  effect: 'write',
  permission: 'api-keys:write',
  audit: 'api_key.revoked',
  input: apiKeyRef,
  output: apiKeyView,
  async run({ id }, { actor, tx, subject }) {
    const existing = await lockApiKey(tx, actor.workspaceId, id)
    if (!existing) throw noSuchKey()
    const [revoked] = await revokeStoredApiKey(tx, actor.workspaceId, id, new Date())
    subject({ type: 'api_key', id, name: existing.name })
    return viewOf(revoked ?? existing)
  },
})

export const signOut = operation({
  summary: 'End the session of this browser',
  effect: 'write',
  permission: 'workspace:read',
  audit: 'session.ended',
  input: signOutInput,
  output: signOutOutput,
  async run(_input, { actor, tx, subject }) {
    if (!actor.sessionId) throw new AppError('conflict', 'An API key has no session; revoke the key instead.')
    subject({ type: 'session', id: actor.sessionId })
    return { signed_out: await endSession(tx, actor.sessionId) }
  },
})

type Row = Awaited<ReturnType<typeof insertApiKey>>

const viewOf = (row: Row): ApiKeyView => ({
  id: row.id,
  name: row.name,
  hint: `${row.hint}…`,
  role: roles.find((role) => role === row.role) ?? 'viewer',
  scopes: row.scopes,
  ip_allowlist: row.ipAllowlist,
  connections: row.connections,
  environments: row.environments,
  status: row.revokedAt ? 'revoked' : row.expiresAt && row.expiresAt <= new Date() ? 'expired' : 'active',
  created_by: row.createdBy,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
})

type Scopes = Parameters<typeof mayDo>[1][]

/** A key never does more than the one who makes it. */
const checkScopes = (actor: Parameters<typeof mayDo>[0], scopes: Scopes): void => {
  const errors = scopes.flatMap((scope, i) =>
    mayDo(actor, scope) ? [] : [{ pointer: `/scopes/${i}`, message: `You do not have “${scope}” yourself.` }],
  )
  if (errors.length > 0) throw new AppError('forbidden', 'A key cannot do more than the one who makes it.', { errors })
}

/** The ids of the connections that were named; each must be there for whoever makes the key. */
const reachedConnections = async (tx: Tx, actor: Actor, refs: readonly string[]): Promise<string[]> => {
  const found = await findReachable(tx, actor, refs)
  const errors = refs.flatMap((ref, i) =>
    found.has(ref) ? [] : [{ pointer: `/connections/${i}`, message: `There is no connection “${ref}”.` }],
  )
  const [first] = errors
  if (first) throw new AppError('invalid_request', first.message, { errors })
  return [...new Set(found.values())]
}

const checkRanges = (entries: string[]): void => {
  const errors = entries.flatMap((entry, i) =>
    isRange(entry) ? [] : [{ pointer: `/ip_allowlist/${i}`, message: 'Use an address or a range such as 10.0.0.0/8.' }],
  )
  const [first] = errors
  if (first) throw new AppError('invalid_request', first.message, { errors })
}

const isRange = (entry: string): boolean => {
  try {
    parseRange(entry)
    return true
  } catch {
    return false
  }
}

const noSuchKey = () => new AppError('not_found', 'There is no such API key, or it belongs to another workspace.')
