import type { EditorTab } from '#lib/data-sources/tabs'

/** What is open: never nothing. */
export interface OpenTabs {
  tabs: readonly EditorTab[]
  active: string
}

export const openTabs = ({ tabs, active }: OpenTabs): OpenTabs => {
  const [first] = tabs
  if (!first) return addTab({ tabs, active: '' })
  return { tabs, active: tabs.some(({ id }) => id === active) ? active : first.id }
}

export const activeTab = ({ tabs, active }: OpenTabs): EditorTab => {
  const tab = tabs.find(({ id }) => id === active)
  if (!tab) throw new Error('The tab in front is not open.')
  return tab
}

/** Opens a tab and brings it to the front; one that is empty and untouched gives its place. */
export const addTab = (open: OpenTabs, given: Partial<EditorTab> = {}): OpenTabs => {
  const tab = { id: newTabId(), name: freeName(open.tabs), sql: '', saved_query: null, parameters: {}, ...given }
  const isSpare = ({ id, sql }: EditorTab) => id === open.active && sql === '' && given.sql !== undefined
  return { tabs: [...open.tabs.filter((other) => !isSpare(other)), tab], active: tab.id }
}

export const changeTab = (open: OpenTabs, id: string, part: Partial<EditorTab>): OpenTabs => ({
  ...open,
  tabs: open.tabs.map((tab) => (tab.id === id ? { ...tab, ...part } : tab)),
})

/** Closes a tab; its neighbour comes to the front, or a new one where it was the last. */
export const closeTab = (open: OpenTabs, id: string): OpenTabs => {
  const index = open.tabs.findIndex((tab) => tab.id === id)
  const tabs = open.tabs.filter((tab) => tab.id !== id)
  if (tabs.length === 0) return addTab({ tabs, active: '' })
  const neighbour = tabs[Math.min(index, tabs.length - 1)]
  return { tabs, active: open.active === id ? (neighbour?.id ?? '') : open.active }
}

/** Puts a closed tab back where it was, in front. */
export const reopenTab = (open: OpenTabs, tab: EditorTab, index: number): OpenTabs => ({
  tabs: [...open.tabs.slice(0, index), tab, ...open.tabs.slice(index)],
  active: tab.id,
})

const newTabId = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const freeName = (tabs: readonly EditorTab[]): string => {
  const names = new Set(tabs.map(({ name }) => name))
  let number = 1
  while (names.has(`Query ${number}`)) number++
  return `Query ${number}`
}
