import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import type { DiscoveredSchema } from '#lib/connectors/contract'
import { TreeRowView } from './tree-row.tsx'

const shown = (more: Partial<DiscoveredSchema>): string => {
  const schema: DiscoveredSchema = {
    type: 'schema',
    name: 'sales',
    comment: null,
    owner: null,
    relations: 3,
    usable: true,
    ...more,
  }
  const nothing = () => undefined
  return renderToStaticMarkup(
    createElement(TreeRowView, {
      id: 'row',
      row: { kind: 'schema', key: 'schema:sales', level: 1, schema, isOpen: false },
      top: 0,
      height: 28,
      place: { position: 1, size: 1 },
      isActive: false,
      isSelected: false,
      q: '',
      onPress: nothing,
      onDoublePress: nothing,
      onToggle: nothing,
      onMenu: undefined,
    }),
  )
}

test('a schema that could not be read says so in its row, in words that can be read out and obey nothing', () => {
  const html = shown({ problem: 'The server refused <b>it</b>.' })
  expect(html).toContain('Not read the last time: The server refused &lt;b&gt;it&lt;/b&gt;.')
  expect(html).toContain('role="img"')
  expect(shown({})).not.toContain('Not read')
})
