import { expect, it } from 'vitest'
import { countText, foundText, totalOf } from './list-counts.ts'

const list = (counts: { all: number; source: number; destination: number; up_to: number | null }) => ({
  items: [],
  page: { limit: 50, cursor: null },
  counts,
  approximate: false,
})

it('says how many there are, and where counting stopped that there may be more', () => {
  const exact = { all: 1204, source: 1000, destination: 204, up_to: null }
  const cut = { all: 10_000, source: 10_000, destination: 7, up_to: 10_000 }
  expect(countText(exact, 'all')).toBe('1,204')
  expect([countText(cut, 'all'), countText(cut, 'destination')]).toEqual(['10,000+', '7'])
  expect(totalOf(list(exact), { role: 'destination' })).toBe(204)
  expect(totalOf(list(cut), {})).toBeUndefined()
})

it('says what a search found, also when nothing is spelled like it', () => {
  const counts = { all: 3, source: 3, destination: 0, up_to: null }
  expect(foundText(list(counts), {})).toBe('')
  expect(foundText(list(counts), { q: 'orders' })).toBe('3 found')
  expect(foundText({ ...list(counts), approximate: true }, { q: 'ordres' })).toContain('come close')
})
