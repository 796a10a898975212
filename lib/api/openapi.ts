import * as z from 'zod'
import { errorTable } from '#lib/core/errors'
import { type FileFormat, fileTypes } from './answer.ts'
import type { Handler } from './http.ts'
import { problemDocument } from './problem.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** A route file: its folder as a path such as `/api/connections/{ref}`, and what it exports. */
export interface RouteModule {
  path: string
  exports: Readonly<Record<string, unknown>>
}

type Json = Record<string, unknown>

/** The OpenAPI 3.1 document, read off the route files: the folder gives the path, the operation gives the rest. */
export const openapiDocument = (routes: readonly RouteModule[]): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Jackfield API',
    version: '1',
    description:
      'One API for the browser and for automation. Every path is also served under `/v1`. Errors are RFC 9457 problem documents; lists page by cursor; secrets are write-only.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ apiKey: [] }, { session: [] }],
  paths: Object.fromEntries(
    routes.map((route) => [route.path, pathItem(route)]).filter(([, item]) => Object.keys(item as Json).length > 0),
  ),
  components: {
    schemas: { Problem: toSchema(problemDocument, 'output') },
    securitySchemes: {
      apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, in the Authorization header only.' },
      session: { type: 'apiKey', in: 'cookie', name: 'jackfield.session', description: 'The browser’s session.' },
    },
  },
})

const pathItem = ({ path, exports }: RouteModule): Json => {
  const item: Json = {}
  for (const method of methods) {
    const handler = exports[method]
    if (isHandler(handler)) item[method.toLowerCase()] = operationItem(method, path, handler)
  }
  return item
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function' && 'operation' in value

const operationItem = (method: string, path: string, handler: Handler): Json => {
  const { operation, status } = handler
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? [])
  const input = toSchema(operation.input, 'input')
  const properties = (input.properties ?? {}) as Json
  const others = Object.keys(properties).filter((name) => !inPath.includes(name) && name !== 'if_match')
  const hasBody = method !== 'GET' && method !== 'DELETE'
  const required = (input.required ?? []) as string[]
  return {
    operationId: `${method.toLowerCase()}${path
      .replace(/^\/api/, '')
      .replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())
      .replace(/\W/g, '')}`,
    summary: operation.summary,
    tags: [path.split('/')[2]],
    'x-permission': operation.permission,
    ...(operation.permission === null && { security: [] }),
    parameters: [
      ...inPath.map((name) => parameter(name, 'path', properties[name], true)),
      ...(hasBody ? [] : others.map((name) => parameter(name, 'query', properties[name], required.includes(name)))),
      ...('if_match' in properties ? [parameter('If-Match', 'header', { type: 'string' }, false)] : []),
      ...(method === 'POST' ? [parameter('Idempotency-Key', 'header', { type: 'string', maxLength: 255 }, false)] : []),
      ...(operation.effect === 'write' && method !== 'GET'
        ? [parameter('validate_only', 'query', { type: 'boolean' }, false)]
        : []),
    ],
    ...(hasBody && others.length > 0 && { requestBody: body(properties, others, required) }),
    responses: {
      [status]: { description: 'Done.', content: answers(handler) },
      default: {
        description: Object.values(errorTable)[0]?.title ?? '',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  }
}

const parameter = (name: string, where: 'path' | 'query' | 'header', schema: unknown, required: boolean): Json => ({
  name,
  in: where,
  required,
  schema: schema ?? { type: 'string' },
})

const body = (properties: Json, names: string[], required: string[]): Json => ({
  required: names.some((name) => required.includes(name)),
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
        required: required.filter((name) => names.includes(name)),
        additionalProperties: false,
      },
    },
  },
})

const answers = ({ operation, ndjson, files }: Handler): Json => {
  const whole = toSchema(operation.output, 'output')
  const line = operation.line ? toSchema(operation.line, 'output') : undefined
  const lines = {
    'application/x-ndjson': {
      schema: { ...line, description: 'One JSON document a line, then {"end":…} or {"error":…}.' },
    },
  }
  if (files) return Object.fromEntries(files.map((format) => fileAnswer(format, line)))
  if (ndjson === 'plain') return { 'application/x-ndjson': { schema: plainLines(line, whole) } }
  if (ndjson === 'always') return lines
  if (operation.effect === 'stream') return { 'application/json': { schema: whole }, ...lines }
  return { 'application/json': { schema: envelope(whole) } }
}

const plainLines = (line: Json | undefined, whole: Json): Json => ({
  anyOf: [line, whole],
  description: 'One JSON document a line; the last one says how it ended, or is {"error":…}.',
})

const fileAnswer = (format: FileFormat, line: Json | undefined): [string, Json] => {
  const [type = ''] = fileTypes[format].split(';')
  if (format !== 'ndjson') return [type, { schema: { type: 'string' } }]
  return [type, { schema: { ...line, description: 'One JSON document a line.' } }]
}

/** As lib/api/answer.ts builds it: a list's items are the data, the rest of it the meta. */
const envelope = (schema: Json): Json => {
  const properties = (schema.properties ?? {}) as Json
  if (!('items' in properties)) return object({ data: schema, meta: { type: 'object' } })
  const { items, ...rest } = properties
  return object({ data: items, meta: object(rest) })
}

const object = (properties: Json): Json => ({ type: 'object', properties, required: Object.keys(properties) })

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json
  return json
}
