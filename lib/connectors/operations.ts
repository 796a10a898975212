import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { type CredentialKind, credentialKinds, secretFieldsOf } from '#lib/credentials/kinds'
import { allManifests, findManifest, formFields } from './catalog.ts'
import { connectorCategories, type FlatMapping, type Manifest } from './contract.ts'
import { connectorDetail, connectorList, connectorRef, listConnectorsInput } from './schema.ts'

export const listConnectors = operation({
  summary: 'List the connectors of the catalog',
  effect: 'read',
  permission: 'connectors:read',
  audit: 'none',
  input: listConnectorsInput,
  output: connectorList,
  async run({ q, role }) {
    const found = allManifests().filter(
      (manifest) => (role === undefined || manifest.roles.includes(role)) && (q === undefined || isAbout(manifest, q)),
    )
    return { items: found.map(summaryOf) }
  },
})

export const getConnector = operation({
  summary: 'Read one connector: its settings, credential kinds, form and presets',
  effect: 'read',
  permission: 'connectors:read',
  audit: 'none',
  input: connectorRef,
  output: connectorDetail,
  async run({ type }) {
    const manifest = findManifest(type)
    if (!manifest) throw new AppError('not_found', 'There is no such connector.')
    return {
      ...summaryOf(manifest),
      config_schema: jsonSchemaOf(manifest.config),
      fields: formFields(manifest),
      credential_kinds: manifest.credentials.map(kindOf),
      flat: flatOf(manifest.flat),
      presets: manifest.presets.map((preset) => ({ ...preset, keywords: [...(preset.keywords ?? [])] })),
    }
  },
})

const summaryOf = (manifest: Manifest) => ({
  id: manifest.id,
  name: manifest.name,
  summary: manifest.summary,
  category: manifest.category,
  category_name: connectorCategories[manifest.category],
  roles: [...manifest.roles],
  status: manifest.status,
  keywords: [...manifest.keywords],
  capabilities: [...manifest.capabilities],
  credentials: [...manifest.credentials],
  login_optional: manifest.loginOptional ?? false,
  nodes: [...manifest.nodes],
  verified_against: manifest.verifiedAgainst,
  presets: manifest.presets.map(({ id, name, keywords }) => ({ id, name, keywords: [...(keywords ?? [])] })),
})

const isAbout = ({ id, name, keywords, presets }: Manifest, q: string): boolean => {
  const wanted = q.toLowerCase().trim()
  const words = [id, name, ...keywords, ...presets.flatMap((preset) => [preset.name, ...(preset.keywords ?? [])])]
  return words.some((word) => word.toLowerCase().includes(wanted))
}

const kindOf = (kind: CredentialKind) => {
  const { type, label, meta, secret } = credentialKinds[kind]
  const config = z.strictObject({ ...meta.shape, ...secret.shape })
  return { kind, type, label, config_schema: jsonSchemaOf(config), secret_fields: secretFieldsOf(kind) }
}

const jsonSchemaOf = (schema: z.ZodType): Record<string, z.core.util.JSONType> =>
  JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })))

const flatOf = ({ host, port, schema, login, password }: FlatMapping): Record<string, string> => ({
  ...(host !== undefined && { host: `config.${host}` }),
  ...(port !== undefined && { port: `config.${port}` }),
  ...(schema !== undefined && { schema: `config.${schema}` }),
  ...(login && { login: `credential.config.${login.field}` }),
  ...(password && { password: `credential.config.${password.field}` }),
})
