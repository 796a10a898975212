import * as z from 'zod'
import { permissionNames, roles } from '#lib/auth/permissions'
import { displayName } from '#lib/core/text'
import { credentialTypes } from '#lib/credentials/kinds'

export const workspaceInput = z.strictObject({})

/** `credential`: comparable with nothing else; `workspace`: equal secrets look equal; `off`: not shown (ENC-16). */
export const fingerprintModes = ['credential', 'workspace', 'off'] as const

export const updateWorkspaceInput = z.strictObject({
  if_match: z.string().max(256).optional(),
  name: displayName.optional(),
  fingerprints: z.enum(fingerprintModes).optional(),
  /** Refuse changes that do not say with If-Match which version they were made on (428). */
  require_if_match: z.boolean().optional(),
})
export const workspaceSettings = z.object({
  id: z.string(),
  name: z.string(),
  fingerprints: z.enum(fingerprintModes),
  require_if_match: z.boolean(),
  revision: z.int(),
})
export type WorkspaceSettings = z.output<typeof workspaceSettings>

export const updateOrganizationInput = z.strictObject({
  /** Credential types that nobody may create any more; what is stored stays usable. */
  types_off: z
    .array(z.enum(credentialTypes))
    .transform((types) => [...new Set(types)].sort())
    .optional(),
})
export const organizationView = z.object({
  id: z.string(),
  name: z.string(),
  types_off: z.array(z.enum(credentialTypes)),
})

export const workspaceView = z.object({
  workspace: workspaceSettings,
  /** Types of which credentials may be created here; the organization switches them off. */
  credential_types: z.array(z.enum(credentialTypes)),
  /** Who asks; for an API key its id and name, and no address. */
  user: z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), role: z.enum(roles) }),
  permissions: z.array(
    z.enum(permissionNames as [(typeof permissionNames)[number], ...(typeof permissionNames)[number][]]),
  ),
  keys: z.object({
    source: z.enum(['file', 'env', 'aws-kms', 'gcp-kms', 'azure-key-vault', 'vault-transit', 'missing', 'unknown']),
    /** Ids of the keys at hand; the first one seals. Ids are derived from the keys and say nothing about them. */
    key_ids: z.array(z.string()),
    /** Sentence for people when something is wrong with the keys. */
    problem: z.string().nullable(),
    /** Stored credentials whose sealing key is not here. */
    locked_credentials: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
})
export type WorkspaceView = z.output<typeof workspaceView>
