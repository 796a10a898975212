import { createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { seededRandom } from '#lib/core/testing/random'
import { boxOverhead, closeBox, deriveKeys, openBox } from './box.ts'
import { joinParts } from './parts.ts'
import { Refusal, type RefusalReason } from './refusal.ts'
import { formats, type Key, keyIdOf, open, rewrap, type SealContext, seal } from './seal.ts'
import { encodeFields } from './secret-fields.ts'
import { tagFor, verifyingUnderBoth } from './testing/gcm-collision.ts'

const context: SealContext = {
  workspaceId: 'ws_1',
  credentialId: 'cred_1',
  version: 1,
  kind: 'database.password',
  sealedTo: 'db.example.com:5432',
}
const newKey = (id: string): Key => ({ id, secret: createSecretKey(randomBytes(32)) })
const key = newKey('kek_one')
const other = newKey('kek_two')
const ring =
  (...keys: Key[]) =>
  (id: string) =>
    keys.find((candidate) => candidate.id === id)
const fields = { password: 'corrèct horse\n"battery"', extra: '{"a":1}' }

const refusalOf = (work: () => unknown): RefusalReason | 'accepted' => {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error.reason
    throw error
  }
  return 'accepted'
}
const refusal = (envelope: Uint8Array, at = context, find = ring(key, other)) =>
  refusalOf(() => open(envelope, at, find))

describe('a sealed secret', () => {
  it('comes back byte for byte', () => {
    const nasty = { password: '\u202eé\u0001😀 \\ "\'', empty: '', long: 'x'.repeat(65_536), __proto__x: '1' }
    expect(open(seal(nasty, context, key), context, ring(key))).toEqual(nasty)
  })

  it('is never sealed twice the same way: 10,000 envelopes share no salt, iv, data key or ciphertext', () => {
    const seen = {
      wrapSalt: new Set(),
      wrapIv: new Set(),
      wrappedKey: new Set(),
      salt: new Set(),
      iv: new Set(),
      text: new Set(),
    }
    for (let i = 0; i < 10_000; i++) {
      const body = seal({ password: 'same' }, context, key).subarray(5 + key.id.length)
      const [wrap, content] = [body.subarray(0, boxOverhead + 32), body.subarray(boxOverhead + 32)]
      seen.wrapSalt.add(wrap.subarray(0, 32).toString('hex'))
      seen.wrapIv.add(wrap.subarray(32, 44).toString('hex'))
      seen.wrappedKey.add(wrap.subarray(76, 108).toString('hex'))
      seen.salt.add(content.subarray(0, 32).toString('hex'))
      seen.iv.add(content.subarray(32, 44).toString('hex'))
      seen.text.add(content.subarray(76).toString('hex'))
    }
    expect(Object.values(seen).map((set) => set.size)).toEqual([10_000, 10_000, 10_000, 10_000, 10_000, 10_000])
  })

  it('uses a fresh data key each time', () => {
    const keys = new Set<string>()
    for (let i = 0; i < 1000; i++) keys.add(dataKeyOf(seal({ password: 'same' }, context, key)).toString('hex'))
    expect(keys.size).toBe(1000)
  })

  it('tells nothing of the length of a password of up to 32 bytes, quotes and accents included', () => {
    const lengths = new Set<number>()
    for (let length = 0; length <= 32; length++) {
      lengths.add(seal({ password: 'a'.repeat(length) }, context, key).length)
      lengths.add(seal({ password: '"'.repeat(length) }, context, key).length)
      lengths.add(seal({ password: 'é'.repeat(length >> 1) }, context, key).length)
    }
    expect(lengths.size).toBe(1)
    expect(lengths).not.toContain(seal({ password: 'a'.repeat(33) }, context, key).length)
  })

  it('refuses to seal half a surrogate pair instead of storing something else', () => {
    expect(() => seal({ password: '\ud800' }, context, key)).toThrow(RangeError)
  })
})

describe('an envelope opens only where it belongs', () => {
  const moved: [string, Partial<SealContext>][] = [
    ['another credential', { credentialId: 'cred_2' }],
    ['another workspace', { workspaceId: 'ws_2' }],
    ['a later version', { version: 2 }],
    ['another kind', { kind: 'password' }],
    ['another destination', { sealedTo: 'evil.example.com:5432' }],
    ['no destination', { sealedTo: '' }],
    ['parts that join to the same text', { workspaceId: 'ws_1cred_', credentialId: '1' }],
  ]
  it.each(moved)('not in %s', (_, change) => {
    expect(refusal(seal(fields, context, key), { ...context, ...change })).toBe('tag')
  })

  it('also if the associated data were forgotten: the context inside is compared too', () => {
    const elsewhere = [1, 'ws_1', 'cred_2', 1, 'database.password', 'db.example.com:5432']
    const content = joinParts([joinParts(elsewhere), encodeFields(fields)])
    expect(refusal(envelopeWith(content))).toBe('context')
    const here = [1, 'ws_1', 'cred_1', 1, 'database.password', 'db.example.com:5432']
    expect(refusal(envelopeWith(joinParts([joinParts(here), encodeFields(fields)])))).toBe('accepted')
  })
})

