import * as z from 'zod'

/** The fingerprint of a server's key as `ssh-keygen -lf` shows it, or nothing. */
export const keyFingerprint = z
  .string()
  .transform((text) => text.trim().replace(/=+$/, ''))
  .refine(
    (text) => text === '' || /^SHA256:[A-Za-z0-9+/]{43}$/.test(text),
    'A fingerprint is SHA256: and 43 characters, as ssh-keygen -lf shows it.',
  )
  .transform((text) => (text === '' ? undefined : text))
