import { parse } from 'secure-json-parse'
import { AppError } from '#lib/core/errors'

export interface BodyLimits {
  max_bytes: number
  depthMax: number
  keysMax: number
}

/** How large a body may be: what people and scripts write field by field, or a definition that a machine wrote. */
export const bodyLimits = {
  fields: { max_bytes: 256 * 1024, depthMax: 32, keysMax: 1_000 },
  definition: { max_bytes: 1024 * 1024, depthMax: 64, keysMax: 50_000 },
  // A file of another program as one text, whose quotes and line breaks are escaped.
  file: { max_bytes: 2 * 1024 * 1024, depthMax: 32, keysMax: 5_000 },
} as const satisfies Record<string, BodyLimits>

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype'])

/** Parses a request's JSON object. Refuses what JSON.parse lets through: depth bombs, repeated keys, prototype keys (API-1, API-2). */
export const parseJsonObject = (text: string, limits: BodyLimits = bodyLimits.fields): Record<string, unknown> => {
  if (text.trim() === '') return {}
  const value = parseValue(text, limits)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw refuse('The body must be a JSON object.')
}

const parseValue = (text: string, limits: BodyLimits): unknown => {
  checkShape(text, limits)
  try {
    return parse(text, null, { protoAction: 'error', constructorAction: 'error' })
  } catch {
    // The parser's message quotes the body, which may hold a secret.
    throw refuse('The body is not valid JSON.')
  }
}

/** One pass over the text before anything is built from it. Invalid JSON passes here and fails in the parser. */
const checkShape = (text: string, { depthMax, keysMax }: BodyLimits): void => {
  const open: (Set<string> | null)[] = []
  let keys = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : null)
      if (open.length > depthMax) throw refuse(`The body is nested more than ${depthMax} levels deep.`)
    } else if (char === '}' || char === ']') {
      open.pop()
    } else if (char === '"') {
      const end = endOfString(text, at)
      const object = open.at(-1)
      if (object && followedByColon(text, end)) {
        if (++keys > keysMax) throw refuse(`The body has more than ${keysMax} fields.`)
        checkKey(text.slice(at, end + 1), object)
      }
      at = end
    }
  }
}

const checkKey = (quoted: string, seen: Set<string>): void => {
  const key = unquote(quoted)
  if (forbiddenKeys.has(key)) throw refuse(`A field must not be called “${key}”.`)
  if (seen.has(key)) throw refuse(`The field “${key.slice(0, 64)}” stands twice in the body.`)
  seen.add(key)
}

const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '"') return at
  }
  return text.length
}

const colonAhead = /[\t\n\r ]*:/y
const followedByColon = (text: string, end: number): boolean => {
  colonAhead.lastIndex = end + 1
  return colonAhead.test(text)
}

const unquote = (quoted: string): string => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

const refuse = (message: string) => new AppError('invalid_request', message, { errors: [{ pointer: '', message }] })
