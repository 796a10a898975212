import { expect, test } from 'vitest'
import { release } from './release.ts'

test('memory is given back with the last piece of a buffer, and what Node shares out stays', () => {
  const buffer = Buffer.allocUnsafeSlow(100_000)
  const [first, last] = [buffer.subarray(0, 40_000), buffer.subarray(40_000)]
  release(first)
  expect([first.length, last.length]).toEqual([40_000, 60_000])
  release(last)
  expect([first.length, last.length]).toEqual([0, 0])
  // The last of these reaches the end of the memory that it shares with the others.
  const pieces = Array.from({ length: 100 }, () => Buffer.allocUnsafe(4_096).fill('a'))
  for (const piece of pieces) release(piece)
  expect(new Set(pieces.map(String))).toEqual(new Set(['a'.repeat(4_096)]))
})
