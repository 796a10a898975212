import { expect, test } from 'vitest'
import { highest_px, placeAfter, placeAt, type ScrollPlace } from './row-scroll.ts'

const small = { total: 28_000, viewport: 560 }
const huge = { total: 280_000_000, viewport: 560 }
const start: ScrollPlace = { top: 0, shift: 0 }
const nativeEnd = highest_px - huge.viewport

test('what the browser can lay out is scrolled by the browser', () => {
  expect(placeAfter(start, 1_234, small)).toEqual({ top: 1_234, shift: 0 })
  expect(placeAt(1_234, small)).toEqual({ top: 1_234, shift: 0 })
  expect(placeAt(1_234, { total: 100, viewport: 560 })).toEqual({ top: 0, shift: 0 })
})

test('among ten million rows a wheel moves as far as it is turned, and the bar reaches every part', () => {
  const middle = placeAfter(start, nativeEnd / 2, huge)
  expect(middle.top).toBeCloseTo((huge.total - huge.viewport) / 2, 0)
  const turned = placeAfter(middle, middle.top - middle.shift + 120, huge)
  expect(turned.top - middle.top).toBeCloseTo(120, 3)
  expect(placeAfter(start, nativeEnd, huge).top).toBe(huge.total - huge.viewport)
  expect(placeAfter(middle, 0, huge)).toEqual(start)
})

test('turning the wheel to either end gets to the first and the last row without a jump', () => {
  for (const step of [-100, 100]) {
    let place = placeAfter(start, step < 0 ? 20_000 : nativeEnd - 20_000, huge)
    for (let turn = 0; turn < 220; turn += 1) {
      const after = placeAfter(place, Math.min(nativeEnd, Math.max(0, place.top - place.shift + step)), huge)
      expect(Math.abs(after.top - place.top)).toBeLessThan(2_500)
      place = after
    }
    expect(place.top).toBe(step < 0 ? 0 : huge.total - huge.viewport)
  }
})

test('a place that was asked for survives the event that the browser answers with, rounded', () => {
  const place = placeAt(123_456_789, huge)
  expect(placeAfter(place, Math.round(place.top - place.shift), huge).top).toBeCloseTo(123_456_789, -1)
})
