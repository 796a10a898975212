import * as z from 'zod'
import { AppError } from '#lib/core/errors'

/**
 * The one key of all spellings of an address (AUTHN-3): compatibility- and case-folded, without a plus tag or a
 * trailing dot. Undefined where that does not give a plain ASCII address, so that no look-alike can be one.
 */
export const emailKeyOf = (email: string): string | undefined => {
  const folded = email.normalize('NFKC').trim().toLowerCase().replace(/\.$/, '')
  const key = folded.replace(/\+[^@]*(?=@)/, '')
  return /^[\x21-\x7e]{3,254}$/.test(key) && z.email().safeParse(key).success ? key : undefined
}

/** The address as it is kept and shown, with its key, or a sentence at its field. */
export const parseEmail = (email: string): { email: string; emailKey: string } => {
  const emailKey = emailKeyOf(email)
  if (emailKey !== undefined) return { email: email.normalize('NFKC').trim().replace(/\.$/, ''), emailKey }
  const message = 'Enter an e-mail address such as you@example.com.'
  throw new AppError('invalid_request', message, { errors: [{ pointer: '/email', message }] })
}
