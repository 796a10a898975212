'use client'
import { useEffect, useState } from 'react'

/** For what is taken out of the page when it closes: the focus goes back to where it was before. */
export const useFocusBack = (): void => {
  const [before] = useState(() => (typeof document === 'undefined' ? null : document.activeElement))
  useEffect(
    () => () => {
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus()
    },
    [before],
  )
}
