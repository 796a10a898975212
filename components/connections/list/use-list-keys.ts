'use client'
import { useWindowEvent } from '@mantine/hooks'
import { isMeantElsewhere } from '../../layout/row-focus.ts'
import { actionOf, destination, type FocusPlace, type ListAction } from './list-keys.ts'

interface ListKeys {
  count: number
  activeIndex: number
  /** Where moving begins while no row is active: the first one on screen. */
  firstVisible(): number
  onMove(index: number): void
  /** What the other keys do now; what is left out leaves its key to the page. */
  handlers: { [A in ListAction]?: (() => void) | undefined }
}

/** The keys of the list; nothing happens while one types or while a menu or dialog is open. */
export const useListKeys = ({ count, activeIndex, firstVisible, onMove, handlers }: ListKeys): void => {
  useWindowEvent('keydown', (event) => {
    if (event.defaultPrevented || isMeantElsewhere(event)) return
    const action = actionOf(event.key, placeOf(document.activeElement), activeIndex >= 0)
    if (!action) return
    const at = activeIndex >= 0 ? activeIndex : firstVisible() - 1
    const index = destination(action, at, count)
    const handler = index === undefined ? handlers[action] : () => onMove(index)
    if (!handler) return
    event.preventDefault()
    handler()
  })
}

const placeOf = (focused: Element | null): FocusPlace => {
  if (focused?.closest('[data-row]')) return 'row'
  return focused === null || focused === document.body || focused.id === 'content' ? 'page' : 'control'
}
