import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto'
import { Refusal } from './refusal.ts'

export const keyLength = 32
export const ivLength = 12
/** Node accepts tags of 4 bytes unless told otherwise; every call below says 16 (ENC-4). */
export const tagLength = 16

const cipherName = 'aes-256-gcm'

/** HKDF-SHA512: `length` bytes that depend on every bit of key, salt and info. */
export const derive = (key: KeyObject | Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer =>
  Buffer.from(hkdfSync('sha512', key, salt, info, length))

export interface GcmInput {
  key: Uint8Array
  iv: Uint8Array
  aad: Uint8Array
}

/** AES-256-GCM; answers ciphertext and tag in one piece. */
export const encrypt = ({ key, iv, aad }: GcmInput, plaintext: Uint8Array): Buffer => {
  requireLengths(key, iv)
  const cipher = createCipheriv(cipherName, key, iv, { authTagLength: tagLength })
  cipher.setAAD(aad)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** The plaintext, only after the whole tag was verified; otherwise a refusal and nothing else. */
export const decrypt = ({ key, iv, aad }: GcmInput, ciphertext: Uint8Array, tag: Uint8Array): Buffer => {
  requireLengths(key, iv)
  if (tag.length !== tagLength) throw new Refusal('malformed')
  const decipher = createDecipheriv(cipherName, key, iv, { authTagLength: tagLength })
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const unverified = decipher.update(ciphertext)
  try {
    decipher.final()
  } catch {
    unverified.fill(0)
    throw new Refusal('tag')
  }
  return unverified
}

const requireLengths = (key: Uint8Array, iv: Uint8Array): void => {
  if (key.length !== keyLength || iv.length !== ivLength) throw new Refusal('malformed')
}
