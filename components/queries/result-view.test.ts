import { expect, test } from 'vitest'
import { inSlices } from './in-slices.ts'
import type { ResultColumn, Row } from './result-store.ts'
import { canCompare, type Filter, filterOf, type Loaded, type Sorting, viewSteps, withFilter } from './result-view.ts'

const columns: ResultColumn[] = [
  { name: 'id', type: 'int8', kind: 'integer' },
  { name: 'name', type: 'text', kind: 'text' },
  { name: 'at', type: 'timestamptz', kind: 'timestamp' },
]
const rows: Row[] = [
  ['9007199254740993', 'beta', '2024-01-01 00:00:00+00'],
  [3, null, '2023-12-31 23:30:00-01'],
  [null, '', null],
  ['9007199254740992', 'Alpha', '2024-01-01 00:00:00+00'],
  [20, 'NULL', { cut: '2020', bytes: 10 }],
]

const drain = (steps: Generator<void, Uint32Array>): { order: number[]; pauses: number } => {
  for (let pauses = 0; ; pauses += 1) {
    const { done, value } = steps.next()
    if (done) return { order: [...value], pauses }
  }
}

const cellsOf = (all: readonly Row[]) => (index: number, column: number) => all[index]?.[column] ?? null
const loaded: Loaded = { columns, count: rows.length, cell: cellsOf(rows) }
const view = (sorting?: Sorting, ...filters: Filter[]) => drain(viewSteps(loaded, { sorting, filters })).order
const by = (column: number, isDescending = false) => ({ column, isDescending })

test('sorting is typed, NULLs come last either way, and equals stay in the order they came in', () => {
  expect(view()).toEqual([0, 1, 2, 3, 4])
  expect(view(by(0))).toEqual([1, 4, 3, 0, 2])
  expect(view(by(0, true))).toEqual([0, 3, 4, 1, 2])
  expect(view(by(1))).toEqual([2, 3, 0, 4, 1])
  expect(view(by(2)).filter((row) => row !== 4)).toEqual([0, 3, 1, 2])
})

test('filters compare as sorting does, and NULL is found by its own question only', () => {
  const only = (column: number, operator: Filter['operator'], value = '') =>
    view(undefined, { column, operator, value })
  expect(only(0, 'equal', '9007199254740993')).toEqual([0])
  expect(only(0, 'greater', '19')).toEqual([0, 3, 4])
  expect(only(0, 'less', '20.5')).toEqual([1, 4])
  expect(only(0, 'unequal', '20')).toEqual([0, 1, 3])
  expect(only(1, 'contains', 'A')).toEqual([0, 3])
  expect(only(1, 'equal', 'NULL')).toEqual([4])
  expect(only(1, 'equal', '')).toEqual([2])
  expect(only(1, 'null')).toEqual([1])
  expect(only(0, 'present')).toEqual([0, 1, 3, 4])
  expect(only(2, 'equal', '2024-01-01 01:00:00+01')).toEqual([0, 3])
  expect(
    view(by(0), { column: 0, operator: 'greater', value: '19' }, { column: 1, operator: 'contains', value: 'a' }),
  ).toEqual([3, 0])
})

test('a value that is none of the column’s kind is known before anything is compared', () => {
  expect(canCompare('integer', 'less', 'ten')).toBe(false)
  expect(canCompare('integer', 'contains', 'ten')).toBe(true)
  expect(canCompare('timestamp', 'greater', '2024-01-01')).toBe(true)
  expect(canCompare('timestamp', 'greater', 'yesterday')).toBe(false)
})

test('a million rows are sorted and filtered with pauses all along, and left where they are no longer wanted', async () => {
  const count = 1_000_000
  const mixed = (index: number) => (index * 7_919) % count
  const million: Loaded = { columns, count, cell: (index, column) => [mixed(index), 'x', null][column] ?? null }
  const steps = () =>
    viewSteps(million, { sorting: by(0), filters: [{ column: 0, operator: 'less', value: '100000' }] })
  const { order, pauses } = drain(steps())
  expect(order).toHaveLength(100_000)
  expect(order.every((index, at) => mixed(index) === at)).toBe(true)
  expect(pauses).toBeGreaterThan(count / 1_024)
  const abort = new AbortController()
  const run = inSlices(steps(), abort.signal)
  abort.abort()
  expect(await run).toBeUndefined()
})

test('a filter by a cell keeps the rows with its value, and takes the place of the one before', () => {
  const texts = filterOf(0, '')
  expect([filterOf(2, null)?.operator, filterOf(1, { cut: 'abc', bytes: 9 }), texts?.value]).toEqual([
    'null',
    undefined,
    '',
  ])
  const other = { column: 1, operator: 'equal' as const, value: 'x' }
  const first = { column: 0, operator: 'equal' as const, value: 'a' }
  expect(texts && withFilter([first, other], texts)).toEqual([other, texts])
})
