import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase32, toBase32 } from './base32.ts'
import { KeyProblem } from './key-problem.ts'
import { joinKeys, splitKeys } from './recovery-kit.ts'

const keys = [randomBytes(32), randomBytes(32)]
const pairs = [
  [0, 1],
  [0, 2],
  [1, 2],
  [2, 0],
] as const
const sentenceOf = async (texts: string[]): Promise<string> => {
  const error = await joinKeys(texts).catch((caught: unknown) => caught)
  if (error instanceof KeyProblem) return error.message
  throw new Error(`expected a refusal, got ${String(error)}`)
}
const bytesOf = (share: string) => fromBase32(share.split('\n').slice(1, -1).join('')) ?? Buffer.alloc(0)
const shareOf = (bytes: Uint8Array) =>
  ['-----BEGIN JACKFIELD SHARE-----', toBase32(bytes), '-----END JACKFIELD SHARE-----'].join('\n')

describe('a recovery kit', () => {
  it('brings all keys back from any two shares, in their order', async () => {
    const { shares } = await splitKeys(keys)
    expect(shares).toHaveLength(3)
    for (const pair of pairs) expect(await joinKeys(pair.map((n) => shares[n] ?? ''))).toEqual(keys)
    expect(await joinKeys(shares)).toEqual(keys)
    expect(await joinKeys([shares.join('\nas printed\n')])).toEqual(keys)
  })

  it('can be typed: small letters, other spaces, O for 0 and I or l for 1', async () => {
    const { shares } = await splitKeys(keys)
    const typed = shares.map((share) => {
      const [first = '', ...rest] = share.split('\n')
      const last = rest.pop() ?? ''
      const letters = rest.join(' \n ').replaceAll('0', 'O').replaceAll('1', 'l').replaceAll('-', ' ').toLowerCase()
      return [first, letters, last].join('\r\n')
    })
    expect(await joinKeys(typed.slice(1))).toEqual(keys)
  })

  it('refuses one share, one twice, and shares of different kits of the same keys', async () => {
    const [one, other] = [await splitKeys(keys), await splitKeys(keys)]
    expect(one.id).not.toBe(other.id)
    expect(await sentenceOf([one.shares[0] ?? ''])).toContain('This is one share')
    expect(await sentenceOf([one.shares[0] ?? '', one.shares[0] ?? ''])).toContain('one share twice')
    expect(await sentenceOf([one.shares[0] ?? '', other.shares[1] ?? ''])).toContain('different kits')
    expect(await sentenceOf(['a poem'])).toContain('no share')
  })

  it('refuses a share with any letter changed or left out', async () => {
    const [first = '', second = ''] = (await splitKeys(keys)).shares
    const lines = first.split('\n')
    const letters = lines.slice(1, -1).join('')
    for (let at = 0; at < letters.length; at++) {
      if (letters[at] === '-') continue
      const other = letters[at] === '7' ? '8' : '7'
      for (const changed of [other, '']) {
        const broken = [lines[0], letters.slice(0, at) + changed + letters.slice(at + 1), lines.at(-1)].join('\n')
        expect(await sentenceOf([broken, second])).toMatch(/not whole|checksum|newer version/)
      }
    }
  })

  it('refuses a share that was changed on purpose, its checksum too', async () => {
    const [first = '', second = ''] = (await splitKeys(keys)).shares
    const body = bytesOf(first).subarray(0, -8)
    for (const at of [34, 60, body.length - 2, body.length - 1]) {
      const forged = Buffer.from(body)
      forged[at] = (forged[at] ?? 0) ^ 1
      const checksum = createHash('sha256').update('jackfield recovery share v1').update(forged).digest().subarray(0, 8)
      expect(await sentenceOf([shareOf(Buffer.concat([forged, checksum])), second])).toContain('do not belong together')
    }
  })

  it('tells nothing about a key in one share', async () => {
    const { shares } = await splitKeys(keys)
    for (const share of shares) for (const key of keys) expect(bytesOf(share).includes(key.subarray(0, 4))).toBe(false)
  })
})

it('base32 gives every byte back, and takes nothing it would not write', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromBase32(toBase32(bytes))).toEqual(Buffer.from(bytes))
    }),
  )
  expect(fromBase32('U')).toBeUndefined()
  expect(fromBase32('01')).toBeUndefined()
})
