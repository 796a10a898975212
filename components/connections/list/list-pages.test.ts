import { describe, expect, it } from 'vitest'
import type { ConnectionList, ConnectionView } from '#lib/connections/schema'
import { fresh, refreshed, rowsOf, withPage } from './list-pages.ts'

const view = (id: string, name = id) => ({ id, name }) as ConnectionView
const page = (ids: string, cursor: string | null = 'next'): ConnectionList => ({
  items: [...ids].map((id) => view(id)),
  page: { limit: 3, cursor },
  counts: { all: 9, source: 9, destination: 0, up_to: null },
  approximate: false,
})
const ids = (loaded: Parameters<typeof rowsOf>[0]) =>
  rowsOf(loaded)
    .map(({ id }) => id)
    .join('')

describe('the pages of the list', () => {
  it('follow each other, and a row that moved to a later page is not shown twice', () => {
    const loaded = withPage(fresh(page('abc'), 'all'), [view('c'), view('d')], null)
    expect(ids(loaded)).toBe('abcd')
    expect(loaded.cursor).toBeNull()
  })

  it('keep what was loaded when the first page is read again', () => {
    const loaded = withPage(fresh(page('abc'), 'all'), [view('d'), view('e')], 'later')
    expect(ids(refreshed(loaded, page('acd')))).toBe('acde')
    expect(ids(refreshed(loaded, page('xab')))).toBe('xabcde')
    expect(refreshed(loaded, page('acd')).cursor).toBe('later')
  })

  it('begin anew when nothing else was loaded', () => {
    expect(ids(refreshed(fresh(page('abc'), 'all'), page('xab')))).toBe('xab')
  })

  it('change one row and leave the others the same objects', () => {
    const base = fresh(page('abc'), 'all')
    const rows = rowsOf({ ...base, changed: new Map([['b', { name: 'B' }]]), removed: new Set(['c']) })
    expect(rows.map(({ name }) => name)).toEqual(['a', 'B'])
    expect(rows[0]).toBe(base.base.items[0])
  })

  it('show a pinned row on top until its page comes', () => {
    const loaded = { ...fresh(page('abc'), 'all'), pinned: view('z') }
    expect(ids(loaded)).toBe('zabc')
    expect(ids(withPage(loaded, [view('z')], null))).toBe('abcz')
    expect(ids(refreshed(loaded, page('abd')))).toBe('zabd')
  })

  it('let a pinned row go with the list it was pinned to, and once it is deleted', () => {
    const loaded = { ...fresh(page('abc'), 'all'), pinned: view('z') }
    expect(ids(fresh(page('abc'), 'prod'))).toBe('abc')
    expect(ids(refreshed({ ...loaded, removed: new Set('z') }, page('abc')))).toBe('abc')
    const longer = withPage({ ...loaded, removed: new Set('z') }, [view('d')], null)
    expect(ids(refreshed(refreshed(longer, page('abc')), page('abc')))).toBe('abcd')
  })

  it('keep what happened to a pinned row when the first page is read again', () => {
    const changed = new Map([['z', { name: 'Z' }]])
    const loaded = { ...fresh(page('abc'), 'all'), pinned: view('z'), changed }
    expect(rowsOf(refreshed(loaded, page('abc')))[0]?.name).toBe('Z')
  })
})
