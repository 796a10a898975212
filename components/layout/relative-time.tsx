'use client'

import { useSyncExternalStore } from 'react'
import { exactTime, relativeTime } from '#lib/format/time'

/** "3 min ago" that stays true while the page is open; the exact moment on hover. */
export const RelativeTime = ({ at, className }: { at: string; className?: string }) => {
  const tick = useSyncExternalStore(onTick, readTick, serverTick)
  const moment = Date.parse(at)
  // The tick lags behind: what happened since is not in the future.
  const now = moment > tick && moment - tick <= every_ms ? moment : tick
  return (
    <time
      dateTime={at}
      title={exactTime(at, tick === 0 ? 'UTC' : undefined)}
      {...(className !== undefined && { className })}
      // The server rendered this a moment ago, in its own clock; the reader's clock takes over at once.
      suppressHydrationWarning
    >
      {relativeTime(at, tick === 0 ? Date.now() : now)}
    </time>
  )
}

// One timer for every time on the page, only while there is one.
const every_ms = 20_000
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

const onTick = (listener: () => void): (() => void) => {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const call of listeners) call()
  }, every_ms)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

// Whole steps, so that two reads in one render agree.
const readTick = (): number => Math.floor(Date.now() / every_ms) * every_ms
const serverTick = (): number => 0
