'use client'
import { useState } from 'react'
import type { SavedView } from '#lib/connection-views/schema'
import { settingsOf } from './saved-views.ts'
import { formatSettings, settingsCookie, type ViewSettings } from './view-settings.ts'

const year_s = 365 * 24 * 60 * 60

/** How the list is shown: as the open view says, until one chooses otherwise; else as this browser remembers it. */
export const useViewSettings = (
  initial: ViewSettings,
  view: SavedView | undefined,
): [ViewSettings, (settings: ViewSettings) => void] => {
  const [own, setOwn] = useState(initial)
  const [chosen, setChosen] = useState<{ view: SavedView; settings: ViewSettings }>()
  const kept = view && settingsOf(view)
  if (view && kept) {
    const isChosen = chosen?.view.id === view.id && chosen.view.revision === view.revision
    return [isChosen ? chosen.settings : kept, (settings) => setChosen({ view, settings })]
  }
  const change = (next: ViewSettings) => {
    setOwn(next)
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${settingsCookie}=${formatSettings(next)}; path=/workspace; max-age=${year_s}; samesite=lax`
  }
  return [own, change]
}
