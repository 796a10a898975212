import { expect, test } from 'vitest'
import { type ReadObject, readLine, splitLines } from './lines.ts'
import { keptNames } from './patterns.ts'
import { nextTime } from './schedule.ts'

const relation = (over: object = {}) => ({
  type: 'relation',
  schema: 's',
  name: 't',
  kind: 'table',
  comment: null,
  row_estimate: 5,
  size_bytes: 8192,
  columns: [{ name: 'a', type: 'int', nullable: true }],
  indexes: [
    { name: 'i', columns: ['a'], unique: false, primary: false, method: 'btree', definition: 'd', size_bytes: 16 },
  ],
  ...over,
})
const read = (value: object): ReadObject => {
  const line = readLine(Buffer.from(JSON.stringify(value)))
  if (line.type !== 'relation') throw new Error(line.type)
  return line
}

test('row counts and sizes are no part of a structure, everything else is', () => {
  const one = read(relation())
  expect(one).toMatchObject({ schema: 's', name: 't', rowEstimate: '5', sizeBytes: '8192' })
  expect(one.structure.toString()).not.toMatch(/row_estimate|size_bytes/)
  const grown = relation({ row_estimate: 1e15, size_bytes: null })
  grown.indexes[0] = { ...relation().indexes[0], size_bytes: 99 } as never
  expect(read(grown).hash).toBe(one.hash)
  expect(read(relation({ comment: 'x' })).hash).not.toBe(one.hash)
  expect(read(relation({ row_estimate: null, size_bytes: undefined }))).toMatchObject({
    rowEstimate: null,
    sizeBytes: null,
  })
  expect(read(relation({ row_estimate: 1234.5 })).rowEstimate).toBe('1235')
})

test('names, comments and defaults that look like members of a line stay what they are', () => {
  const hostile = [
    '"',
    '\\',
    '\\"',
    ',"size_bytes":7',
    ',"row_estimate":7,',
    '{"type":"relation","schema":',
    '__proto__',
    'a.b',
    '\n\u2028',
    'ü',
    '😀',
    '}',
    '\0',
  ]
  for (const schema of hostile) {
    for (const name of hostile) {
      const value = relation({
        schema,
        name,
        comment: name,
        columns: [{ name: schema, type: 'x', nullable: true, default: name }],
      })
      const found = read(value)
      expect([found.schema, found.name]).toEqual([schema, name].map((text) => text.replaceAll('\0', '\uFFFD')))
      const { row_estimate: _, size_bytes: __, indexes, ...rest } = value
      const kept = JSON.parse(found.structure.toString())
      expect(kept).toEqual({ ...rest, indexes: indexes.map(({ size_bytes: ___, ...index }) => index) })
      expect([found.rowEstimate, found.sizeBytes]).toEqual(['5', '8192'])
    }
  }
})

test('lines are found wherever the pieces they arrive in are cut', async () => {
  const bytes = Buffer.from('{"a":1}\n\n{"b":"é"}\n{"c":3}')
  for (let size = 1; size <= bytes.length; size++) {
    const pieces = (async function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    })()
    const lines: string[] = []
    for await (const some of splitLines(pieces)) lines.push(...some.map(String))
    expect(lines).toEqual(['{"a":1}', '{"b":"é"}', '{"c":3}'])
  }
})

test('patterns: what is excluded stays out whatever is included', () => {
  const keeps = keptNames({ include: ['sales', 'raw_*.ord*s', '*.shared'], exclude: ['*.tmp_*', 'raw_old'] })
  const kept = ['sales.a', 'raw_1.orders', 'raw_1.ords', 'x.shared', 'sales.atmp_']
  const left = ['sales2.a', 'raw_1.order', 'sales.tmp_1', 'raw_old.orders', 'x.shared2', 'Sales.a']
  const of = (text: string) => keeps(...(text.split('.') as [string, string]))
  expect([kept.map(of), left.map(of)]).toEqual([kept.map(() => true), left.map(() => false)])
  expect([keeps('sales'), keeps('raw_old')]).toEqual([true, false])
  expect(keptNames({ include: [], exclude: [] })('a', 'b')).toBe(true)
  const slow = keptNames({ include: [`${'*a'.repeat(60)}`], exclude: [] })
  expect(slow('a'.repeat(5_000).concat('b'))).toBe(false)
})

test('a schedule comes a little later than it says, never earlier', () => {
  const now = Date.parse('2026-03-28T23:30:00Z')
  expect(nextTime({ kind: 'off' }, now)).toBeUndefined()
  expect(nextTime({ kind: 'interval', minutes: 60 }, now, () => 0)).toBe(now + 3_600_000)
  expect(nextTime({ kind: 'interval', minutes: 60 }, now, () => 1)).toBe(now + 3_900_000)
  // 02:30 does not exist in Berlin on the day the clocks go forward.
  const berlin = nextTime({ kind: 'cron', expression: '30 6 * * *', timezone: 'Europe/Berlin' }, now, () => 0)
  expect(new Date(berlin ?? 0).toISOString()).toBe('2026-03-29T04:30:00.000Z')
})
