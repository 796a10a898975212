'use client'
import { useState } from 'react'
import { formatSettings, settingsCookie, type ViewSettings } from './view-settings.ts'

const year_s = 365 * 24 * 60 * 60

/** How the list is shown, remembered in this browser. */
export const useViewSettings = (initial: ViewSettings): [ViewSettings, (settings: ViewSettings) => void] => {
  const [settings, setSettings] = useState(initial)
  const change = (next: ViewSettings) => {
    setSettings(next)
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser yet
    document.cookie = `${settingsCookie}=${formatSettings(next)}; path=/workspace; max-age=${year_s}; samesite=lax`
  }
  return [settings, change]
}
