import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { combine, split } from 'shamir-secret-sharing'
import { fromBase32, toBase32 } from './base32.ts'
import { requireGoodKey } from './key-check.ts'
import { KeyProblem } from './key-problem.ts'
import { keyLength } from './primitives.ts'

/** Shares of a kit, and how many of them bring the keys back. One alone says nothing about a key. */
const shareCount = 3
const threshold = 2

const format = 1
const nonceLength = 32
const digestLength = 32
const checksumLength = 8
const begin = '-----BEGIN JACKFIELD SHARE-----'
const end = '-----END JACKFIELD SHARE-----'

export interface RecoveryKit {
  /** Tells shares of different kits apart. */
  id: string
  shares: string[]
}

/**
 * Splits keys into shares, each a block of letters. What is split begins with a random number, so that the hash of it, which
 * every share carries, commits to the keys and tells nothing about them (ENC-17).
 */
export const splitKeys = async (keys: readonly Uint8Array[]): Promise<RecoveryKit> => {
  const bundle = Buffer.concat([randomBytes(nonceLength), ...keys])
  const commitment = commitmentOf(bundle)
  const shares = await split(new Uint8Array(bundle), shareCount, threshold)
  bundle.fill(0)
  return {
    id: `kit_${commitment.subarray(0, 4).toString('hex')}`,
    shares: shares.map((share, n) => blockOf(Buffer.concat([Buffer.from([format, n + 1]), commitment, share]))),
  }
}

const blockOf = (body: Buffer): string => {
  const letters = toBase32(Buffer.concat([body, checksumOf(body)]))
  return [begin, ...(letters.match(/.{1,40}/g) ?? []), end].join('\n')
}

/** The keys out of texts that hold two shares of one kit, or a sentence that says which share is wrong and how. */
export const joinKeys = async (texts: readonly string[]): Promise<Buffer[]> => {
  const shares = texts.flatMap(sharesIn)
  requireOneKit(shares)
  const bundle = await combine(shares.map(({ share }) => new Uint8Array(share))).catch(() => new Uint8Array())
  if (shares.some(({ commitment }) => !timingSafeEqual(commitmentOf(bundle), commitment))) {
    throw refusal('These shares do not belong together: one of them was changed.')
  }
  const keys = keysOf(Buffer.from(bundle).subarray(nonceLength))
  for (const key of keys) requireGoodKey(key, 'A key of this kit')
  return keys
}

interface Share {
  number: number
  commitment: Buffer
  share: Buffer
}

const sharesIn = (text: string): Share[] => {
  const blocks = text.split(begin).slice(1)
  if (blocks.length === 0) throw refusal(`There is no share in this text: it begins with “${begin}”.`)
  return blocks.map((block) => shareOf(block.split(end)[0] ?? ''))
}

const shareOf = (letters: string): Share => {
  const bytes = fromBase32(letters)
  const least = 2 + digestLength + nonceLength + keyLength + 1 + checksumLength
  if (!bytes || bytes.length < least) throw refusal('A share is not whole: letters are missing or were mistyped.')
  const body = bytes.subarray(0, -checksumLength)
  if (!checksumOf(body).equals(bytes.subarray(-checksumLength))) {
    throw refusal('A share was changed or mistyped: its checksum is another one. Compare it with the paper.')
  }
  if (body[0] !== format) throw refusal('A newer version of Jackfield made this share.')
  const share = body.subarray(2 + digestLength)
  return { number: body[1] ?? 0, commitment: body.subarray(2, 2 + digestLength), share }
}

const requireOneKit = (shares: readonly Share[]): void => {
  const [first] = shares
  if (shares.some(({ commitment }) => !first?.commitment.equals(commitment))) {
    throw refusal('These shares are of different kits. Use two of the same one; its name stands on each share.')
  }
  if (new Set(shares.map(({ number }) => number)).size !== shares.length) throw refusal('This is one share twice.')
  if (shares.length < threshold) throw refusal(`This is one share; ${threshold} of the ${shareCount} are needed.`)
}

const keysOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / keyLength }, (_, n) => bytes.subarray(n * keyLength, (n + 1) * keyLength))

const commitmentOf = (bundle: Uint8Array): Buffer =>
  createHash('sha256').update('jackfield recovery kit v1').update(bundle).digest()

const checksumOf = (body: Buffer): Buffer =>
  createHash('sha256').update('jackfield recovery share v1').update(body).digest().subarray(0, checksumLength)

const refusal = (sentence: string): KeyProblem => new KeyProblem('refused', sentence)
