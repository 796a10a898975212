import * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { type FieldUi, fieldUi, type Manifest, type ParsedUrl } from './contract.ts'
import { manifests } from './registry.gen.ts'

/** One field of a form, as plain data: the label from the manifest, everything else from the schema. */
export interface FormField extends FieldUi {
  name: string
  required: boolean
  default?: string | number | boolean
  enum?: string[]
  type: 'string' | 'number' | 'boolean'
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

/** The connector that understands a pasted connection string, and what it reads in it. Meant for the browser: the text holds a secret. */
export const recogniseUrl = (text: string): { manifest: Manifest; parsed: ParsedUrl } | undefined => {
  for (const manifest of allManifests()) {
    const parsed = manifest.parseUrl?.(text)
    if (parsed) return { manifest, parsed }
  }
  return undefined
}

/** The form, straight from the manifest. */
export const formFields = (manifest: Manifest): FormField[] => {
  const json = z.toJSONSchema(manifest.config, { io: 'input' }) as unknown as JsonObjectSchema
  return Object.entries(manifest.config.shape).map(([name, schema]) => {
    const ui = fieldUi.get(schema as z.ZodType)
    if (!ui) throw new Error(`${manifest.id}.${name} has no label: wrap it in field()`)
    const property = json.properties[name] ?? {}
    return {
      name,
      ...ui,
      required: json.required?.includes(name) ?? false,
      type:
        property.type === 'integer' || property.type === 'number'
          ? 'number'
          : property.type === 'boolean'
            ? 'boolean'
            : 'string',
      ...(property.default !== undefined && { default: property.default }),
      ...(property.enum && { enum: property.enum }),
    }
  })
}

interface JsonObjectSchema {
  properties: Record<string, { type?: string; default?: string | number | boolean; enum?: string[] }>
  required?: string[]
}
