import type * as z from 'zod'
import { AppError, type FieldError } from './errors.ts'

/** Parses what came from outside; every problem becomes a sentence at its field. */
export const parseInput = <S extends z.ZodType>(schema: S, input: unknown, prefix = ''): z.output<S> => {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const errors = fieldErrors(parsed.error, prefix)
  throw new AppError(
    'invalid_request',
    errors.length === 1 && errors[0] ? errors[0].message : 'Some fields are not valid; see `errors`.',
    { errors },
  )
}

export const fieldErrors = (error: z.ZodError, prefix = ''): FieldError[] =>
  error.issues.flatMap((issue): FieldError[] => {
    const at = prefix + issue.path.map((part) => `/${escapePointer(String(part))}`).join('')
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `${at}/${escapePointer(key)}`,
        message: `There is no field “${key.slice(0, 64)}” here.`,
      }))
    }
    return [{ pointer: at, message: sentenceOf(issue) }]
  })

// A schema's own sentence stands; where it has none, zod speaks of types and issue codes, and people deserve better.
const sentenceOf = (issue: z.core.$ZodIssue): string => {
  // A name in a map is wrong for a reason of its own.
  const first = issue.code === 'invalid_key' ? issue.issues[0] : undefined
  if (first) return sentenceOf(first)
  const { message } = issue
  if (!isZodsOwn(message)) return message
  if (/received undefined/.test(message)) return 'This field is required.'
  if (issue.code === 'invalid_type') return `This must be ${article(wordFor[issue.expected] ?? issue.expected)}.`
  if (issue.code === 'too_small') return boundSentence('at least', issue.minimum, issue.origin)
  if (issue.code === 'too_big') return boundSentence('at most', issue.maximum, issue.origin)
  if (issue.code === 'invalid_value') return `Use ${listOf(issue.values.map(String))}.`
  return 'This value is not valid here.'
}

const isZodsOwn = (message: string): boolean => /^(Invalid|Too small|Too big|Unrecognized)\b/.test(message)

const wordFor: Partial<Record<string, string>> = { int: 'whole number', record: 'object', array: 'list' }

const boundSentence = (bound: string, limit: number | bigint, origin: string): string => {
  if (origin === 'string') return `Use ${bound} ${limit} characters.`
  return origin === 'array' ? `Give ${bound} ${limit}.` : `Use ${bound} ${limit}.`
}

const listOf = (values: string[]): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

const article = (expected: string): string => (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`)

/** A name as a part of a JSON pointer. */
export const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')
