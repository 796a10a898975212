import { expect, test } from 'vitest'
import { activeTab, addTab, changeTab, closeTab, openTabs, reopenTab } from './tabs-model.ts'

const names = ({ tabs }: { tabs: readonly { name: string }[] }) => tabs.map(({ name }) => name)
const none = { tabs: [], active: '' }

test('there is always a tab in front, whatever was kept', () => {
  const first = openTabs(none)
  expect(activeTab(first)).toMatchObject({ name: 'Query 1', sql: '' })
  expect(activeTab(openTabs({ ...first, active: 'gone' })).name).toBe('Query 1')
  const kept = { ...first, revision: 7 }
  expect(Object.keys(openTabs(kept))).toEqual(['tabs', 'active'])
  expect(activeTab(closeTab(first, first.active))).toMatchObject({ name: 'Query 1', sql: '' })
})

test('a new tab has a name of its own and takes the place of an empty one only where it brings a statement', () => {
  const two = addTab(openTabs(none))
  expect(names(two)).toEqual(['Query 1', 'Query 2'])
  expect(names(addTab(two, { name: 'Orders', sql: 'select 1' }))).toEqual(['Query 1', 'Orders'])
})

test('closing brings the neighbour to the front, and undo brings the tab back where it was', () => {
  const three = addTab(addTab(openTabs(none)))
  const middle = three.tabs[1]
  if (!middle) throw new Error('no tab')
  const inFront = changeTab({ ...three, active: middle.id }, middle.id, { sql: 'select 2' })
  const closed = closeTab(inFront, middle.id)
  expect([names(closed), activeTab(closed).name]).toEqual([['Query 1', 'Query 3'], 'Query 3'])
  const back = reopenTab(closed, activeTab(inFront), 1)
  expect([names(back), activeTab(back).sql]).toEqual([['Query 1', 'Query 2', 'Query 3'], 'select 2'])
})
