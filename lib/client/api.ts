import { readLines } from './ndjson.ts'
import { offlineError, readProblem } from './problem.ts'

/** What every call of the API answers: the resource, facts about the answer, and the version to send back. */
export interface Answer<T> {
  data: T
  meta: Record<string, unknown>
  /** Send it as `ifMatch` with the next change. */
  etag: string | undefined
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  signal?: AbortSignal | undefined
  /** The version the change was made on; the server refuses it (412) when there is a newer one. */
  ifMatch?: string | undefined
}

/** What the server may want before it does what was asked: a fresh sign-in, or one at all where the session has ended. */
export type SignInNeeded = 'reauth_required' | 'unauthorized'
/** Asks the person to sign in again; true when they did. */
type Ask = () => Promise<boolean>
const asks = new Map<string, Ask>()

/** Says what to do when the server wants a sign-in; answers how to take that back. */
export const onSignInNeeded = (code: SignInNeeded, ask: Ask): (() => void) => {
  asks.set(code, ask)
  return () => {
    if (asks.get(code) === ask) asks.delete(code)
  }
}

/** Calls the API and answers its `data` and `meta`, or throws an `ApiError` with the sentence to show. */
export const callApi = async <T>(path: string, options: CallOptions = {}): Promise<Answer<T>> => {
  const response = await requestApi(path, 'application/json', options)
  // The server has parsed this answer with the schema T is taken from; parsing it twice would only cost JavaScript.
  const body = (await response.json()) as { data: T; meta?: Record<string, unknown> }
  return { data: body.data, meta: body.meta ?? {}, etag: response.headers.get('etag') ?? undefined }
}

/** Calls the API for an NDJSON stream; breaking out of the loop, or aborting, ends the work on the server. */
export async function* streamApi<T>(path: string, options: CallOptions = {}): AsyncGenerator<T, void> {
  const response = await requestApi(path, 'application/x-ndjson', options)
  if (!response.body) throw offlineError()
  for await (const line of readLines(response.body)) yield line as T
}

/** `/api/connections?role=source&q=a%26b`: leaves out what is undefined, null or empty. */
export const withQuery = (path: string, query: Record<string, string | number | null | undefined>): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()
  return text ? `${path}?${text}` : path
}

/** The ETag of a resource whose answer carried its revision instead of the header. */
export const etagOf = (resource: { revision: number }): string => `"${resource.revision}"`

/**
 * The answer as it came, or an `ApiError`. Where the session has ended or the call needs a fresh sign-in, asks for one and
 * sends it once more, so that nothing typed is lost.
 */
export const requestApi = async (path: string, accept: string, options: CallOptions = {}): Promise<Response> => {
  const first = await sendOnce(path, accept, options)
  if (first.ok) return first
  const problem = await readProblem(first)
  if (!(await asks.get(problem.code)?.())) throw problem
  const second = await sendOnce(path, accept, options)
  if (second.ok) return second
  throw await readProblem(second)
}

const sendOnce = (path: string, accept: string, options: CallOptions): Promise<Response> => {
  const { method = 'GET', body, signal, ifMatch } = options
  return fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(ifMatch !== undefined && { 'if-match': ifMatch }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    throw signal?.aborted
      ? new DOMException('Cancelled', 'AbortError')
      : error instanceof TypeError
        ? offlineError()
        : error
  })
}
