import * as z from 'zod'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName } from '#lib/core/text'
import { credentialTypes } from './kinds.ts'

export const credentialStatuses = ['active', 'disabled', 'deleted'] as const

export const createCredentialInput = z.strictObject({
  name: displayName,
  type: z.enum(credentialTypes),
  /** Which form of the type; the only one it has, if left out. */
  kind: z.string().max(64).optional(),
  environment: z.enum(['dev', 'staging', 'prod']).nullable().optional(),
  /** Public and secret fields together; the kind's schema tells them apart and refuses the rest. */
  config: z.record(z.string().max(64), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

export const credentialRef = z.strictObject({ id: z.string().min(1).max(64) })

export const listCredentialsInput = z.strictObject({
  ...pageInput,
  q: z.string().max(200).optional(),
  type: z.enum(credentialTypes).optional(),
  sort: z.enum(['name', '-name', 'created_at', '-created_at']).default('name'),
})

/** What the stored secret shows: that it is set, since when, and a keyed fingerprint. */
export const secretView = z.object({
  set: z.boolean(),
  fields: z.array(z.string()),
  version: z.int(),
  updated_at: z.iso.datetime(),
  fingerprint: z.string(),
  /** The key that opens it is not available on this installation. */
  locked: z.boolean(),
})

export const credentialView = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(credentialTypes),
  kind: z.string(),
  status: z.enum(credentialStatuses),
  environment: z.string().nullable(),
  /** Typed on a connection's form; it is destroyed with the last connection that uses it. */
  inline: z.boolean(),
  config: z.record(z.string(), z.unknown()),
  secret: secretView,
  /** What the secret is sealed to, e.g. `postgresql://db.example.com:5432 (verify-full)`; null until first attached. */
  sealed_to: z.string().nullable(),
  used_by_count: z.int(),
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
