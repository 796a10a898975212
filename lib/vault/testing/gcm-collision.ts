import { createCipheriv } from 'node:crypto'

// The "invisible salamander": GHASH is linear, so one free block can be chosen such that a ciphertext's tag is right
// under two keys at once. Test code only; written for clarity on BigInt, not for speed or constant time.

/** A ciphertext of `fixed` and one more block whose GCM tag is the same under both keys. */
export const verifyingUnderBoth = (
  keyOne: Uint8Array,
  keyTwo: Uint8Array,
  iv: Uint8Array,
  aad: Buffer,
  fixed: Buffer,
): Buffer => {
  const withZero = Buffer.concat([fixed, Buffer.alloc(16)])
  const difference = toField(tagFor(keyOne, iv, aad, withZero)) ^ toField(tagFor(keyTwo, iv, aad, withZero))
  // The last ciphertext block passes through H twice: once as itself, once past the length block.
  const [one, two] = [hashKey(keyOne), hashKey(keyTwo)]
  const factor = multiply(one, one) ^ multiply(two, two)
  return Buffer.concat([fixed, fromField(multiply(difference, inverse(factor)))])
}

/** The GCM tag of a ciphertext, whatever it decrypts to. */
export const tagFor = (key: Uint8Array, iv: Uint8Array, aad: Buffer, ciphertext: Buffer): Buffer => {
  const lengths = Buffer.alloc(16)
  lengths.writeBigUInt64BE(BigInt(aad.length * 8), 0)
  lengths.writeBigUInt64BE(BigInt(ciphertext.length * 8), 8)
  const h = hashKey(key)
  let hash = 0n
  for (const block of [...blocks(aad), ...blocks(ciphertext), lengths]) hash = multiply(hash ^ toField(block), h)
  const counter = Buffer.concat([iv, Buffer.from([0, 0, 0, 1])])
  return fromField(hash ^ toField(aesBlock(key, counter)))
}

const hashKey = (key: Uint8Array): bigint => toField(aesBlock(key, Buffer.alloc(16)))

const aesBlock = (key: Uint8Array, block: Buffer): Buffer =>
  createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block)

const blocks = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) =>
    Buffer.concat([bytes.subarray(i * 16, i * 16 + 16), Buffer.alloc(16)]).subarray(0, 16),
  )

const toField = (block: Buffer): bigint => BigInt(`0x${block.toString('hex')}`)
const fromField = (element: bigint): Buffer => Buffer.from(element.toString(16).padStart(32, '0'), 'hex')

const reduction = 0xe1n << 120n

/** Multiplication in GF(2^128) with GCM's bit order: the highest bit is the coefficient of x^0. */
const multiply = (a: bigint, b: bigint): bigint => {
  let product = 0n
  let shifted = b
  for (let bit = 127n; bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ reduction : shifted >> 1n
  }
  return product
}

/** x^(2^128 - 2), Fermat's inverse. */
const inverse = (element: bigint): bigint => {
  let [result, power] = [1n << 127n, element]
  for (let i = 1; i < 128; i++) {
    power = multiply(power, power)
    result = multiply(result, power)
  }
  return result
}
