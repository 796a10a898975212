import type { FieldError } from '#lib/core/errors'

/** The problem document (RFC 9457) the API answers with when a call fails. */
export interface Problem {
  status: number
  code: string
  title: string
  /** One sentence that says what happened and what to do. */
  detail: string
  request_id?: string
  errors: FieldError[]
  /** What a database says beside its refusal of a statement; the place in UTF-16 code units from 0. */
  position?: number
  sqlstate?: string
  hint?: string
}

/** A failed call, with its sentence as the message and the wrong fields by JSON pointer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }

  get code(): string {
    return this.problem.code
  }

  /** `{ "/config/port": "A port is …" }`; of several errors at one field the first is kept. */
  get fields(): ReadonlyMap<string, string> {
    return new Map([...this.problem.errors].reverse().map(({ pointer, message }) => [pointer, message]))
  }
}

/** Whether a rejection only says that the person, or the page, stopped waiting. */
export const isAborted = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** The sentence to show for anything that was thrown. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'Something went wrong. Try again.'

/** Reads the problem out of a failed response, whatever a proxy in between made of it. */
export const readProblem = async (response: Response): Promise<ApiError> => {
  const text = await response.text().catch(() => '')
  return new ApiError(problemOf(response.status, parseObject(text)))
}

/** What a broken connection to our own server looks like; there is no response to read. */
export const offlineError = (): ApiError =>
  new ApiError({
    status: 0,
    code: 'offline',
    title: 'No answer',
    detail: 'Jackfield did not answer. Check your network, or whether the server is running, and try again.',
    errors: [],
  })

/** A problem that arrived as the last line of a stream. */
export const problemFrom = (value: unknown): ApiError => {
  const body = isObject(value) ? value : {}
  return new ApiError(problemOf(typeof body.status === 'number' ? body.status : 500, body))
}

const problemOf = (status: number, body: Record<string, unknown>): Problem => {
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : undefined)
  const given = (key: 'request_id' | 'sqlstate' | 'hint') => {
    const value = text(key)
    return value !== undefined && { [key]: value }
  }
  return {
    status,
    code: text('code') ?? 'internal',
    title: text('title') ?? 'Something went wrong',
    detail: text('detail') ?? text('message') ?? `The server answered ${status} without saying why. Try again.`,
    ...given('request_id'),
    ...given('sqlstate'),
    ...given('hint'),
    ...(typeof body.position === 'number' && { position: body.position }),
    errors: Array.isArray(body.errors) ? body.errors.filter(isFieldError) : [],
  }
}

const parseObject = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const isFieldError = (value: unknown): value is FieldError =>
  isObject(value) && typeof value.pointer === 'string' && typeof value.message === 'string'
