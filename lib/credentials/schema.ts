import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { several } from '#lib/core/several'
import { displayName, longText } from '#lib/core/text'
import { environments } from '#lib/format/environment'
import { type CredentialKind, credentialKindNames, credentialTypes } from './kinds.ts'

export const credentialStatuses = ['active', 'disabled', 'deleted'] as const
export const credentialScopes = ['workspace', 'organization'] as const

/** Where a credential stands between being new and having to be replaced. */
export const rotationStates = ['none', 'fresh', 'due_soon', 'overdue'] as const
/** `expiring`: within 14 days. */
export const expiryStates = ['none', 'valid', 'expiring', 'expired'] as const

const shortText = displayName.nullable()

/** One object on the wire, public and secret fields together: the kind's schema tells them apart and refuses the rest. */
export const configInput = z.record(
  z.string().max(64),
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(z.string().max(2048)).max(50),
    z.record(z.string().max(128), z.string()),
  ]),
)

const labels = {
  environment: z.enum(environments).nullable().optional(),
  system: shortText.optional(),
  owner_team: shortText.optional(),
  description: longText.nullable().optional(),
  expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
  /** Days after which the secret should be replaced. */
  rotate_every_days: z.int().min(1).max(3650).nullable().optional(),
}

export const createCredentialInput = z.strictObject({
  name: displayName,
  type: z.enum(credentialTypes),
  /** Which form of the type; needed where it has several. */
  kind: z.enum(credentialKindNames as [(typeof credentialKindNames)[number], ...typeof credentialKindNames]).optional(),
  scope: z.enum(credentialScopes).default('workspace'),
  ...labels,
  config: configInput,
})

export const credentialRef = z.strictObject({ id: z.string().min(1).max(64) })

const ifMatch = z.string().max(200).optional()

/** A merge: what is left out stays, null clears, `"********"` keeps a stored secret. */
export const updateCredentialInput = z.strictObject({
  ...credentialRef.shape,
  if_match: ifMatch,
  name: displayName.optional(),
  ...labels,
  /** `disabled`: it cannot be used until it is `active` again. */
  status: z.enum(['active', 'disabled']).optional(),
  restricted: z.boolean().optional(),
  config: configInput.optional(),
  /** Takes what it was sealed to away, so that the next connection decides; needs `credentials:bind`. */
  unseal: z.literal(true).optional(),
})

const force = {
  /** Go ahead although connections use it; needs `credentials:purge` and a reason, which is recorded. */
  force: z.enum(['true', 'false']).optional(),
  reason: longText.optional(),
}

export const deleteCredentialInput = z.strictObject({ ...credentialRef.shape, if_match: ifMatch, ...force })
export const restoreCredentialInput = z.strictObject({
  ...credentialRef.shape,
  if_match: ifMatch,
  /** Another name, where its own was taken meanwhile. */
  name: displayName.optional(),
})

export const listCredentialsInput = z.strictObject({
  ...pageInput,
  q: z.string().max(200).optional(),
  type: z.enum(credentialTypes).optional(),
  /** Kinds of which any fits, such as those a connector takes. */
  kind: several(z.enum(credentialKindNames as [CredentialKind, ...CredentialKind[]])).optional(),
  status: z.enum(credentialStatuses).optional(),
  scope: z.enum(credentialScopes).optional(),
  environment: z.enum(environments).optional(),
  /** `false`: no connection uses it. */
  used: z.enum(['true', 'false']).optional(),
  /** `soon`: expires or is due for rotation within 14 days, or already was; `overdue`: already was. */
  due: z.enum(['soon', 'overdue']).optional(),
  sort: z.enum(['name', '-name', 'created_at', '-created_at', 'updated_at', '-updated_at']).default('name'),
})

/** What the stored secret shows: that it is set, since when, and a keyed fingerprint. */
export const secretView = z.object({
  set: z.boolean(),
  fields: z.array(z.string()),
  version: z.int(),
  updated_at: z.iso.datetime(),
  /** Null where the workspace switched fingerprints off. */
  fingerprint: z.string().nullable(),
  /** The key that opens it is not available on this installation. */
  locked: z.boolean(),
})

