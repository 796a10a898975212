'use client'
import dynamic from 'next/dynamic'
import { useSyncExternalStore } from 'react'
import { toastsWanted } from './toast.tsx'

const Notifications = dynamic(() => import('@mantine/notifications').then((module) => module.Notifications), {
  ssr: false,
})

/** Where toasts appear; the library behind it is loaded when the first toast is shown. */
export const Toasts = () => {
  const wanted = useSyncExternalStore(toastsWanted.subscribe, toastsWanted.get, () => false)
  return wanted ? <Notifications position="bottom-right" limit={4} containerWidth={380} /> : null
}
