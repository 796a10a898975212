import * as z from 'zod'
import { problemOfBytes } from './bytes.ts'
import { compilePattern, PatternError } from './pattern.ts'

/** Bytes as a person types them; empty is none. */
export const bytes = z
  .string()
  .max(512, 'Use at most 512 characters.')
  .superRefine((text, context) => {
    const message = problemOfBytes(text)
    if (message) context.addIssue({ code: 'custom', message, input: text })
  })
  .transform((text) => (text === '' ? undefined : text))

/** A regular expression that cannot explode; empty is none. */
export const pattern = z
  .string()
  .superRefine((text, context) => {
    try {
      compilePattern(text)
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      context.addIssue({ code: 'custom', message: error.message, input: text })
    }
  })
  .transform((text) => (text === '' ? undefined : text))