describe('a changed envelope is refused', () => {
  const envelope = seal(fields, context, key)

  it('at every single bit', () => {
    for (let bit = 0; bit < envelope.length * 8; bit++) {
      const changed = Buffer.from(envelope)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(refusal(changed), `bit ${bit}`).not.toBe('accepted')
    }
  })

  it('cut at every length, and with anything behind it', () => {
    for (let length = 0; length < envelope.length; length++) {
      expect(refusal(envelope.subarray(0, length)), `length ${length}`).not.toBe('accepted')
    }
    expect(refusal(Buffer.concat([envelope, Buffer.alloc(1)]))).not.toBe('accepted')
  })

  it.each([4, 8, 12, 15])('with a tag of %i bytes', (length) => {
    expect(refusal(envelope.subarray(0, envelope.length - 16 + length))).not.toBe('accepted')
  })

  it('with the id of another key we hold: by the commitment', () => {
    const swapped = Buffer.from(envelope)
    swapped.write(other.id, 5, 'latin1')
    expect(refusal(swapped)).toBe('commitment')
  })

  it('with a key we do not hold: as locked, naming the key', () => {
    expect(refusal(envelope, context, ring(other))).toBe('unknown_key')
    expect(keyIdOf(envelope)).toBe(key.id)
  })

  it('of an unknown format or suite', () => {
    const at = (index: number, value: number) => Buffer.from(envelope).fill(value, index, index + 1)
    expect(refusal(at(2, 2))).toBe('unknown_format')
    expect(refusal(at(3, 2))).toBe('unknown_suite')
    expect(refusal(at(0, 0))).toBe('malformed')
  })

  it('100,000 times out of 100,000 by random changes, without a crash or a hang', () => {
    const random = randomNumbers(0x5eed)
    let [accepted, slowest] = [0, 0]
    for (let i = 0; i < 100_000; i++) {
      const changed = mutate(envelope, random)
      if (changed.equals(envelope)) continue
      const started = performance.now()
      if (refusal(changed) === 'accepted') accepted++
      slowest = Math.max(slowest, performance.now() - started)
    }
    expect(accepted).toBe(0)
    expect(slowest).toBeLessThan(1000)
  })
})

describe('a box opens under one key only', () => {
  const purpose = 'wrap'
  const aad = Buffer.from('context')
  const [first, second] = [randomBytes(32), randomBytes(32)]
  const [salt, iv] = [randomBytes(32), randomBytes(12)]
  const [one, two] = [deriveKeys(first, salt, purpose), deriveKeys(second, salt, purpose)]
  const ciphertext = verifyingUnderBoth(one.cipherKey, two.cipherKey, iv, aad, randomBytes(16))
  const tag = tagFor(one.cipherKey, iv, aad, ciphertext)

  it('though AES-GCM alone accepts this very ciphertext and tag under two keys', () => {
    for (const cipherKey of [one.cipherKey, two.cipherKey]) {
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, iv, { authTagLength: 16 })
      decipher.setAAD(aad).setAuthTag(tag)
      decipher.update(ciphertext)
      expect(() => decipher.final()).not.toThrow()
    }
  })

  it('because the commitment refuses the second', () => {
    const box = Buffer.concat([salt, iv, one.commitment, ciphertext, tag])
    expect(refusalOf(() => openBox(first, box, purpose, aad))).toBe('accepted')
    expect(refusalOf(() => openBox(second, box, purpose, aad))).toBe('commitment')
  })
})

