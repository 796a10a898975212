import * as z from 'zod'

/** A folder on the server: absolute, or from the login's home folder. */
export const folderName = z
  .string()
  .max(1_024, 'Use at most 1,024 characters.')
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'A folder’s name has no control characters.')
  .transform((text) => text.replace(/^~\/?/, '').replace(/(?<=.)\/+$/, ''))
