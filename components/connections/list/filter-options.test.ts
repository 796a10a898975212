import { expect, it } from 'vitest'
import { filtersOf } from './filter-options.ts'

const connectors = { postgres: { name: 'PostgreSQL' }, mysql: { name: 'MySQL' } }
const optionsOf = (key: string, facets?: Parameters<typeof filtersOf>[0]['facets']) =>
  filtersOf({ connectors, tags: ['shop'], facets }).find((filter) => filter.key === key)?.options

it('offers everything before anything was counted, then what there is with its number', () => {
  expect(optionsOf('type')).toEqual([
    ['postgres', 'PostgreSQL'],
    ['mysql', 'MySQL'],
  ])
  expect(optionsOf('tag')).toEqual([['shop', 'shop']])
  const facets = {
    types: [{ value: 'postgres', count: 7 }],
    environments: [{ value: 'prod' as const, count: 3 }],
    tags: [{ value: 'finance', count: 2 }],
    statuses: [],
    used: 4,
    unused: 3,
  }
  expect(optionsOf('type', facets)).toEqual([['postgres', 'PostgreSQL', 7]])
  expect(optionsOf('tag', facets)).toEqual([['finance', 'finance', 2]])
  expect(optionsOf('environment', facets)).toContainEqual(['prod', 'Production', 3])
  expect(optionsOf('environment', facets)).toContainEqual(['none', 'None', 0])
  expect(optionsOf('used', facets)).toEqual([
    ['true', 'Used by pipelines', 4],
    ['false', 'Not used', 3],
  ])
})
