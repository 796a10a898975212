import { KeyProblem } from '../key-problem.ts'

/** For everything one wrapping or unwrapping takes, a sign-in before it included. */
const deadlineMs = 8_000
/** A wrapped key and what stands around it is a few kilobytes. */
const answerBytesMax = 64 * 1024

export interface ServiceCall {
  url: URL
  headers?: Record<string, string>
  body: string
  /** What to do about answers that have a known reason; found by the status or by words of the answer. */
  hints: Readonly<Record<string, string>>
}

/** A conversation with one key service: a deadline for all of it, a cap on each answer, no redirects. */
export interface Conversation {
  /** For people: what does not answer, and whose settings are wrong. */
  name: string
  call(call: ServiceCall): Promise<unknown>
}

export const converse = (name: string, within_ms = deadlineMs): Conversation => {
  const signal = AbortSignal.timeout(within_ms)
  return { name, call: (call) => ask(name, call, signal, within_ms) }
}

const ask = async (name: string, { url, headers, body, hints }: ServiceCall, signal: AbortSignal, ms: number) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    // Whoever answers in the service's place must not be able to send the key on.
    redirect: 'error',
    signal,
  }).catch((error: unknown) => {
    throw unreachable(name, signal, ms, error)
  })
  const text = await readCapped(name, response).catch((error: unknown) => {
    throw error instanceof KeyProblem ? error : unreachable(name, signal, ms, error)
  })
  if (!response.ok) throw refusalOf(name, response.status, text, hints)
  return parsed(name, text)
}

// What a service says may hold what it was sent. Only our own sentences pass.
const refusalOf = (name: string, status: number, text: string, hints: Readonly<Record<string, string>>): KeyProblem => {
  const reason = Object.keys(hints).find((word) => word === String(status) || text.includes(word))
  const known = reason === undefined ? undefined : ` (${reason}): ${hints[reason]}`
  const fallback = status >= 500 || status === 429 ? ': it is out of order.' : '. Look at the log of the service.'
  return new KeyProblem('unavailable', `${name} answered ${status}${known ?? fallback}`)
}

const unreachable = (name: string, signal: AbortSignal, ms: number, error: unknown): KeyProblem => {
  if (signal.aborted) return new KeyProblem('unavailable', `${name} did not answer within ${ms / 1_000} s.`)
  return new KeyProblem('unavailable', `${name} cannot be reached (${causeOf(error)}).`)
}

const causeOf = (error: unknown): string => {
  const cause = error instanceof Error ? error.cause : undefined
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : 'the connection broke'
}

const readCapped = async (name: string, response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > answerBytesMax) throw new KeyProblem('unavailable', `${name} sent far more than a key.`)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  const text = bytes.toString('utf8')
  for (const part of [...chunks, bytes]) part.fill(0)
  return text
}

const parsed = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new KeyProblem('unavailable', `${name} sent something else than an answer. Is its address right?`)
  }
}

/** A text inside an answer. */
export const textIn = ({ name }: Conversation, answer: unknown, ...path: string[]): string => {
  const found = path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), answer)
  if (typeof found === 'string' && found !== '') return found
  throw new KeyProblem('unavailable', `${name} sent something else than an answer. Is its address right?`)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** An address of a key service: keys travel encrypted, except to an agent on this machine. */
export const serviceUrl = (text: string, where: string): URL => {
  const url = URL.parse(text)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (url && isSafe && url.username === '' && url.password === '' && url.search === '') return url
  throw new KeyProblem('refused', `${where} must be an https address without a user, a password or parameters.`)
}
