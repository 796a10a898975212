import { expect, it } from 'vitest'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { boxWidth, layoutRelations, type PictureBox } from './relations-layout.ts'

const orders: DiscoveredRelation = {
  type: 'relation',
  schema: 'shop',
  name: 'orders',
  kind: 'table',
  comment: null,
  row_estimate: null,
  constraints: [{ name: 'orders_pkey', kind: 'primary_key', definition: '', columns: ['id'] }],
  foreign_keys: [
    { name: 'a', columns: ['customer_id'], references: { schema: 'shop', name: 'customers', columns: ['id'] } },
    { name: 'b', columns: ['payer_id'], references: { schema: 'shop', name: 'customers', columns: ['id'] } },
    { name: 'c', columns: ['region', 'zone'], references: { schema: 'geo', name: 'zones', columns: ['region', 'no'] } },
    { name: 'd', columns: ['parent_id'], references: { schema: 'shop', name: 'orders', columns: ['id'] } },
  ],
  referenced_by: Array.from({ length: 20 }, (_, index) => ({
    name: `k${index}`,
    columns: ['id'],
    from: { schema: 'shop', name: `lines_${index}`, columns: ['order_id'] },
  })),
}
const overlaps = (a: PictureBox, b: PictureBox) =>
  a.x < b.x + boxWidth && b.x < a.x + boxWidth && a.y < b.y + b.height && b.y < a.y + a.height

it('draws who refers to it at the left and whom it refers to at the right, a box for each table, none over another', () => {
  const { left, middle, right, width, height } = layoutRelations(orders)
  expect(right.map(({ key }) => key)).toEqual(['shop.customers', 'geo.zones'])
  const boxes = [...left, middle, ...right]
  for (const [at, box] of boxes.entries()) {
    expect(boxes.filter((other, index) => index !== at && overlaps(box, other))).toEqual([])
    expect(box.x >= 0 && box.y >= 0 && box.x + boxWidth <= width && box.y + box.height <= height).toBe(true)
  }
  expect(left.every(({ x }) => x < middle.x) && right.every(({ x }) => x > middle.x)).toBe(true)
})

it('names the exact columns of each key, and draws a line for each', () => {
  const { middle, right, lines } = layoutRelations(orders)
  expect(middle.rows.map(({ text }) => text)).toEqual(['id', 'customer_id', 'payer_id', 'region, zone'])
  expect(right.map(({ rows }) => rows.map(({ text }) => text))).toEqual([['id'], ['region, no']])
  expect(lines.map(({ words }) => words)).toContain('orders (region, zone) refers to zones (region, no)')
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length)
})

it('counts what it leaves out, and tells of a key to the table itself in words', () => {
  const { left, more, own } = layoutRelations(orders)
  expect(left.length + more.left).toBe(20)
  expect(more).toEqual({ left: 14, right: 0 })
  expect(own).toEqual(['parent_id → id'])
})

it('counts those that the answer does not name among those that are not drawn', () => {
  const { more } = layoutRelations(orders)
  expect(layoutRelations({ ...orders, referenced_by_more: 1_000 }).more.left).toBe(more.left + 1_000)
})
