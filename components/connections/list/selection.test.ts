import { describe, expect, it } from 'vitest'
import { keepListed, nothingSelected, selectRange, stateOf, toggleAll, toggleRow } from './selection.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort().join('')

describe('choosing rows', () => {
  it('takes a row in and out', () => {
    const once = toggleRow(nothingSelected, 'b')
    expect(chosen(once)).toBe('b')
    expect(chosen(toggleRow(once, 'b'))).toBe('')
  })

  it('takes everything between two rows with shift, in both directions', () => {
    expect(chosen(selectRange(toggleRow(nothingSelected, 'b'), order, 'd'))).toBe('bcd')
    expect(chosen(selectRange(toggleRow(nothingSelected, 'd'), order, 'b'))).toBe('bcd')
  })

  it('takes a range out again when it ends at a chosen row', () => {
    const all = toggleAll(nothingSelected, order)
    expect(chosen(selectRange({ ...all, anchor: 'b' }, order, 'd'))).toBe('ae')
  })

  it('chooses the row alone when the range would begin at one that is gone', () => {
    expect(chosen(selectRange({ ids: new Set(), anchor: 'gone' }, order, 'c'))).toBe('c')
  })

  it('chooses all that is loaded, then nothing', () => {
    const all = toggleAll(toggleRow(nothingSelected, 'a'), order)
    expect(stateOf(all, order)).toBe('all')
    expect(stateOf(toggleAll(all, order), order)).toBe('none')
    expect(stateOf(all, [...order, 'f'])).toBe('some')
    expect(stateOf(nothingSelected, [])).toBe('none')
  })

  it('never acts on a row that left the list', () => {
    expect(chosen(keepListed(toggleAll(nothingSelected, order), ['a', 'e', 'x']))).toBe('ae')
  })
})
