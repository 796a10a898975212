import { expect, it } from 'vitest'
import { qualifiedName } from './sql-text.ts'

it('writes names as the source takes them: bare where it may, in its own marks where it must', () => {
  expect(qualifiedName({ schema: 'sales', name: 'orders' }, '"')).toBe('sales.orders')
  expect(qualifiedName({ schema: 'We "ird', name: 'order' }, '"')).toBe('"We ""ird"."order"')
  expect(qualifiedName({ schema: 'we`ird', name: 'key' }, '`')).toBe('`we``ird`.`key`')
})
