import { createHmac } from 'node:crypto'
import { sessionSecret } from './cookie.ts'

/**
 * A hash that nobody without the session secret can compute: from the stored one a short password inside the text cannot
 * be guessed (ENC-16). `purpose` keeps the hashes of different uses apart.
 */
export const keyedHash = (purpose: string, text: string): Uint8Array<ArrayBuffer> => {
  const secret = sessionSecret()
  if (!secret) throw new Error('JACKFIELD_SESSION_SECRET is not set; start Jackfield with `npm start`.')
  return new Uint8Array(createHmac('sha256', `${secret}:${purpose}`).update(text, 'utf8').digest())
}
