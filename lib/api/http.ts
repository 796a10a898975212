import type * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { authenticate } from '#lib/auth/authenticate'
import { AppError } from '#lib/core/errors'
import { newId } from '#lib/core/id'
import { type CallOptions, mayCall, type Operation, type StreamOperation } from '#lib/core/operation'
import {
  downloadResponse,
  envelopeOf,
  envelopeResponse,
  type FileFormat,
  fileResponse,
  linesResponse,
  wholeResponse,
} from './answer.ts'
import { idempotent, type Keep } from './idempotency.ts'
import { requireIfMatch } from './if-match.ts'
import { inputOf } from './input.ts'
import { bodyLimits } from './json.ts'
import { problemResponse } from './problem.ts'
import { requireSameOrigin } from './same-origin.ts'

export interface HttpOptions {
  /** 200 unless given; 201 also answers a Location. */
  status?: number
  /** What its body may hold; fields that people write unless given. */
  body?: keyof typeof bodyLimits
  /** A stream that is always NDJSON, also for callers that did not ask for it; `plain`: its last line is the whole itself. */
  ndjson?: 'always' | 'plain'
  /** A stream of bytes that is a file to keep: its name, and its formats, of which the field `format` chooses or the first counts. */
  file?: { name: string; formats: readonly [FileFormat, ...FileFormat[]] }
  /** A stream of bytes that is a file, whose first line says its name and which of these formats it has. */
  download?: readonly FileFormat[]
}

interface Context {
  params: Promise<Record<string, string | string[] | undefined>>
}

/** What a route file exports: a plain handler that carries its operation for the API description and the tests. */
export interface Handler {
  (request: Request, context?: Context): Promise<Response>
  readonly operation: Describable
  readonly status: number
  /** How a stream answers: the whole object unless lines are asked for, or always lines. */
  readonly ndjson: 'always' | 'plain' | 'accepted' | undefined
  /** The formats of an answer that is a file. */
  readonly files: readonly FileFormat[] | undefined
}

/** The part of an operation that can be described without calling it. */
export interface Describable {
  readonly summary: string
  /** Null for the few calls that need no sign-in. */
  readonly permission: string | null
  readonly effect: 'read' | 'write' | 'stream'
  readonly input: z.ZodType
  readonly output: z.ZodType
  readonly line?: z.ZodType
}

type AnyOperation<I extends z.ZodType, L extends z.ZodType, O extends z.ZodType> =
  | Operation<I, O>
  | StreamOperation<I, L, O>

/** Puts an operation on the wire: query, body and path become its input, its result the envelope or a problem. */
export const http = <I extends z.ZodType, L extends z.ZodType, O extends z.ZodType>(
  operation: AnyOperation<I, L, O>,
  options: HttpOptions = {},
): Handler => {
  const serve: Serve = async (request, call) => {
    const actor = await authenticate(request.headers)
    if (isVouchedByCookie(actor) && isWrite(request)) requireSameOrigin(request)
    // A download works once: whoever only looks must not use it up.
    if (options.download && request.method === 'HEAD') throw new AppError('method_not_allowed', 'Ask with GET.')
    const { fields, validateOnly } = await call.input()
    const beforeRun = () => requireIfMatch(request, actor, operation.spec.input)
    const callOptions: CallOptions = { signal: request.signal, requestId: call.requestId, validateOnly, beforeRun }
    // The operation parses its input; this is only the place where the wire's `unknown` becomes its parameter.
    const input = fields as z.input<I>
    const run = async (keep?: Keep): Promise<Response> => {
      if (isStream(operation)) return answerStream(operation, { actor, input, request, callOptions, options })
      const meta: Record<string, unknown> = validateOnly ? { validated_only: true } : {}
      const status = { status: validateOnly ? 200 : (options.status ?? 200) }
      const result = await operation(actor, input, {
        ...callOptions,
        onMeta: (given) => Object.assign(meta, given),
        ...(keep && {
          beforeCommit: (tx, answer, given) => keep(tx, envelopeOf(request, answer, { ...meta, ...given }, status)),
        }),
      })
      return envelopeResponse(request, result, meta, status)
    }
    // What this actor may not do (any more) is refused by the operation, not answered from what it once did.
    // What only reads may be sent again; and what it answers, a secret perhaps, is not kept.
    if (validateOnly || operation.spec.effect === 'read' || !(await mayCall(operation.spec, actor, input))) return run()
    return idempotent({ request, actor, fields, onlyEnd: options.ndjson === 'plain' }, run)
  }
  const ndjson = operation.spec.effect === 'stream' ? (options.ndjson ?? 'accepted') : undefined
  return handlerOf(operation.spec, options, ndjson, serve)
}

