import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrayItems, hexDump, momentOf } from './cell-parts.ts'
import { prettyJson, readJson } from './json-tree.ts'

const pretty = (text: string) => {
  const node = readJson(text)
  return node && prettyJson(node)
}

test('a document is laid out without changing it: digits, order, members of one name', () => {
  expect(pretty('{"b":12345678901234567890,"a":[1.50,{}],"b":null}')).toBe(
    '{\n  "b": 12345678901234567890,\n  "a": [\n    1.50,\n    {}\n  ],\n  "b": null\n}',
  )
  expect(pretty('"\\u00e9 \\"x\\" {"')).toBe('"\\u00e9 \\"x\\" {"')
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.parse(pretty(text) ?? '!')).toEqual(JSON.parse(text))
    }),
  )
})

test('what is no JSON, or nested beyond reading, is left alone', () => {
  for (const text of ['', '{', '[1,]', "{'a':1}", 'nul', '[1] 2']) expect(readJson(text)).toBeUndefined()
  expect(readJson('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined()
})

test('bytes are shown sixteen to a line', () => {
  expect(hexDump('\\x48656c6c6f00ff', 10)).toBe(`00000000  48 65 6c 6c 6f 00 ff${' '.repeat(27)}  Hello..`)
  expect(hexDump(`\\x${'00'.repeat(40)}`, 2).split('\n')).toHaveLength(2)
  expect(hexDump('\\x', 10)).toBe('')
})

test('items of an array are told apart as PostgreSQL does', () => {
  expect(arrayItems('{1,2,NULL}')).toEqual(['1', '2', null])
  expect(arrayItems('{"a,b","say \\"x\\"","NULL","",{x}}')).toEqual(['a,b', 'say "x"', 'NULL', '', '{x}'])
  expect(arrayItems('{{1,2},{3,4}}')).toEqual(['{1,2}', '{3,4}'])
  expect(arrayItems('[0:1]={5,6}')).toEqual(['5', '6'])
  expect(arrayItems('{}')).toEqual([])
  expect(arrayItems('[1,2]')).toBeUndefined()
})

test('only a time with a zone is a moment', () => {
  expect(momentOf('2024-03-10 12:00:00.5+05:30')?.toISOString()).toBe('2024-03-10T06:30:00.000Z')
  expect(momentOf('2024-03-10 12:00:00')).toBeUndefined()
  expect(momentOf('2024-03-10')).toBeUndefined()
  expect(momentOf('infinity')).toBeUndefined()
})
