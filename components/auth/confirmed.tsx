'use client'
import { useEffect } from 'react'
import { confirmedChannel } from './confirmed-channel.ts'

/** Tells the page that waits, and closes the window where the browser lets it. */
export const Confirmed = ({ error, sentence }: { error: string | undefined; sentence: string | undefined }) => {
  useEffect(() => {
    const channel = new BroadcastChannel(confirmedChannel)
    channel.postMessage(error ?? 'confirmed')
    channel.close()
    if (error === undefined) window.close()
  }, [error])
  return <p>{sentence ?? 'You can close this window; the page you came from goes on.'}</p>
}
