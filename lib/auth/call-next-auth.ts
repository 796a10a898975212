import NextAuth, { type NextAuthOptions } from 'next-auth'
import { AppError } from '#lib/core/errors'

interface Call {
  /** Of the path behind `/api/auth`. */
  segments: string[]
  options: NextAuthOptions
  /** In place of what the request carries. */
  query?: Record<string, string>
  body?: Record<string, unknown>
}

/**
 * next-auth by its Node door, which needs nothing of Next, with the query and the form that we let through: it would pass
 * any parameter of a sign-in on to the identity provider.
 */
export const callNextAuth = async (request: Request, { segments, options, query, body }: Call): Promise<Response> => {
  const headers = new Headers()
  const answer: Answer = { status: 200, body: null, headers }
  const given = {
    method: request.method,
    query: { ...(query ?? Object.fromEntries(new URL(request.url).searchParams)), nextauth: segments },
    body: body ?? (await readForm(request)),
    cookies: cookiesOf(request.headers),
    headers: Object.fromEntries(request.headers),
  }
  await NextAuth(options)(given, responderOf(answer))
  return new Response(answer.body, { status: answer.status, headers })
}

/** What a browser sent, as a form or as JSON. */
export const readForm = async (request: Request): Promise<Record<string, unknown>> => {
  if (request.method !== 'POST') return {}
  const text = await request.text()
  if (!request.headers.get('content-type')?.includes('application/json'))
    return Object.fromEntries(new URLSearchParams(text))
  try {
    const typed: unknown = JSON.parse(text)
    if (typeof typed === 'object' && typed !== null && !Array.isArray(typed)) return { ...typed }
  } catch {}
  throw new AppError('invalid_request', 'Send a JSON object.')
}

interface Answer {
  status: number
  body: string | null
  headers: Headers
}

/** The few things next-auth does with Node's response. */
const responderOf = (answer: Answer) => {
  const responder = {
    status(status: number) {
      answer.status = status
      return responder
    },
    getHeader: (name: string) =>
      name.toLowerCase() === 'set-cookie' ? answer.headers.getSetCookie() : answer.headers.get(name),
    setHeader(name: string, value: string | string[]) {
      answer.headers.delete(name)
      for (const one of Array.isArray(value) ? value : [value]) answer.headers.append(name, one)
      return responder
    },
    json(body: unknown) {
      answer.headers.set('content-type', 'application/json')
      answer.body = JSON.stringify(body)
    },
    send(body: unknown) {
      if (typeof body === 'string') answer.body = body
      else if (body !== undefined) responder.json(body)
    },
    end() {},
  }
  return responder
}

const cookiesOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(
    (headers.get('cookie') ?? '').split(';').flatMap((pair) => {
      const cut = pair.indexOf('=')
      return cut === -1 ? [] : [[pair.slice(0, cut).trim(), decode(pair.slice(cut + 1).trim())]]
    }),
  )

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
