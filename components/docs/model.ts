/** The parts of the OpenAPI document that the reference shows, parsed by shape and turned into rows. */
export interface ApiDocument {
  info: { title: string; description: string }
  paths: Record<string, Record<string, ApiOperation>>
}

interface ApiOperation {
  operationId: string
  summary: string
  tags: string[]
  'x-permission': string | null
  parameters: { name: string; in: string; required: boolean; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
  responses: Record<string, { content: Record<string, { schema: JsonSchema }> }>
}

interface JsonSchema {
  type?: string | string[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  default?: unknown
  minimum?: number
  maximum?: number
  maxLength?: number
  minLength?: number
  format?: string
}

export interface ProblemRow {
  code: string
  status: number
  title: string
}

export interface FieldRow {
  name: string
  type: string
  rules: string
}

export interface EndpointModel {
  id: string
  method: string
  path: string
  summary: string
  permission: string | null
  status: string
  types: string[]
  parameters: FieldRow[]
  body: FieldRow[]
  answer: FieldRow[]
}

export const endpointsByTag = (document: ApiDocument): { tag: string; endpoints: EndpointModel[] }[] => {
  const groups = new Map<string, EndpointModel[]>()
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      const tag = operation.tags[0] ?? 'other'
      groups.set(tag, [...(groups.get(tag) ?? []), endpointOf(method.toUpperCase(), path, operation)])
    }
  }
  return [...groups].map(([tag, endpoints]) => ({ tag, endpoints }))
}

const endpointOf = (method: string, path: string, operation: ApiOperation): EndpointModel => {
  const [status = '200', answer] = Object.entries(operation.responses).find(([code]) => code !== 'default') ?? []
  const content = answer?.content ?? {}
  const schema = Object.values(content)[0]?.schema
  return {
    id: operation.operationId,
    method,
    path,
    summary: operation.summary,
    permission: operation['x-permission'],
    status,
    types: Object.keys(content),
    parameters: operation.parameters.map(({ name, in: where, required, schema }) => ({
      name,
      type: typeOf(schema),
      rules: [where, required ? 'required' : '', rulesOf(schema)].filter(Boolean).join(' · '),
    })),
    body: fieldsOf(operation.requestBody?.content['application/json']?.schema),
    answer: fieldsOf(dataOf(schema)),
  }
}

/** Inside the envelope, and inside a list, stands what people look for. */
const dataOf = (schema: JsonSchema | undefined): JsonSchema | undefined => {
  const data = schema?.properties?.data ?? schema
  return data?.items ?? data
}

const fieldsOf = (schema: JsonSchema | undefined): FieldRow[] =>
  Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    type: typeOf(property),
    rules: [schema?.required?.includes(name) ? 'required' : '', rulesOf(property)].filter(Boolean).join(' · '),
  }))

const typeOf = (schema: JsonSchema): string => {
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return [...new Set(choices.map(typeOf))].join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.type === 'array') return `list of ${schema.items ? typeOf(schema.items) : 'anything'}`
  if (schema.format) return schema.format
  return Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'anything')
}

const rulesOf = (schema: JsonSchema): string =>
  [
    schema.enum && `one of ${schema.enum.map(String).join(', ')}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
    schema.minimum !== undefined && schema.minimum > Number.MIN_SAFE_INTEGER && `at least ${schema.minimum}`,
    schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER && `at most ${schema.maximum}`,
    schema.maxLength !== undefined && `at most ${schema.maxLength} characters`,
  ]
    .filter(Boolean)
    .join(' · ')
