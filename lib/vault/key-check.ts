import { createHash, createHmac } from 'node:crypto'
import { KeyProblem } from './key-problem.ts'
import { keyLength } from './primitives.ts'

const makeOne = 'Make one with: openssl rand -base64 32'

/** The id of a key: a hash of it, so that the same key has the same id everywhere and two keys never share one. */
export const keyIdFor = (bytes: Uint8Array): string =>
  `kek_${createHmac('sha512', bytes).update('jackfield key id v1').digest('hex').slice(0, 16)}`

/** Text of 32 random bytes in base64 to a key; `where` names the variable or file in the sentence. */
export const parseKey = (text: string, where: string): Buffer => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, '')) {
    throw new KeyProblem('refused', `${where} is not base64. ${makeOne}`)
  }
  requireGoodKey(bytes, where)
  return bytes
}

/** Refuses what nobody drew at random: too short, text, patterns, hashes of well-known words, published keys (ENC-7). */
export const requireGoodKey = (bytes: Buffer, where: string): void => {
  const problem = problems.find(({ found }) => found(bytes))
  if (problem) throw new KeyProblem('refused', `${where} ${problem.sentence(bytes)} ${makeOne}`)
}

const problems: { found(bytes: Buffer): boolean; sentence(bytes: Buffer): string }[] = [
  {
    found: (bytes) => bytes.length !== keyLength,
    sentence: (bytes) => `holds ${bytes.length} bytes; it must hold exactly ${keyLength}.`,
  },
  {
    // 32 random bytes hold about 30 different values; fewer than 20 happens once in 10^13 keys.
    found: (bytes) => new Set(bytes).size < 20 || stepsOf(bytes).size < 16,
    sentence: () => 'is a pattern, not random bytes.',
  },
  {
    found: (bytes) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f),
    sentence: () => 'is text, not random bytes.',
  },
  {
    found: (bytes) => wellKnown().has(keyIdFor(bytes)),
    sentence: () => 'is a published sample that everybody knows.',
  },
]

const stepsOf = (bytes: Buffer): Set<number> =>
  new Set(Array.from(bytes.subarray(1), (byte, i) => (byte - (bytes[i] ?? 0) + 256) % 256))

// Hashes of these are what people reach for when a tool insists on 32 bytes.
const words = [
  '',
  'jackfield',
  'secret',
  'password',
  'changeme',
  'change-me',
  'test',
  'admin',
  'default',
  'key',
  'encryption',
  'encryption-key',
  '123456',
  '12345678',
  'hello',
  'example',
  'postgres',
  'development',
  'dev',
]

const published = [
  // AES-256 of NIST SP 800-38A and FIPS-197.
  '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
]

/** Keys of the golden files of this repository, by id. */
const golden = ['kek_020781698b1185e6', 'kek_a26ae31274d46d0e', 'kek_267739e889e73506']

let known: Set<string> | undefined

const wellKnown = (): Set<string> => {
  known ??= new Set([
    ...golden,
    ...published.map((hex) => keyIdFor(Buffer.from(hex, 'hex'))),
    ...words.flatMap((word) => [
      keyIdFor(createHash('sha256').update(word).digest()),
      keyIdFor(createHash('sha512').update(word).digest().subarray(0, keyLength)),
    ]),
  ])
  return known
}
