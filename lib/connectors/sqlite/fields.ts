import * as z from 'zod'

/** A file in an allowed folder: relative to it, or the whole path. What is behind it is decided by the engine, not here. */
export const filePath = z
  .string()
  .max(1024, 'Use at most 1,024 characters.')
  .transform((text) => text.trim())
  .superRefine((text, context) => {
    const message = problemOf(text)
    if (message) context.addIssue({ code: 'custom', message, input: text })
  })

const problemOf = (text: string): string | undefined => {
  if (text === '') return 'Enter the file.'
  if (!text.isWellFormed() || /\p{Cc}/u.test(text)) return 'A path has no control characters.'
  if (text === ':memory:') return 'A database in memory has nothing to connect to; enter a file.'
  if (/^(file|sqlite|jdbc):/i.test(text)) return 'Enter the path alone, without the scheme.'
  if (text.split('/').includes('..')) return 'A path cannot lead upwards with “..”.'
  if (text.endsWith('/')) return 'Enter a file, not a folder.'
  return undefined
}
