'use client'
import { useWindowEvent } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { useState } from 'react'

/** Asks before unsaved edits are left behind: by a link of the page, a closed tab or a reload. */
export const useLeaveGuard = (isDirty: boolean) => {
  const router = useRouter()
  const [wanted, setWanted] = useState<string>()
  useWindowEvent('beforeunload', (event) => {
    if (isDirty) event.preventDefault()
  })
  useWindowEvent(
    'click',
    (event) => {
      const href = isDirty ? linkOf(event) : undefined
      if (href === undefined) return
      event.preventDefault()
      event.stopPropagation()
      setWanted(href)
    },
    { capture: true },
  )
  return {
    /** The address the person asked for, while the question stands. */
    wanted,
    stay: () => setWanted(undefined),
    leave: () => {
      setWanted(undefined)
      if (wanted !== undefined) router.push(wanted)
    },
  }
}

// Only a plain click on a link that would replace this page.
const linkOf = (event: MouseEvent): string | undefined => {
  if (
    event.defaultPrevented ||
    event.button !== 0 ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  ) {
    return undefined
  }
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download'))
    return undefined
  const url = new URL(link.href, window.location.href)
  const isElsewhere = url.origin !== window.location.origin || url.pathname !== window.location.pathname
  return isElsewhere ? url.href.replace(window.location.origin, '') : undefined
}
