import * as z from 'zod'
import { credentialTypes } from '#lib/credentials/kinds'
import { type ConnectorCategory, capabilities, connectorCategories } from './contract.ts'

export const listConnectorsInput = z.strictObject({
  q: z.string().max(200).optional(),
  role: z.enum(['source', 'destination']).optional(),
})
export const connectorRef = z.strictObject({ type: z.string().min(1).max(64) })

export const connectorSummary = z.object({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  category: z.enum(Object.keys(connectorCategories) as [ConnectorCategory, ...ConnectorCategory[]]),
  category_name: z.string(),
  roles: z.array(z.enum(['source', 'destination'])),
  status: z.enum(['available', 'preview']),
  keywords: z.array(z.string()),
  capabilities: z.array(z.enum(capabilities)),
  /** Credential kinds that fit. */
  credentials: z.array(z.string()),
  /** It also works without one. */
  login_optional: z.boolean(),
  /** Pipeline nodes that may use it. */
  nodes: z.array(z.string()),
  verified_against: z.string(),
  presets: z.array(z.object({ id: z.string(), name: z.string(), keywords: z.array(z.string()).optional() })),
})
export const connectorList = z.object({ items: z.array(connectorSummary) })

const fieldView = z.object({
  name: z.string(),
  label: z.string(),
  help: z.string().optional(),
  placeholder: z.string().optional(),
  widget: z.string().optional(),
  group: z.string().optional(),
  span: z.number().optional(),
  options: z
    .record(z.string(), z.object({ label: z.string(), help: z.string().optional(), warning: z.boolean().optional() }))
    .optional(),
  when: z.object({ field: z.string(), in: z.array(z.string()).readonly() }).optional(),
  required: z.boolean(),
  type: z.enum(['string', 'number', 'boolean', 'list', 'map']),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum: z.array(z.string()).optional(),
})

export const connectorDetail = connectorSummary.extend({
  /** JSON Schema of `config`. */
  config_schema: z.record(z.string(), z.json()),
  /** The form, in order. */
  fields: z.array(fieldView),
  credential_kinds: z.array(
    z.object({
      kind: z.string(),
      type: z.enum(credentialTypes),
      label: z.string(),
      /** JSON Schema of the credential's `config`, public and secret fields together. */
      config_schema: z.record(z.string(), z.json()),
      secret_fields: z.array(z.string()),
    }),
  ),
  /** Which setting each field of the flat body means. */
  flat: z.record(z.string(), z.string()),
  presets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), z.string())])),
      credential: z.object({ kind: z.string(), config: z.record(z.string(), z.string()).optional() }).optional(),
      placeholders: z.record(z.string(), z.string()).optional(),
      help: z.string().optional(),
      keywords: z.array(z.string()).optional(),
    }),
  ),
})
