import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cell, ResultColumn } from './result-store.ts'
import { compareKeys, keyOf } from './sort-keys.ts'

type Kind = ResultColumn['kind']

const compare = (kind: Kind, a: Cell, b: Cell): number => {
  const [left, right] = [keyOf(kind, a), keyOf(kind, b)]
  if (!left || !right) throw new Error('NULL has no key')
  return Math.sign(compareKeys(kind, left, right))
}

/** Every one is less than all behind it. */
const expectAscending = (kind: Kind, cells: Cell[]) => {
  for (const [at, a] of cells.entries())
    for (const [later, b] of cells.entries()) expect([a, b, compare(kind, a, b)]).toEqual([a, b, Math.sign(at - later)])
}

test('numbers are compared exactly, beyond what a double can tell apart', () => {
  expectAscending('integer', [
    '-9223372036854775808',
    '-9223372036854775807',
    -1,
    0,
    9,
    10,
    '9007199254740992',
    '9007199254740993',
    '9223372036854775806',
    '9223372036854775807',
    '123456789012345678901234567890',
    '123456789012345678901234567891',
  ])
  expectAscending('decimal', ['-0.30000000000000001', '-0.3', '0.1', '0.10000000000000000001', '0.2', '10', '9999.5'])
  expect(compare('decimal', '1.50', 1.5)).toBe(0)
  expect(compare('decimal', '100', '100.000')).toBe(0)
  expect(compare('integer', '9007199254740993', 9007199254740992)).toBe(1)
})

test('integers of any length are ordered as their values are', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(compare('integer', String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
    }),
  )
})

test('infinity and not-a-number stand where PostgreSQL has them', () => {
  expectAscending('float', ['-Infinity', -1e300, 0, 1.5, 1e300, 'Infinity', 'NaN'])
})

test('moments are ordered by when they are, not by how they are written', () => {
  expectAscending('timestamp', [
    '-infinity',
    '0044-03-15 12:00:00 BC',
    '0001-01-01 00:00:00',
    '1969-12-31 23:59:59.5',
    '2024-01-01 00:30:00+01',
    '2024-01-01 00:00:00+00',
    '2024-01-01T00:00:00.000001Z',
    '2024-01-01 00:00:00.00001+00',
    '2023-12-31 23:59:59.5-01:30',
    '12024-01-01 00:00:00',
    '294276-12-31 23:59:59',
    'infinity',
  ])
  expect(compare('timestamp', '2024-03-10 12:00:00+05:30', '2024-03-10 06:30:00+00')).toBe(0)
  expectAscending('date', ['2024-02-28', '2024-02-29', '2024-03-01', '10000-01-01'])
  expectAscending('time', ['-838:59:59', '00:00:00', '00:00:00.5', '9:00:00', '10:00', '838:59:59'])
  expectAscending('interval', [
    '-1 days',
    '-00:00:01',
    '00:00:00.1',
    '10:00:00',
    '1 day',
    '1 mon',
    '1 year 2 mons 3 days 04:05:06',
  ])
})

test('texts stand as in a dictionary, true is behind false, and what cannot be read comes last', () => {
  expectAscending('text', ['', 'Äpfel', 'apple', 'Banana', 'zebra'])
  expectAscending('boolean', [false, true])
  expectAscending('uuid', ['0f', '10', 'a0'])
  expectAscending('date', ['2024-01-01', 'someday'])
  expectAscending('integer', [5, 'x'])
  expect(keyOf('text', null)).toBeUndefined()
  expect(compare('text', { cut: 'a', bytes: 9e9 }, 'b')).toBe(-1)
})
