import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KnownObject } from '../catalog-store.ts'
import { createKnown, pageMax } from './known.ts'

const object = (schema: string, name: string): KnownObject => ({
  ...{ schema, name, id: `${schema}/${name}`, hash: 'h' },
  ...{ rowEstimate: null, sizeBytes: null, stamp: undefined },
})
const byBytes = (a: KnownObject, b: KnownObject) =>
  Buffer.compare(Buffer.from(a.schema), Buffer.from(b.schema)) ||
  Buffer.compare(Buffer.from(a.name), Buffer.from(b.name))

/** A store that answers as the database does, and counts what was given away and not asked for yet. */
const store = (objects: readonly KnownObject[]) => {
  const sorted = [...objects].sort(byBytes)
  const given = { pages: 0 }
  const read = async (after: KnownObject | undefined) => {
    given.pages += 1
    return sorted.filter((one) => !after || byBytes(one, after) > 0).slice(0, pageMax)
  }
  return { read, given, sorted }
}

test('finds what is known and nothing else, in whatever order it is asked for, and leaves what nobody asked for', async () => {
  const names = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), { maxLength: 30 })
  const schemas = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }), names), {
    selector: ([schema]) => schema,
    maxLength: 8,
  })
  const padding = Array.from({ length: pageMax * 2 }, (_, n) => object('m', `padding ${n}`))
  await fc.assert(
    fc.asyncProperty(schemas, fc.func(fc.nat()), fc.func(fc.boolean()), async (given, order, isAsked) => {
      const objects = given
        .filter(([schema]) => schema !== 'm')
        .flatMap(([schema, found]) => found.map((name) => object(schema, name)))
      const known = createKnown(store([...objects, ...padding]).read)
      const asked = objects.filter((one) => isAsked(one.id)).sort((a, b) => order(a.id) - order(b.id))
      for (const one of asked) expect(await known.take(one.schema, one.name)).toEqual(one)
      expect(await known.take('m', 'no such')).toBeUndefined()
      expect(await known.take('\u{10ffff}', 'no such')).toBeUndefined()
      const left = objects.filter((one) => !asked.includes(one))
      for (const [schema] of given) {
        if (schema === 'm') continue
        const rest = left.filter((one) => one.schema === schema).sort(byBytes)
        expect((await known.rest(schema)).sort(byBytes)).toEqual(rest)
      }
      expect(await known.rest(undefined)).toHaveLength(padding.length)
    }),
    { numRuns: 30 },
  )
})

test('of one large schema in its order no more than two pages are read ahead', async () => {
  const many = Array.from({ length: pageMax * 6 }, (_, n) => object('large', `t${n}`))
  const { read, given, sorted } = store(many)
  const known = createKnown(read)
  for (const [index, one] of sorted.entries()) {
    expect(await known.take(one.schema, one.name)).toBe(one)
    expect(given.pages).toBeLessThanOrEqual(Math.floor(index / pageMax) + 2)
  }
  expect(await known.rest('large')).toEqual([])
})
