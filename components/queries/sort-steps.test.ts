import { expect, test } from 'vitest'
import type { Cell, ResultColumn } from './result-store.ts'
import { compareKeys, keyOf } from './sort-keys.ts'
import { sortSteps } from './sort-steps.ts'

type Kind = ResultColumn['kind']

const drain = <T>(steps: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
const sorted = (cells: readonly Cell[], kind: Kind, isDescending: boolean) => {
  const all = Uint32Array.from(cells.keys())
  return [...drain(sortSteps(all, (index) => cells[index] ?? null, { kind, isDescending }))]
}

/** What the order is by definition: value by value, NULLs last. */
const expected = (cells: readonly Cell[], kind: Kind, isDescending: boolean) => {
  const keys = cells.map((cell) => keyOf(kind, cell))
  return [...cells.keys()].sort((a, b) => {
    const [left, right] = [keys[a], keys[b]]
    if (!left || !right) return Number(!left) - Number(!right)
    return (isDescending ? -1 : 1) * compareKeys(kind, left, right)
  })
}

let seed = 7
const random = (below: number) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((seed / 2_147_483_648) * below)
}
const pick = <T>(all: readonly T[]): T => all[random(all.length)] as T
const word = (letters: string) => Array.from({ length: random(12) }, () => pick([...letters])).join('')
const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('')

const makers: [name: string, kind: Kind, make: () => Cell][] = [
  ['whole numbers', 'integer', () => pick([random(99), -random(99), null, '9007199254740993', '9007199254740992'])],
  [
    'decimals',
    'decimal',
    () => pick([`${random(9)}.${random(99)}0`, `-${random(9)}.5`, '0', '-0', '0.00', '1e2', 'odd']),
  ],
  ['floats', 'float', () => pick(['NaN', 'Infinity', '-Infinity', '1e-300', '-1e300', random(50) / 7, '-0', 0])],
  ['texts of ASCII', 'text', () => pick([word(ascii), word('abAB'), word('aA-_ 1'), `customer ${random(30)}`, ''])],
  [
    'texts of all the world',
    'text',
    () => pick([word('aàâbßcÇ'), word('e\u0301éE'), word('日本語ab'), word('a\u0000b\u200d'), null]),
  ],
  ['texts by code', 'json', () => pick([`{"n": ${random(40)}}`, word(ascii), word('aé'), word('\u007f\u0080a')])],
  [
    'moments',
    'timestamp',
    () => pick([`2026-01-0${1 + random(9)} 00:00:00.${random(99)}+00`, 'infinity', '0044-03-15 00:00:00 BC', 'odd']),
  ],
  ['truths', 'boolean', () => pick([true, false, null])],
]

test.each(makers)('%s stand in the very order of their values, either way', (_, kind, make) => {
  for (const count of [0, 1, 2, 300, 5_000]) {
    const cells = Array.from({ length: count }, make)
    for (const isDescending of [false, true])
      expect(sorted(cells, kind, isDescending)).toEqual(expected(cells, kind, isDescending))
  }
})
