'use client'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { RefreshView } from '#lib/data-sources/schema'

const poll_ms = 700

/** What is read again: all of the source, a schema, or a table of one. */
export interface RefreshScope {
  schema?: string
  table?: string
}

/** The last refresh of a source and the one that runs, whoever asked for it; `onDone` hears of each that ends. */
export const useRefresh = (base: string, onDone: () => Promise<void>) => {
  const [newest, setNewest] = useState<RefreshView>()
  const [problem, setProblem] = useState<string>()
  const [ended, setEnded] = useState(0)
  const isGone = useRef(false)

  const follow = async (refresh: RefreshView): Promise<void> => {
    setNewest(refresh)
    let known = refresh
    while (isOpen(known) && !isGone.current) {
      await new Promise((resume) => setTimeout(resume, poll_ms))
      known = (await callApi<RefreshView>(`${base}/refreshes/${encodeURIComponent(refresh.id)}`)).data
      if (!isGone.current) setNewest(known)
    }
    if (!isGone.current && !isOpen(known)) setEnded((times) => times + 1)
  }
  const told = (work: Promise<unknown>) => work.catch((error: unknown) => setProblem(sentenceOf(error)))
  const start = (scope: RefreshScope) => {
    setProblem(undefined)
    return told(
      callApi<RefreshView>(`${base}/refresh`, { method: 'POST', body: scope }).then(({ data }) => follow(data)),
    )
  }
  const cancel = () =>
    newest && told(callApi(`${base}/refreshes/${encodeURIComponent(newest.id)}`, { method: 'DELETE' }))
  const lookUp = useEffectEvent(async () => {
    const { data } = await callApi<RefreshView[]>(`${base}/refreshes?limit=1`)
    const [last] = data
    if (!last || isGone.current) return
    if (isOpen(last)) await follow(last)
    else setNewest(last)
  })
  useEffect(() => {
    isGone.current = false
    // Not knowing when it was read last is no reason to speak up.
    lookUp().catch(() => undefined)
    return () => {
      isGone.current = true
    }
  }, [])
  // From an effect, so that it is told with what the page shows by now, not with what it showed when the refresh began.
  const tell = useEffectEvent(() => void told(onDone()))
  useEffect(() => {
    if (ended > 0) tell()
  }, [ended])
  return { newest, problem, isRunning: newest !== undefined && isOpen(newest), start, cancel }
}

const isOpen = ({ status }: RefreshView): boolean => status === 'queued' || status === 'running'
