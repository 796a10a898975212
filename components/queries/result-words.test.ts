import { expect, test } from 'vitest'
import type { ResultState } from './result-store.ts'
import { resultWords, truncationOf } from './result-words.ts'

const state: ResultState = {
  status: 'done',
  call: undefined,
  queryId: 'qry_1',
  columns: [{ name: 'n', type: 'int4', kind: 'integer' }],
  columnsLeftOut: 0,
  plan: undefined,
  rows: 10_000,
  bytes: 2 * 1024 ** 2,
  startedAt: 0,
  duration_ms: 50,
  done: {
    rows: 10_000,
    truncated: null,
    cells_cut: 0,
    affected: null,
    command: 'SELECT',
    duration_ms: 42,
    notices: [],
  },
  problem: undefined,
}
const done = { rows: 0, truncated: null, cells_cut: 0, affected: null, command: null, duration_ms: 3, notices: [] }

test('a result says how many rows came, how long it took on the server, and how much it is', () => {
  expect(resultWords(state)).toEqual(['10,000 rows', '42 ms', '2 MB'])
  expect(resultWords({ ...state, status: 'running', done: undefined, duration_ms: undefined })).toEqual([
    '10,000 rows',
    '2 MB',
  ])
})

test('what was left out, cut, changed or cancelled is said', () => {
  const { done: whole } = state
  expect(resultWords({ ...state, columnsLeftOut: 3, done: { ...done, cells_cut: 1 } })).toEqual([
    '10,000 rows',
    '3 columns left out',
    '1 long value cut',
    '3 ms',
    '2 MB',
  ])
  expect(resultWords({ ...state, status: 'cancelled', done: undefined })).toContain('cancelled')
  expect(resultWords({ ...state, status: 'failed', rows: 0, done: undefined })).toEqual(['failed', '50 ms'])
  const changed = { ...state, columns: [], rows: 0, bytes: 0 }
  expect(resultWords({ ...changed, done: { ...done, affected: 1 } })).toEqual(['1 row changed', '3 ms'])
  expect(resultWords({ ...changed, done: { ...done, command: 'CREATE TABLE' } })).toEqual(['CREATE TABLE done', '3 ms'])
  expect(truncationOf({ ...state, done: whole && { ...whole, truncated: 'rows' } })).toBe('truncated at 10,000 rows')
  expect(truncationOf(state)).toBeUndefined()
})