describe('formats', () => {
  const golden = z
    .array(
      z.object({
        key: z.base64(),
        key_id: z.string(),
        context: z.object({
          ...{ workspaceId: z.string(), credentialId: z.string() },
          ...{ version: z.int(), kind: z.string(), sealedTo: z.string() },
        }),
        fields: z.record(z.string(), z.string()),
        envelope: z.base64(),
      }),
    )
    .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden/format-1.json'), 'utf8')))
  const openGolden = (sample: (typeof golden)[number], readable = formats) => {
    const kek = { id: sample.key_id, secret: createSecretKey(Buffer.from(sample.key, 'base64')) }
    return open(Buffer.from(sample.envelope, 'base64'), sample.context, ring(kek), readable)
  }

  it.each(golden)('a secret sealed by format 1 when it was released still opens: $context.credentialId', (sample) => {
    expect(openGolden(sample)).toEqual(sample.fields)
  })

  it('two can be read at once', () => {
    const next = {
      seal: () => Buffer.from('JF\x02'),
      rewrap: (bytes: Buffer) => bytes,
      open: () => ({ password: 'from format 2' }),
    }
    const both = { ...formats, 2: next }
    expect(open(next.seal(), context, ring(key), both)).toEqual({ password: 'from format 2' })
    for (const sample of golden) expect(openGolden(sample, both)).toEqual(sample.fields)
  })
})

const wrapAad = () => joinParts(['wrap', 1, key.id, 1, 'ws_1', 'cred_1', 1, 'database.password', 'db.example.com:5432'])

const dataKeyOf = (envelope: Buffer): Buffer => {
  const start = 5 + key.id.length
  return openBox(key.secret, envelope.subarray(start, start + boxOverhead + 32), 'wrap', wrapAad())
}

/** An envelope that is right in every way but for what its author put inside. */
const envelopeWith = (content: Buffer): Buffer => {
  const dataKey = randomBytes(32)
  const header = Buffer.concat([Buffer.from('JF'), Buffer.from([1, 1, key.id.length]), Buffer.from(key.id)])
  const contentAad = joinParts(['content', 1, 1, 'ws_1', 'cred_1', 1, 'database.password', 'db.example.com:5432'])
  return Buffer.concat([
    header,
    closeBox(key.secret, dataKey, 'wrap', wrapAad()),
    closeBox(dataKey, content, 'content', contentAad),
  ])
}

/** Whole numbers below a bound; a failing case can be run again. */
const randomNumbers = (seed: number) => {
  const random = seededRandom(seed)
  return (below: number): number => (random() * 2 ** 32) % below
}

const mutate = (original: Buffer, random: (below: number) => number): Buffer => {
  const at = random(original.length)
  const changes = [
    () => Buffer.from(original).fill(random(256), at, Math.min(at + 1 + random(4), original.length)),
    () => original.subarray(0, at),
    () => Buffer.concat([original.subarray(0, at), original.subarray(at + 1 + random(8))]),
    () => Buffer.concat([original.subarray(0, at), Buffer.alloc(1 + random(40), random(256)), original.subarray(at)]),
    () => Buffer.concat([original.subarray(at), original.subarray(0, at)]),
    () => Buffer.from(original).fill(random(256), 2, 2 + 1 + random(8)),
  ]
  const change = changes[random(changes.length)]
  return change ? change() : original
}

describe('a secret moved to another key', () => {
  const next = newKey('kek_new')
  const both = (id: string) => [key, next].find((each) => each.id === id)
  const moved = rewrap(seal({ password: 'p' }, context, key), context, both, next)

  it('is the same secret, opens under the new key and no longer under the old', () => {
    const original = seal({ password: 'pä$$' }, context, key)
    const after = rewrap(original, context, both, next)
    expect(open(after, context, ring(next))).toEqual({ password: 'pä$$' })
    expect(keyIdOf(after)).toBe(next.id)
    expect(() => open(after, context, ring(key))).toThrow('unknown_key')
    // The new name on the old key does not help either.
    expect(() => open(after, context, () => key)).toThrow('commitment')
    expect(after.subarray(-100)).toEqual(original.subarray(-100))
    expect(after).toHaveLength(original.length)
  })

  it('is refused with any single bit changed, by opening and by moving', () => {
    for (let bit = 0; bit < moved.length * 8; bit++) {
      const changed = Buffer.from(moved)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => open(changed, context, both)).toThrow(Refusal)
      expect(() => rewrap(changed, context, both, key)).toThrow(Refusal)
    }
  })

  it.each([{ workspaceId: 'ws_2' }, { credentialId: 'cred_2' }, { version: 2 }, { kind: 'other' }])(
    'is refused where it does not belong: %o',
    (change) => {
      const elsewhere = { ...context, ...change }
      expect(() => rewrap(moved, elsewhere, both, key)).toThrow(Refusal)
      expect(() => open(moved, elsewhere, both)).toThrow(Refusal)
    },
  )

  it('is never wrapped the same way twice', () => {
    const original = seal({ password: 'p' }, context, key)
    const all = Array.from({ length: 500 }, () => rewrap(original, context, both, next).toString('base64'))
    expect(new Set(all).size).toBe(500)
  })
})
