import { expect, test } from 'vitest'
import { axisLabel, canBeX, chartDefaults, chartPoints, mostPoints } from './chart-data.ts'
import type { ResultColumn, Row } from './result-store.ts'

const column = (name: string, kind: ResultColumn['kind']): ResultColumn => ({ name, type: kind, kind })
const id = column('id', 'integer')
const total = column('total', 'decimal')
const at = column('at', 'timestamp')
const city = column('city', 'text')

test('numbers are drawn over time where there is a time, else by name, else against each other', () => {
  expect(chartDefaults([id, city, total, at])).toEqual({ type: 'line', x: 3, ys: [2] })
  expect(chartDefaults([id, city, total])).toEqual({ type: 'bar', x: 1, ys: [2] })
  expect(chartDefaults([id, total])).toEqual({ type: 'scatter', x: 0, ys: [1] })
  expect(chartDefaults([city, id])).toEqual({ type: 'bar', x: 0, ys: [1] })
  expect(chartDefaults([city, at])).toBeUndefined()
  expect([canBeX(city, 'scatter'), canBeX(at, 'scatter'), canBeX(city, 'bar')]).toEqual([false, true, true])
})

test('of more rows than can be drawn, some are taken evenly, with the first and the last', () => {
  const loaded = { columns: [id, total], count: 1_000_000, read: (row: number): Row => [row, String(row / 2)] }
  const points = chartPoints(loaded, (row) => row, { type: 'line', x: 0, ys: [1] })
  expect(points).toHaveLength(mostPoints.line)
  expect(chartPoints(loaded, (row) => row, { type: 'bar', x: 0, ys: [1] })).toHaveLength(mostPoints.bar)
  expect([points[0]?.ys[0], points.at(-1)?.ys[0]]).toEqual([0, 499_999.5])
})

test('NULL, infinity and what is no number are gaps; moments stand where they are in time', () => {
  const rows: Row[] = [
    ['2024-01-01 00:00:00+00', null],
    ['2024-01-01 02:00:00+01', 'NaN'],
    [null, '1.5'],
    ['2024-01-01', 'Infinity'],
  ]
  const loaded = { columns: [at, total], count: 4, read: (row: number) => rows[row] ?? [] }
  const points = chartPoints(loaded, (row) => row, { type: 'line', x: 0, ys: [1] })
  const midnight = Date.UTC(2024, 0, 1)
  expect(points.map(({ x }) => x)).toEqual([midnight, midnight, midnight + 3_600_000, null])
  expect(points.map(({ ys }) => ys[0])).toEqual([null, null, null, 1.5])
  expect(points[3]?.label).toBe('NULL')
})

test('time runs to the right whatever the order of the rows, and its labels are short', () => {
  const rows: Row[] = [
    ['2024-01-03', 3],
    ['2024-01-01', 1],
    ['2024-01-02', 2],
  ]
  const loaded = { columns: [at, total], count: 3, read: (row: number) => rows[row] ?? [] }
  const line = chartPoints(loaded, (row) => row, { type: 'line', x: 0, ys: [1] })
  expect(line.map(({ ys }) => ys[0])).toEqual([1, 2, 3])
  const bars = chartPoints(loaded, (row) => row, { type: 'bar', x: 0, ys: [1] })
  expect(bars.map(({ ys }) => ys[0])).toEqual([3, 1, 2])
  const labels = ['2026-11-22 04:54:57.44709+00', '2026-11-22 00:00:00', '2026-11-22', 'Berlin 04:54']
  expect(labels.map(axisLabel)).toEqual(['2026-11-22 04:54', '2026-11-22', '2026-11-22', 'Berlin 04:54'])
})
