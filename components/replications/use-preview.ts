import { useEffect, useRef, useState } from 'react'
import { streamApi } from '#lib/client/api'
import { isAborted, problemFrom, sentenceOf } from '#lib/client/problem'
import { sourceAt } from './api.ts'
import { type ReplicateChange, type ShownChange, shownMax, withChanges } from './change-list.ts'
import type { Plan } from './plan.ts'

type Line =
  | ReplicateChange
  | { type: 'waiting'; changes: number }
  | { error: unknown }
  | { end: { changes: number; sentence: string } }

interface Preview {
  phase: 'idle' | 'starting' | 'listening' | 'ended'
  changes: readonly ShownChange[]
  /** How many came since it was started. */
  count: number
  /** How it ended. */
  sentence?: string | undefined
  problem?: string | undefined
}

const idle: Preview = { phase: 'idle', changes: [], count: 0 }
const seconds = 300
/** Thousands may come at once; the page is drawn a few times a second. */
const draw_ms = 200

/** Changes as they are committed, while somebody looks; leaving the page ends it. */
export const usePreview = (source: string, plan: Plan) => {
  const [preview, setPreview] = useState(idle)
  const [isPaused, setPaused] = useState(false)
  const [held, setHeld] = useState<readonly ShownChange[]>([])
  const paused = useRef(false)
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  const pause = (next: boolean) => {
    paused.current = next
    setPaused(next)
    if (next) return
    setPreview((before) => ({ ...before, changes: withChanges(before.changes, held) }))
    setHeld([])
  }

  const start = async () => {
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    pause(false)
    setHeld([])
    setPreview({ ...idle, phase: 'starting' })
    let count = 0
    let arrived: ShownChange[] = []
    const flush = () => {
      const now = arrived
      arrived = []
      if (abort.current !== own || now.length === 0) return
      if (paused.current) setHeld((before) => [...before, ...now].slice(-shownMax))
      setPreview((before) => ({
        ...before,
        count,
        changes: paused.current ? before.changes : withChanges(before.changes, now),
      }))
    }
    const timer = setInterval(flush, draw_ms)
    const end = (last: Partial<Preview>) => {
      clearInterval(timer)
      flush()
      if (abort.current === own) setPreview((before) => ({ ...before, ...last, phase: 'ended' }))
    }
    try {
      const body = { ...plan, seconds, changes: shownMax }
      const lines = streamApi<Line>(sourceAt(source, 'cdc/preview'), { method: 'POST', body, signal: own.signal })
      for await (const line of lines) {
        if ('error' in line) throw problemFrom(line.error)
        if ('end' in line) return end({ sentence: line.end.sentence })
        if (line.type === 'change') arrived.push({ ...line, id: ++count })
        else setPreview((before) => (before.phase === 'starting' ? { ...before, phase: 'listening' } : before))
      }
      end({ problem: 'The preview broke off. Start it again.' })
    } catch (error) {
      end(isAborted(error) ? { sentence: 'Stopped.' } : { problem: sentenceOf(error) })
    }
  }

  return { preview, isPaused, held: held.length, start, pause, stop: () => abort.current?.abort() }
}