/** A call that needs no sign-in; there are very few. */
export interface OpenAction<I extends z.ZodType, O extends z.ZodType> {
  summary: string
  effect: 'read' | 'write'
  input: I
  output: O
  /** Gets unparsed fields: it parses them itself, like an operation. */
  run(fields: z.input<I>, context: { requestId: string; headers: Headers }): Promise<z.input<O>>
}

/** The same for an action that needs no sign-in. */
export const httpOpen = <I extends z.ZodType, O extends z.ZodType>(
  action: OpenAction<I, O>,
  options: HttpOptions = {},
): Handler =>
  handlerOf({ ...action, permission: null }, options, undefined, async (request, call) => {
    const { fields } = await call.input()
    return idempotent({ request, actor: undefined, fields }, async () => {
      const result = await action.run(fields as z.input<I>, { requestId: call.requestId, headers: request.headers })
      return envelopeResponse(request, action.output.parse(result), {}, { status: options.status ?? 200 })
    })
  })

type Serve = (
  request: Request,
  call: { requestId: string; input: () => ReturnType<typeof inputOf> },
) => Promise<Response>

const handlerOf = (operation: Describable, options: HttpOptions, ndjson: Handler['ndjson'], serve: Serve): Handler => {
  const handler = async (request: Request, context?: Context): Promise<Response> => {
    const requestId = newId('request')
    try {
      const input = async () => inputOf(request, (await context?.params) ?? {}, bodyLimits[options.body ?? 'fields'])
      const response = await serve(request, { requestId, input })
      response.headers.set('x-request-id', requestId)
      return response
    } catch (error) {
      return problemResponse(error, requestId)
    }
  }
  return Object.assign(handler, {
    operation,
    status: options.status ?? 200,
    ndjson,
    files: options.download ?? options.file?.formats,
  })
}

const isVouchedByCookie = (actor: Actor): boolean => actor.kind === 'user'

const isWrite = (request: Request): boolean => request.method !== 'GET' && request.method !== 'HEAD'

const isStream = <I extends z.ZodType, L extends z.ZodType, O extends z.ZodType>(
  operation: AnyOperation<I, L, O>,
): operation is StreamOperation<I, L, O> => operation.spec.effect === 'stream'

interface StreamCall<I> {
  actor: Actor
  input: I
  request: Request
  callOptions: CallOptions
  options: HttpOptions
}

/** Ends the work behind a stream when the caller goes away, whichever end notices first. */
const answerStream = <I extends z.ZodType, L extends z.ZodType, O extends z.ZodType>(
  operation: StreamOperation<I, L, O>,
  { actor, input, request, callOptions, options }: StreamCall<z.input<I>>,
): Promise<Response> => {
  const abort = new AbortController()
  const signal = AbortSignal.any([request.signal, abort.signal])
  const lines = operation(actor, input, { ...callOptions, signal })
  if (options.file !== undefined) {
    const { name, formats } = options.file
    return fileResponse(lines, { name, format: formatOf(input, formats), cancel: () => abort.abort() })
  }
  if (options.download !== undefined) return downloadResponse(lines, { cancel: () => abort.abort() })
  const asLines = options.ndjson !== undefined || accepts(request, 'application/x-ndjson')
  const requestId = callOptions.requestId ?? ''
  return asLines
    ? linesResponse(lines, { requestId, cancel: () => abort.abort(), plain: options.ndjson === 'plain' })
    : wholeResponse(lines)
}

const formatOf = (input: unknown, formats: readonly [FileFormat, ...FileFormat[]]): FileFormat => {
  const wanted = typeof input === 'object' && input !== null && 'format' in input ? input.format : undefined
  return formats.find((format) => format === wanted) ?? formats[0]
}

const accepts = (request: Request, type: string): boolean => (request.headers.get('accept') ?? '').includes(type)
