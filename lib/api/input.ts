import { AppError } from '#lib/core/errors'
import { conditionalMethods } from './if-match.ts'
import { type BodyLimits, parseJsonObject } from './json.ts'

export interface Input {
  /** Query, body and path merged, the path winning: a body can never redirect a call to another record. */
  fields: Record<string, unknown>
  /** `?validate_only=true` */
  validateOnly: boolean
}

type Params = Record<string, string | string[] | undefined>

/** Everything a request says, unparsed by any schema yet. */
export const inputOf = async (request: Request, params: Params, limits: BodyLimits): Promise<Input> => {
  const url = new URL(request.url)
  const query = queryOf(url)
  const validateOnly = takeValidateOnly(request, query)
  const hasBody = bodyMethods.has(request.method)
  // What is written belongs into the body: URLs end up in logs and histories.
  if (hasBody) refuseAny(query)
  const body = hasBody ? parseJsonObject(await readText(request, limits.max_bytes), limits) : {}
  // It is a header; what stands in a body under its name would be a field that does not exist.
  if (Object.hasOwn(body, 'if_match')) throw refuse('if_match', 'Send If-Match as a header.')
  const ifMatch = conditionalMethods.has(request.method) ? request.headers.get('if-match') : null
  const fields = { ...query, ...body, ...definedOf(params), ...(ifMatch !== null && { if_match: ifMatch }) }
  refuseUnstorable(fields, '')
  return { fields, validateOnly }
}

/** NUL and half characters fit into no text of the database: one is an error there, the other silently becomes another (M17). */
const refuseUnstorable = (value: unknown, pointer: string): void => {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return
    const message = 'This holds a character that cannot be stored.'
    throw new AppError('invalid_request', message, { errors: [{ pointer, message }] })
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) refuseUnstorable(inner, `${pointer}/${key.slice(0, 64)}`)
}

const bodyMethods = new Set(['POST', 'PUT', 'PATCH'])

const queryOf = (url: URL): Record<string, string> => {
  const query: Record<string, string> = {}
  for (const [key, value] of url.searchParams) {
    if (Object.hasOwn(query, key)) throw refuse(key, `The parameter “${key.slice(0, 64)}” was given twice.`)
    Object.defineProperty(query, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return query
}

const takeValidateOnly = (request: Request, query: Record<string, string>): boolean => {
  const given = query.validate_only
  if (given === undefined || request.method === 'GET') return false
  delete query.validate_only
  if (given === 'true' || given === 'false') return given === 'true'
  throw refuse('validate_only', 'Use validate_only=true or leave it out.')
}

const refuseAny = (query: Record<string, string>): void => {
  const [key] = Object.keys(query)
  if (key !== undefined) throw refuse(key, `There is no parameter “${key.slice(0, 64)}” here; send fields in the body.`)
}

const definedOf = (params: Params): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, Array.isArray(value) ? value.join('/') : value]],
    ),
  )

/** The body as text, counted while it arrives, so that a bomb ends at the limit and not in memory. */
const readText = async (request: Request, max_bytes: number): Promise<string> => {
  if (Number(request.headers.get('content-length') ?? 0) > max_bytes) throw tooLarge(max_bytes)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of arriving(request)) {
    size += chunk.byteLength
    if (size > max_bytes) throw tooLarge(max_bytes)
    chunks.push(chunk)
  }
  if (size === 0) return ''
  checkContentType(request)
  return decodeUtf8(Buffer.concat(chunks))
}

/** A body that breaks off is a client that went away, whatever the socket calls it. */
async function* arriving(request: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* request.body ?? []
  } catch (cause) {
    throw new AppError('cancelled', 'The body of the request did not arrive.', { cause })
  }
}

const checkContentType = (request: Request): void => {
  if (request.headers.has('content-encoding')) {
    throw new AppError('unsupported_media_type', 'Send the body without content encoding.')
  }
  if (!isJson(request)) throw new AppError('unsupported_media_type', 'Send the body as application/json in UTF-8.')
}

/** Exactly `application/json`, in UTF-8: what a form or a plain cross-site request cannot send. */
export const isJson = (request: Request): boolean =>
  /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(request.headers.get('content-type') ?? '')

const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const message = 'The body is not valid UTF-8.'
    throw new AppError('invalid_request', message, { errors: [{ pointer: '', message }] })
  }
}

const tooLarge = (max_bytes: number) =>
  new AppError('payload_too_large', `The body may have at most ${Math.floor(max_bytes / 1024)} KB.`)

const refuse = (key: string, message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer: `/${key.slice(0, 64)}`, message }] })
