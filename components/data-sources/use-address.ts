'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { useLayoutEffect, useState } from 'react'
import { withQuery } from '#lib/client/api'
import { onPopState } from '../layout/popstate.ts'

type Query = Parameters<typeof withQuery>[1]

/**
 * What the address asks this page for, and the ways to change that. Next is not told: for an entry from before a reload it asks
 * the server for the page again, loads it anew, or stands still for ever where somebody goes on before the answer.
 */
export const useAddress = () => {
  const pathname = usePathname()
  const loaded = useSearchParams().toString()
  const [address, setAddress] = useState({ loaded, search: loaded })
  if (address.loaded !== loaded) setAddress({ loaded, search: loaded })
  const read = () => setAddress((now) => ({ ...now, search: window.location.search }))
  useLayoutEffect(() => {
    const own: unknown = window.history.state
    const onPop = (event: PopStateEvent) => {
      if (window.location.pathname !== pathname) return
      event.stopImmediatePropagation()
      // Next looks at it when the way back leads here from another page.
      window.history.replaceState(own, '')
      setAddress((now) => ({ ...now, search: window.location.search }))
    }
    return onPopState(onPop)
  }, [pathname])
  return {
    params: new URLSearchParams(address.search),
    /** To another place, from which the browser's own button leads back. */
    go: (query: Query) => {
      window.history.pushState(window.history.state, '', withQuery(pathname, query))
      read()
    },
    /** The same place, looked at differently. */
    replace: (query: Query) => {
      window.history.replaceState(window.history.state, '', withQuery(pathname, query))
      read()
    },
  }
}
