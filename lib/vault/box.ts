import { type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { decrypt, derive, encrypt, ivLength, keyLength, tagLength } from './primitives.ts'
import { Refusal } from './refusal.ts'

const saltLength = 32
const commitmentLength = 32
/** Bytes a box adds to what is in it: salt, iv, commitment, tag. */
export const boxOverhead = saltLength + ivLength + commitmentLength + tagLength

/**
 * Authenticated encryption that opens under one key only: `salt | iv | commitment | ciphertext | tag`.
 * Each box has its own AES key, derived with a 256-bit salt, so one key may close any number of boxes (ENC-11), and
 * the other half of the derived bytes commits to the key: GCM alone lets one ciphertext verify under two (ENC-5).
 */
export const closeBox = (key: KeyObject | Uint8Array, plaintext: Uint8Array, purpose: string, aad: Buffer): Buffer => {
  const salt = randomBytes(saltLength)
  const iv = randomBytes(ivLength)
  const { cipherKey, commitment } = deriveKeys(key, salt, purpose)
  const sealed = encrypt({ key: cipherKey, iv, aad }, plaintext)
  cipherKey.fill(0)
  return Buffer.concat([salt, iv, commitment, sealed])
}

export const openBox = (key: KeyObject | Uint8Array, box: Buffer, purpose: string, aad: Buffer): Buffer => {
  if (box.length < boxOverhead) throw new Refusal('malformed')
  const { cipherKey, commitment } = deriveKeys(key, box.subarray(0, saltLength), purpose)
  try {
    const iv = box.subarray(saltLength, saltLength + ivLength)
    const body = saltLength + ivLength + commitmentLength
    if (!timingSafeEqual(commitment, box.subarray(saltLength + ivLength, body))) throw new Refusal('commitment')
    const end = box.length - tagLength
    return decrypt({ key: cipherKey, iv, aad }, box.subarray(body, end), box.subarray(end))
  } finally {
    cipherKey.fill(0)
  }
}

/** Exported for the collision test, which needs the AES key behind a box. */
export const deriveKeys = (key: KeyObject | Uint8Array, salt: Uint8Array, purpose: string) => {
  const bytes = derive(key, salt, Buffer.from(`jackfield ${purpose} v1`), keyLength + commitmentLength)
  return { cipherKey: bytes.subarray(0, keyLength), commitment: bytes.subarray(keyLength) }
}
