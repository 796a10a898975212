import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName } from '#lib/core/text'
import { environments } from '#lib/format/environment'
import { type Permission, permissionNames, roles } from './permissions.ts'

const password = z.string('Enter a password.').min(1, 'Enter a password.').max(4_096, 'Use at most 256 characters.')

export const setupInput = z.strictObject({
  /** From the link that the server printed. */
  token: z.string().min(1, 'Open the link that the server printed.').max(256),
  email: z.string().max(320, 'Enter an e-mail address such as you@example.com.'),
  name: displayName,
  password,
  workspace: displayName.default('Default'),
})

export const setupOutput = z.object({ user_id: z.string(), workspace_id: z.string(), email: z.string() })

export const reachableEnvironments = [...environments, 'none'] as const

const scope = z.enum(permissionNames as [Permission, ...Permission[]])

export const createApiKeyInput = z.strictObject({
  name: displayName,
  /** What the key may do; at most what its creator may do. */
  scopes: z.array(scope).min(1, 'Choose at least one scope.').max(permissionNames.length),
  /** 90 days unless given. */
  expires_in_days: z.int().min(1, 'Use 1 to 365 days.').max(365, 'Use 1 to 365 days.').default(90),
  /** Addresses or CIDR ranges the key works from; anywhere unless given. */
  ip_allowlist: z.array(z.string().max(64)).max(50).default([]),
  /** The connections it reaches, by id or slug; all within its environments unless given. */
  connections: z.array(z.string().min(1).max(128)).max(200, 'Name at most 200 connections.').default([]),
  /** The environments it reaches, `none` for connections that have none; all unless given. */
  environments: z.array(z.enum(reachableEnvironments)).max(reachableEnvironments.length).default([]),
})

export const apiKeyView = z.object({
  id: z.string(),
  name: z.string(),
  /** How the key starts, to tell keys apart. */
  hint: z.string(),
  role: z.enum(roles),
  scopes: z.array(z.string()),
  ip_allowlist: z.array(z.string()),
  /** Ids of the connections it reaches; empty for all. */
  connections: z.array(z.string()),
  /** Empty for all. */
  environments: z.array(z.string()),
  status: z.enum(['active', 'expired', 'revoked']),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
})
export type ApiKeyView = z.output<typeof apiKeyView>

/** The only answer that ever holds a key. */
export const createdApiKey = apiKeyView.extend({ key: z.string() })

export const listApiKeysInput = z.strictObject(pageInput)
export const apiKeyList = z.object({ items: z.array(apiKeyView), page: pageMeta })
export const apiKeyRef = z.strictObject({ id: z.string().min(1).max(64) })

export const signOutInput = z.strictObject({})
export const signOutOutput = z.object({ signed_out: z.boolean() })

export const readSessionInput = z.strictObject({})
export const sessionState = z.object({
  /** Null for an API key, which has no session. */
  id: z.string().nullable(),
  /** When the person last proved who they are. */
  authenticated_at: z.iso.datetime().nullable(),
  has_password: z.boolean(),
  /** The identity provider that can confirm who this is, by its name; null if there is none. */
  provider: z.string().nullable(),
})
export type SessionState = z.output<typeof sessionState>

export const listSessionsInput = z.strictObject({})
export const sessionView = z.object({
  id: z.string(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: z.iso.datetime(),
  last_seen_at: z.iso.datetime(),
  /** The one that asks. */
  current: z.boolean(),
})
export type SessionView = z.output<typeof sessionView>
export const sessionList = z.object({ items: z.array(sessionView) })
export const sessionRef = z.strictObject({ id: z.string().min(1).max(64) })
export const endedSession = z.object({ id: z.string(), ended: z.boolean() })
export const endOthersInput = z.strictObject({})
export const endedSessions = z.object({ ended: z.int() })
export const changePasswordInput = z.strictObject({ current_password: password, password })

export const listIdentitiesInput = z.strictObject({})
export const identityView = z.object({
  id: z.string(),
  /** Its name, or its address where it is not set up any more. */
  provider: z.string(),
  /** Whether it opens anything now. */
  usable: z.boolean(),
  /** As the provider named it when it was linked. */
  email: z.string().nullable(),
  created_at: z.iso.datetime(),
})
export type IdentityView = z.output<typeof identityView>
export const identityList = z.object({ items: z.array(identityView) })
export const identityRef = z.strictObject({ id: z.string().min(1).max(64) })
export const unlinked = z.object({ id: z.string(), ended: z.int() })

export const confirmInput = z.strictObject({ password })
export const confirmOutput = z.object({ authenticated_at: z.iso.datetime() })

/** Why somebody is sent to the identity provider. */
export const purposes = ['sign_in', 'confirm', 'link'] as const
export type Purpose = (typeof purposes)[number]

/** Why somebody who comes back from the provider does not get in; the pages have a sentence for each. */
export type Refusal =
  | 'OidcUnknown'
  | 'OidcUnverified'
  | 'OidcExists'
  | 'OidcDisabled'
  | 'OidcOther'
  | 'OidcTaken'
  | 'OidcStale'
  | 'OidcFailed'
  | 'OidcCancelled'
  | 'OidcDown'
  | 'TooManyAttempts'
