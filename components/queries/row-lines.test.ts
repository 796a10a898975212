import { expect, test } from 'vitest'
import { RowLines } from './row-lines.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Appends it in pieces of this size. */
const appendIn = (lines: RowLines, all: Uint8Array, size: number): void => {
  for (let at = 0; at < all.length; at += size) lines.append(all.subarray(at, at + size))
}

test('a million rows of ten columns are kept in little more than their bytes, and each is found', () => {
  const rowOf = (row: number) =>
    JSON.stringify([row, `name ${row}`, null, true, 1.5, '12345678901234567890', 'é\n', '', row % 7, 'x'])
  const lines = new RowLines(() => undefined)
  let sent = 0
  for (let row = 0; row < 1_000_000; row += 500) {
    const chunk = bytes(Array.from({ length: 500 }, (_, at) => `${rowOf(row + at)}\n`).join(''))
    sent += chunk.length
    // Cut somewhere within a row, as networks do.
    appendIn(lines, chunk, 16_381)
  }
  expect([lines.count, lines.bytes]).toEqual([1_000_000, sent])
  for (const row of [0, 1, 65_535, 65_536, 499_999, 999_999]) expect(lines.text(row)).toBe(rowOf(row))
  expect(lines.held).toBeLessThan(sent * 1.2 + 16 * 1024 ** 2)
})

test('rows are whole wherever the network cuts them, even within a character or a block', () => {
  const rows = ['["é"]', `["${'x'.repeat(3_000_000)}"]`, '[]', '["漢字\\n"]', '[null]']
  for (const size of [1_000_003, 65_536, 70_001]) {
    const lines = new RowLines(() => undefined)
    appendIn(lines, bytes(`${rows.join('\n')}\n`), size)
    expect(rows.map((_, row) => lines.text(row))).toEqual(rows)
  }
  const lines = new RowLines(() => undefined)
  appendIn(lines, bytes('["é"]\n["漢"]\n'), 1)
  expect([lines.text(0), lines.text(1)]).toEqual(['["é"]', '["漢"]'])
})

test('lines that are no rows are handed on and not kept; blank ones are nothing', () => {
  const heard: string[] = []
  const lines = new RowLines((line) => heard.push(line))
  lines.append(bytes('{"columns":[]}\n[1]\n\n  \n[2]\n{"rows":2}'))
  expect([heard, lines.count]).toEqual([['{"columns":[]}'], 2])
  lines.finish()
  expect(heard).toEqual(['{"columns":[]}', '{"rows":2}'])
  expect(() => lines.text(2)).toThrow('There is no row 2.')
  expect(() => lines.text(-1)).toThrow()
})

test('one value is found without reading the others, whatever they hold', () => {
  const row = [
    1,
    'a,"]}\\',
    null,
    { cut: 'x"},[', bytes: 9 },
    true,
    '漢字 é and a text that is long enough to be decoded',
    -1.5e3,
    '',
  ]
  const lines = new RowLines(() => undefined)
  lines.append(bytes(`[]\n${JSON.stringify(row)}\n[7]\n`))
  expect(row.map((_, column) => JSON.parse(lines.cell(1, column)))).toEqual(row)
  expect([lines.cell(0, 0), lines.cell(2, 0), lines.cell(2, 5), lines.cell(1, 99)]).toEqual([
    'null',
    '7',
    'null',
    'null',
  ])
  expect(() => lines.cell(3, 0)).toThrow(RangeError)
})