export const credentialView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(credentialTypes),
  kind: z.string(),
  scope: z.enum(credentialScopes),
  status: z.enum(credentialStatuses),
  environment: z.string().nullable(),
  system: z.string().nullable(),
  owner_team: z.string().nullable(),
  description: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
  expiry: z.enum(expiryStates),
  rotate_every_days: z.int().nullable(),
  rotation: z.enum(rotationStates),
  /** When it should be replaced, by its interval. */
  rotate_at: z.iso.datetime().nullable(),
  /** Why it should be replaced now, whatever its age; null for no such reason. */
  rotate_reason: z.string().nullable(),
  /** Only admins and those with a grant see and use it. */
  restricted: z.boolean(),
  /** What a grant gives you here beyond your role: `view`, `attach` or `replace`. */
  granted: z.string().nullable(),
  /** Typed on a connection's form; it is destroyed with the last connection that uses it. */
  inline: z.boolean(),
  config: z.looseObject({}),
  /** Read from the certificate in `config`; null where there is none. */
  certificate: z.object({ subject: z.string(), issuer: z.string(), expires_at: z.iso.datetime() }).nullable(),
  secret: secretView,
  /** What the secret is sealed to, e.g. `postgresql://db.example.com:5432 (verify-full)`; null until first attached. */
  sealed_to: z.string().nullable(),
  used_by_count: z.int(),
  last_used_at: z.iso.datetime().nullable(),
  revision: z.int(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  created_by: z.string(),
  deleted_at: z.iso.datetime().nullable(),
})
export type CredentialView = z.output<typeof credentialView>

export const credentialList = z.object({
  items: z.array(credentialView),
  page: pageMeta,
})

export const deletedCredential = z.object({
  id: z.string(),
  status: z.literal('deleted'),
  deleted_at: z.iso.datetime(),
})
export const restoredCredential = z.object({
  id: z.string(),
  /** `disabled` where it was so before it was deleted. */
  status: z.enum(['active', 'disabled']),
  deleted_at: z.null(),
})
export const purgedCredential = z.object({ id: z.string(), purged: z.literal(true) })

/** One connection that has the credential attached. */
export const attachment = z.object({
  connection: z.object({
    id: z.string(),
    conn_id: z.string(),
    name: z.string(),
    type: z.string(),
    workspace_id: z.string(),
    workspace_name: z.string(),
    environment: z.string().nullable(),
    deleted: z.boolean(),
  }),
  /** The credential is labelled for another environment than the connection. */
  environment_mismatch: z.boolean(),
  last_test: z.object({ status: z.enum(['passed', 'failed']), at: z.iso.datetime(), stale: z.boolean() }).nullable(),
  pipelines: z.int(),
})
export type Attachment = z.output<typeof attachment>
export const attachmentsInput = z.strictObject({ ...credentialRef.shape, ...pageInput })
export const attachmentList = z.object({
  items: z.array(attachment),
  page: pageMeta,
  /** Connections that use it too and that you may not see: restricted ones, and those of other workspaces. */
  hidden: z.int(),
})

export const credentialVersion = z.object({
  version: z.int(),
  /** `current`, `staged` (a rotation tests it), `previous` (kept for a roll-back), `destroyed`. */
  state: z.enum(['current', 'staged', 'previous', 'destroyed']),
  fields: z.array(z.string()),
  fingerprint: z.string().nullable(),
  key_id: z.string(),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  destroyed_at: z.iso.datetime().nullable(),
})
export type CredentialVersionView = z.output<typeof credentialVersion>
export const versionsInput = z.strictObject({ ...credentialRef.shape, ...pageInput })
export const versionList = z.object({ items: z.array(credentialVersion), page: pageMeta })

export const reviewInput = z.strictObject(pageInput)
/** The review as a file has no pages. */
export const reviewFileInput = z.strictObject({})
/** One credential on one connection that uses it; a credential nothing uses has a line of its own. */
export const reviewLine = z.object({
  credential: z.object({
    id: z.string(),
    name: z.string(),
    type: z.enum(credentialTypes),
    scope: z.enum(credentialScopes),
    status: z.enum(credentialStatuses),
    environment: z.string().nullable(),
    owner_team: z.string().nullable(),
    expires_at: z.iso.datetime().nullable(),
    expiry: z.enum(expiryStates),
    rotation: z.enum(rotationStates),
    last_used_at: z.iso.datetime().nullable(),
    /** Days since its secret was last replaced. */
    age_days: z.int(),
  }),
  connection: z
    .object({
      /** Null for a restricted connection, which you may not see. */
      id: z.string().nullable(),
      name: z.string(),
      workspace_name: z.string(),
      environment: z.string().nullable(),
      environment_mismatch: z.boolean(),
    })
    .nullable(),
})
export type ReviewLine = z.output<typeof reviewLine>
export const reviewList = z.object({ items: z.array(reviewLine), page: pageMeta })
export const reviewedFile = z.object({ lines: z.int() })
