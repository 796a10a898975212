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

const sentenceOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code !== 'invalid_type') return issue.message
  return issue.input === undefined || /received undefined/.test(issue.message)
    ? 'This field is required.'
    : `This must be ${article(issue.expected)}.`
}

const article = (expected: string): string => (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`)

const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')
