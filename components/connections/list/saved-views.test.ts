import { describe, expect, it } from 'vitest'
import { isChanged, queryText, settingsOf, viewHref } from './saved-views.ts'
import { defaultSettings } from './view-settings.ts'

const view = {
  id: 'view_1',
  name: 'Failing in production',
  shared: false,
  query: 'environment=prod&status=failed',
  columns: null,
  density: null,
  mine: true,
  revision: 1,
}

describe('a saved view', () => {
  it('keeps what was asked and not where it is kept', () => {
    expect(queryText({ view: 'view_1', environment: 'prod', q: 'a&b' })).toBe('environment=prod&q=a%26b')
    expect(queryText({})).toBe('')
    expect(viewHref(view)).toBe('/workspace/connections?environment=prod&status=failed&view=view_1')
  })

  it('knows when the list looks another way', () => {
    expect(isChanged(view, { view: 'view_1', status: 'failed', environment: 'prod' }, defaultSettings)).toBe(false)
    expect(isChanged(view, { view: 'view_1', status: 'failed' }, defaultSettings)).toBe(true)
    const compact = { ...view, density: 'compact' as const }
    expect(isChanged(compact, { status: 'failed', environment: 'prod' }, defaultSettings)).toBe(true)
  })

  it('sets columns and density only where it says so, and no column that does not exist', () => {
    expect(settingsOf(view)).toBeUndefined()
    expect(settingsOf({ ...view, columns: ['status', 'moon', 'type'], density: 'compact' })).toEqual({
      columns: ['type', 'status'],
      density: 'compact',
    })
  })
})
