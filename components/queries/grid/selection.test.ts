import { expect, test } from 'vitest'
import { afterKey, everything, oneCell, rangeOf, type Selection, wholeColumn, wholeRow } from './selection.ts'

const size = { rows: 100, columns: 5, page: 20 }

const press = (now: Selection, ...keys: string[]): Selection =>
  keys.reduce((selection, text) => {
    const parts = text.split('+')
    const key = { key: parts.at(-1) ?? '', shiftKey: parts.includes('shift'), ctrlKey: parts.includes('ctrl') }
    return afterKey(selection, { ...key, metaKey: false }, size) ?? selection
  }, now)

const at = (row: number, column: number) => oneCell({ row, column })

test('arrows move by a cell, with ctrl to the edge, and never out of the grid', () => {
  expect(press(at(3, 2), 'ArrowDown', 'ArrowRight')).toEqual(at(4, 3))
  expect(press(at(3, 2), 'ctrl+ArrowDown', 'ctrl+ArrowRight', 'ArrowRight', 'ArrowDown')).toEqual(at(99, 4))
  expect(press(at(3, 2), 'ctrl+ArrowUp', 'ctrl+ArrowLeft', 'ArrowLeft')).toEqual(at(0, 0))
})

test('home, end and pages', () => {
  expect(press(at(3, 2), 'End')).toEqual(at(3, 4))
  expect(press(at(3, 2), 'Home')).toEqual(at(3, 0))
  expect(press(at(3, 2), 'ctrl+End')).toEqual(at(99, 2))
  expect(press(at(99, 2), 'ctrl+Home')).toEqual(at(0, 2))
  expect(press(at(3, 2), 'PageDown', 'PageDown')).toEqual(at(43, 2))
  expect(press(at(30, 2), 'PageUp', 'PageUp')).toEqual(at(0, 2))
})

test('shift draws a range from where one began; without it the range is gone', () => {
  const range = press(at(3, 2), 'shift+ArrowDown', 'shift+ArrowLeft', 'shift+ArrowLeft')
  expect(rangeOf(range)).toEqual({ top: 3, bottom: 4, left: 0, right: 2 })
  expect(press(range, 'ArrowRight')).toEqual(at(4, 1))
  expect(rangeOf(press(at(0, 0), 'shift+ArrowUp'))).toEqual({ top: 0, bottom: 0, left: 0, right: 0 })
})

test('the head is one up from the first row, and no part of a range', () => {
  const head = press(at(0, 1), 'ArrowUp')
  expect(head).toEqual(at(-1, 1))
  expect(press(head, 'ArrowUp', 'ArrowRight')).toEqual(at(-1, 2))
  expect(press(head, 'shift+ArrowDown')).toEqual(at(0, 1))
  expect(press(head, 'PageUp')).toEqual(head)
})

test('everything, a row and a column', () => {
  expect(rangeOf(press(at(3, 2), 'ctrl+a'))).toEqual(rangeOf(everything(size)))
  expect(rangeOf(wholeRow(7, size))).toEqual({ top: 7, bottom: 7, left: 0, right: 4 })
  expect(rangeOf(wholeColumn(3, size))).toEqual({ top: 0, bottom: 99, left: 3, right: 3 })
})

test('a result without rows has only its head', () => {
  const none = { rows: 0, columns: 2, page: 20 }
  const key = (text: string) => ({ key: text, shiftKey: false, ctrlKey: true, metaKey: false })
  expect(afterKey(at(-1, 0), key('ArrowDown'), none)).toEqual(at(-1, 0))
  expect(afterKey(at(-1, 0), key('a'), none)).toBeUndefined()
  expect(afterKey(at(-1, 0), key('ArrowDown'), { ...none, columns: 0 })).toBeUndefined()
  expect(afterKey(at(0, 0), key('x'), size)).toBeUndefined()
})
