'use client'
import { useWindowEvent } from '@mantine/hooks'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { askBeforeLeaving } from '../layout/leaving.ts'
import { onPopState } from '../layout/popstate.ts'
import { linkOf } from './link-of.ts'

/** Asks before unsaved edits are left behind: by a link, ⌘K, the Back button, a closed tab or a reload. */
export const useLeaveGuard = (isDirty: boolean) => {
  const router = useRouter()
  const [wanted, setWanted] = useState<{ go: () => void }>()
  const backStop = useBackStop(isDirty, (go) => setWanted({ go }))
  const goTo = (href: string) => (backStop.isUp() ? router.replace(href) : router.push(href))

  useEffect(() => {
    if (isDirty) return askBeforeLeaving((go) => setWanted({ go }))
  }, [isDirty])
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
      setWanted({ go: () => goTo(href) })
    },
    { capture: true },
  )
  return {
    /** The person wants to leave, and the question stands. */
    isAsking: wanted !== undefined,
    stay: () => setWanted(undefined),
    leave: () => {
      setWanted(undefined)
      wanted?.go()
    },
    /** Leaves without a question, and without an entry of its own in the history for the edits. */
    goTo,
  }
}

/**
 * The browser goes back before anybody can object. So the first edit adds a second entry for this same page:
 * going back then only takes that entry away, the page stays, and there is time to ask.
 */
const useBackStop = (isDirty: boolean, ask: (go: () => void) => void) => {
  const router = useRouter()
  const up = useRef<{ href: string; state: unknown }>(undefined)
  const put = () => {
    up.current = { href: window.location.href, state: window.history.state }
    window.history.pushState(window.history.state, '')
  }
  useEffect(() => {
    if (isDirty && up.current === undefined) put()
  })
  const onPop = useEffectEvent((event: PopStateEvent) => {
    const page = up.current
    if (page === undefined) return
    // Nothing but this may act on it: the page on screen is still the one with the edits.
    event.stopImmediatePropagation()
    const landed = window.location.href
    up.current = undefined
    const leave = () => (landed === page.href ? window.history.back() : router.replace(landed))
    if (!isDirty) return leave()
    window.history.pushState(page.state, '', page.href)
    up.current = page
    ask(() => {
      up.current = undefined
      if (landed === page.href) window.history.go(-2)
      else router.replace(landed)
    })
  })
  useEffect(() => onPopState((event) => onPop(event)), [])
  return { isUp: () => up.current !== undefined }
}
