import { afterEach, expect, test, vi } from 'vitest'
import { checkInput } from '#lib/replications/schema'
import { findTables } from './api.ts'
import { emptyPlan } from './plan.ts'

afterEach(() => vi.unstubAllGlobals())

const relation = (kind: string, name: string) => ({
  type: 'relation',
  schema: 'shop',
  name,
  kind,
  comment: null,
  row_estimate: 5,
})

test('tables that were found are what a check takes, and views are left out', async () => {
  const found = {
    data: [relation('table', 'orders'), relation('view', 'big_orders'), relation('partitioned_table', 'events')],
    meta: { page: { limit: 100, cursor: 'more' } },
  }
  vi.stubGlobal('fetch', async () => Response.json(found))
  const { items, isMore } = await findTables('conn_1', 'o', new AbortController().signal)
  expect(items.map(({ name }) => name)).toEqual(['orders', 'events'])
  expect(isMore).toBe(true)
  expect(checkInput.safeParse({ ref: 'conn_1', ...emptyPlan, tables: items }).error).toBeUndefined()
})
