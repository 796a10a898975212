'use client'
import { useEffect, useState } from 'react'

/** For what is taken out of the page when it closes: the focus goes back to where it was before. */
export const useFocusBack = (): void => {
  const [before] = useState(() => (typeof document === 'undefined' ? null : stays(document.activeElement)))
  useEffect(
    () => () => {
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus()
    },
    [before],
  )
}

/** An item of a menu is gone by then; the button that opened the menu is not. */
const stays = (element: Element | null): Element | null => {
  const menu = element?.closest('[role="menu"]')
  const opener = menu?.getAttribute('aria-labelledby')
  return opener ? document.getElementById(opener) : element
}
