import { describe, expect, it } from 'vitest'
import { isFiltered, listHref, parseListQuery, sortOf } from './list-query.ts'

describe('the list’s address', () => {
  it('keeps what it knows and leaves out the rest, so that an old bookmark still opens', () => {
    const query = parseListQuery({ role: 'source', sort: '-updated_at', status: 'melted', tag: ['a'], q: '', x: '1' })
    expect(query).toEqual({ role: 'source', sort: '-updated_at' })
    expect(listHref(query)).toBe('/workspace/connections?role=source&sort=-updated_at')
  })

  it('takes several values of a filter and leaves out those that do not exist', () => {
    expect(parseListQuery({ environment: 'prod,moon,none', status: 'melted', used: 'perhaps' })).toEqual({
      environment: 'prod,none',
    })
  })

  it('sorts by name unless said; what a search found comes best first', () => {
    expect(sortOf({})).toBe('name')
    expect(sortOf({ q: 'orders' })).toBeUndefined()
    expect(sortOf({ q: 'orders', sort: '-last_test' })).toBe('-last_test')
  })

  it('changes one filter and keeps the others', () => {
    expect(listHref({ type: 'postgres', q: 'a&b' }, { type: null })).toBe('/workspace/connections?q=a%26b')
    expect(listHref({ type: 'postgres' }, { type: null })).toBe('/workspace/connections')
    expect(parseListQuery(Object.fromEntries(new URLSearchParams('q=a%26b&type=postgres')))).toEqual({
      q: 'a&b',
      type: 'postgres',
    })
  })

  it('does not take a tab or an order for a filter', () => {
    expect(isFiltered({ role: 'source', deleted: 'true', sort: '-name' })).toBe(false)
    expect(isFiltered({ type: 'postgres' })).toBe(true)
  })
})
