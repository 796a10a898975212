import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { decrypt, derive, encrypt, ivLength, tagLength } from './primitives.ts'
import { Refusal } from './refusal.ts'

const read = <S extends z.ZodType>(name: string, test: S): z.output<S>[] =>
  z
    .object({ tests: z.array(test) })
    .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'wycheproof', name), 'utf8'))).tests
const hex = z.hex().transform((text) => Buffer.from(text, 'hex'))
const verdict = z.enum(['valid', 'invalid', 'acceptable'])

describe('AES-256-GCM against Wycheproof', () => {
  const vector = z.object({ tcId: z.int(), key: hex, iv: hex, aad: hex, msg: hex, ct: hex, tag: hex, result: verdict })
  const vectors = read('aes-256-gcm.json', vector)
  const ours = vectors.filter((test) => test.iv.length === ivLength && test.tag.length === tagLength)

  it('has vectors of both kinds', () => {
    expect(ours.filter((test) => test.result === 'valid').length).toBeGreaterThan(20)
    expect(ours.filter((test) => test.result === 'invalid').length).toBeGreaterThan(20)
  })

  it.each(ours)('vector $tcId is $result', (test) => {
    if (test.result !== 'valid') return expect(() => decrypt(test, test.ct, test.tag)).toThrow(Refusal)
    expect(decrypt(test, test.ct, test.tag)).toEqual(test.msg)
    expect(encrypt(test, test.msg)).toEqual(Buffer.concat([test.ct, test.tag]))
  })

  it.each(vectors.filter((test) => test.iv.length !== ivLength))('vector $tcId has an iv we never use', (test) => {
    expect(() => decrypt(test, test.ct, test.tag)).toThrow(Refusal)
  })

  it.each([4, 8, 12, 13, 14, 15])('a tag cut to %i bytes is refused', (length) => {
    for (const test of ours.filter((each) => each.result === 'valid')) {
      expect(() => decrypt(test, test.ct, test.tag.subarray(0, length))).toThrow(Refusal)
    }
  })
})

describe('HKDF-SHA512 against Wycheproof', () => {
  const vector = z.object({ tcId: z.int(), ikm: hex, salt: hex, info: hex, size: z.int(), okm: hex, result: verdict })
  it.each(read('hkdf-sha512.json', vector))('vector $tcId is $result', ({ ikm, salt, info, size, okm, result }) => {
    if (result === 'invalid') expect(() => derive(ikm, salt, info, size)).toThrow()
    else expect(derive(ikm, salt, info, size)).toEqual(okm)
  })
})
