import { expect, test } from 'vitest'
import type { ChangedObject } from '#lib/data-sources/schema'
import { comparisonMarkdown } from './comparison-text.ts'

test('differences are Markdown that no name breaks out of', () => {
  const change = { class: 'breaking', what: 'type changed', name: 'a`b\n# c', before: 'int', after: 'bigint' } as const
  const object: ChangedObject = { type: 'relation', schema: 's', name: '<b>x', class: 'breaking', changes: [change] }
  const gone: ChangedObject = {
    ...object,
    name: 'y',
    changes: [{ ...change, what: 'removed', name: null, before: null, after: null }],
  }
  expect(comparisonMarkdown('Dev *and* prod', [object, gone])).toBe(
    [
      '# Dev \\*and\\* prod',
      '## `s.<b>x` · relation · breaking',
      '- **breaking** type changed ``a`b # c``: `int` → `bigint`',
      '## `s.y` · relation · breaking',
      '- **breaking** removed',
      '',
    ]
      .join('\n\n')
      .replace(/\n\n$/, '\n'),
  )
})
