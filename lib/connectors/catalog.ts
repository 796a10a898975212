import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import type { Destination } from '#lib/credentials/destination'
import { tunnelOf } from './_tunnel/fields.ts'
import { type FieldUi, fieldUi, type Manifest, type ParsedUrl } from './contract.ts'
import { manifests } from './registry.gen.ts'

/** One field of a form, as plain data: the label from the manifest, everything else from the schema. */
export interface FormField extends FieldUi {
  name: string
  required: boolean
  default?: string | number | boolean
  enum?: string[]
  /** `list` of texts, `map` of texts by name. */
  type: 'string' | 'number' | 'boolean' | 'list' | 'map'
  /** It belongs to a group that may be left out as a whole, and counts only where that is used. */
  optionalGroup?: true
}

export const connectorIds = Object.keys(manifests) as [string, ...string[]]

const known: Readonly<Record<string, Manifest | undefined>> = manifests as never

/** The manifest of a connector, or undefined: rows may outlive the connector they were made with. */
export const findManifest = (type: string): Manifest | undefined =>
  Object.hasOwn(known, type) ? known[type] : undefined

/** The manifest of a connector, or a clear error that names the ones there are. */
export const manifestOf = (type: string): Manifest => {
  const manifest = findManifest(type)
  if (manifest) return manifest
  const message = `There is no connector “${type.slice(0, 64)}”. Choose one of: ${connectorIds.join(', ')}.`
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/type', message }] })
}

export const allManifests = (): Manifest[] => connectorIds.map(manifestOf)

/** Where the secrets of a connection with these settings go, and by which way. */
export const destinationOf = (manifest: Manifest, config: Record<string, unknown>): Destination => {
  const tunnel = tunnelOf(config)
  if (!tunnel) return manifest.destination(config)
  const { host, port, user, host_key = '' } = tunnel
  return { ...manifest.destination(config), tunnel: { host: plainHost(host), port, user, host_key } }
}

/**
 * The setting for the key of a server on the way, or at its end, that nobody has accepted yet: then it may be looked at,
 * and nothing secret is opened or sent.
 */
export const firstContactOf = ({ tunnel, host_key }: Destination): string | undefined => {
  if (tunnel?.host_key === '') return '/config/ssh_tunnel/host_key'
  return host_key === '' ? '/config/host_key' : undefined
}

const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '')

/** The connector that understands a pasted connection string, and what it reads in it. Meant for the browser: the text holds a secret. */
export const recogniseUrl = (text: string): { manifest: Manifest; parsed: ParsedUrl } | undefined => {
  const found = allManifests().flatMap((manifest) => {
    const parsed = manifest.parseUrl?.(text)
    return parsed ? [{ manifest, parsed }] : []
  })
  return found.find(({ parsed }) => !parsed.isGeneric) ?? found[0]
}

/** The form, straight from the manifest; fields of a group inside are named by their path, `ssh_tunnel/host`. */
export const formFields = (manifest: Manifest): FormField[] => {
  const json = z.toJSONSchema(manifest.config, { io: 'input' }) as unknown as JsonObjectSchema
  return fieldsOf(manifest.config, json, manifest.id)
}

const fieldsOf = (shape: z.ZodObject, json: JsonObjectSchema, place: string): FormField[] =>
  Object.entries(shape.shape).flatMap(([name, schema]) => {
    const ui = fieldUi.get(schema as z.ZodType)
    if (!ui) throw new Error(`${place}.${name} has no label: wrap it in field()`)
    const property = json.properties[name] ?? {}
    const inner = innerOf(schema)
    if (inner instanceof z.ZodObject && property.properties) {
      return membersOf(inner, property, { name, isOptional: schema instanceof z.ZodOptional, ...ui })
    }
    return [fieldOf(name, ui, property, json.required?.includes(name) ?? false)]
  })

const innerOf = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault
    ? innerOf(schema.unwrap())
    : schema

const membersOf = (
  shape: z.ZodObject,
  { properties = {}, required = [] }: JsonProperty,
  { name, group, when, isOptional }: FieldUi & { name: string; isOptional: boolean },
): FormField[] =>
  fieldsOf(shape, { properties, required }, name).map((member) => ({
    ...member,
    name: `${name}/${member.name}`,
    ...(group !== undefined && { group }),
    ...(when !== undefined && member.when === undefined && { when }),
    ...(isOptional && { optionalGroup: true }),
  }))

const fieldOf = (name: string, ui: FieldUi, property: JsonProperty, required: boolean): FormField => ({
  name,
  ...ui,
  required,
  type: formTypes[property.type ?? 'string'] ?? 'string',
  ...(isScalar(property.default) && { default: property.default }),
  ...(property.enum && { enum: property.enum }),
})

const formTypes: Record<string, FormField['type']> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'map',
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

interface JsonProperty {
  type?: string
  default?: unknown
  enum?: string[]
  properties?: Record<string, JsonProperty>
  required?: string[]
}

interface JsonObjectSchema {
  properties: Record<string, JsonProperty>
  required?: string[]
}
