import { describe, expect, it } from 'vitest'
import { defaultSettings, formatSettings, parseSettings } from './view-settings.ts'

describe('how the list is shown', () => {
  it('is remembered as it was chosen', () => {
    const settings = { columns: ['type', 'status'], density: 'compact' } as const
    expect(parseSettings(formatSettings(settings))).toEqual(settings)
    expect(parseSettings(formatSettings({ columns: [], density: 'compact' })).columns).toEqual([])
  })

  it('falls back where the browser kept nothing or nonsense', () => {
    expect(parseSettings(undefined)).toEqual(defaultSettings)
    expect(parseSettings('<script>')).toEqual(defaultSettings)
    expect(parseSettings('status.__proto__.type:huge')).toEqual({ columns: ['type', 'status'], density: 'comfortable' })
  })
})
