import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visibleLine, visibleParts } from './visible-text.ts'

test('ordinary text, of any script, is shown as it is', () => {
  for (const text of ['plain', 'a b  c', 'schön', '漢字', 'שלום', 'مرحبا', '👩‍👩‍👧', '<img src=x onerror=alert(1)>'])
    expect(visibleParts(text)).toEqual([{ text, isMark: false }])
  expect(visibleParts('')).toEqual([])
})

test('line breaks, tabs, edges and what commands a terminal or turns a line are marks', () => {
  const shown = {
    'a\nb\tc': 'a↵b⇥c',
    ' a  b ': '·a  b·',
    '   ': '···',
    '\x1b[31mred\x1b[0m': '⟨1B⟩[31mred⟨1B⟩[0m',
    'a\r\nb\0': 'a⟨0D⟩↵b⟨00⟩',
    'invoice\u202egnp.exe': 'invoice⟨202E⟩gnp.exe',
    '\u2066x\u2069\ufeff': '⟨2066⟩x⟨2069⟩⟨FEFF⟩',
    'a\u00a0b\u2003c': 'a⍽b⟨2003⟩c',
    'a\u2028b\u200b': 'a⟨2028⟩b⟨200B⟩',
    '\ud800x': '⟨D800⟩x',
    'a\u200db': 'a⟨200D⟩b',
    '1\u200d2': '1⟨200D⟩2',
    '\x85\x9b': '⟨85⟩⟨9B⟩',
    '\u{e0041}': '⟨E0041⟩',
  }
  for (const [text, line] of Object.entries(shown)) expect(visibleLine(text)).toBe(line)
  expect(visibleParts('a\nb').map(({ isMark }) => isMark)).toEqual([false, true, false])
})

test('whatever comes, nothing unseen is left over and nothing shown is longer than a cell can be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const line = visibleLine(text, 100)
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\u200b\ufeff]/u)
      expect(line.length).toBeLessThanOrEqual(100 * 9)
    }),
  )
})

test('a text of several lines keeps them, and nothing else that is unseen', () => {
  const parts = visibleParts('a\n\tb\r\n\u202ec', 100, true)
  expect(parts.map(({ text }) => text).join('')).toBe('a\n\tb⟨0D⟩\n⟨202E⟩c')
})

test('a text is never cut within a character', () => {
  expect(visibleLine('ab😀', 3)).toBe('ab')
  expect(visibleLine('ab😀', 4)).toBe('ab😀')
})
