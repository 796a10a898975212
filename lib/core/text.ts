import * as z from 'zod'
import { misplacedSecret, misplacedSentence } from './misplaced-secret.ts'

// Control, bidi-override, zero-width and lone-surrogate characters make two names look alike or break a log line (API-5).
const forbidden = /[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u

export const isPlainText = (text: string): boolean => !forbidden.test(text)

/** The form under which a name must be unique: compatibility-folded and case-folded. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase().trim()

/** Refuses a text that everybody may read and that clearly holds a secret (ENC-15). */
export const noSecret = (text: string, context: z.RefinementCtx<string>): void => {
  const words = misplacedSecret(text)
  if (words !== undefined) context.addIssue({ code: 'custom', message: misplacedSentence(words), input: text })
}

/** A display name: NFC, 1–128 code points, one line, nothing invisible. */
export const displayName = z
  .string()
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text.length > 0, 'Give it a name.')
  .refine((text) => [...text].length <= 128, 'Use at most 128 characters.')
  .refine(isPlainText, 'Remove control or invisible characters.')
  .superRefine(noSecret)

/** Free text of several lines, such as a description. */
export const longText = z
  .string()
  .max(4000, 'Use at most 4,000 characters.')
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => isPlainText(text.replace(/[\r\n\t]/g, ' ')), 'Remove control or invisible characters.')
  .superRefine(noSecret)

/** `prod-postgres`: what pipelines reference; lower case so that it reads the same everywhere. */
export const slug = z
  .string()
  .min(1, 'Give it an id.')
  .max(64, 'Use at most 64 characters.')
  .regex(
    /^[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?$/,
    'Use lower-case letters, digits, hyphens, dots and underscores; start and end with a letter or digit.',
  )
  .superRefine(noSecret)

/** What a pipeline is called in its own system: a DAG id, a job's name. */
export const pipelineKey = z
  .string()
  .min(1, 'Give it a key.')
  .max(128, 'Use at most 128 characters.')
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?$/,
    'Use letters, digits, hyphens, dots, colons and underscores; start and end with a letter or digit.',
  )

export const tagList = z
  .array(slug)
  .max(20, 'Use at most 20 tags.')
  .transform((tags) => [...new Set(tags)].sort())
