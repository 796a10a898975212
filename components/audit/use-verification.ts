'use client'
import { useEffect, useState } from 'react'
import type { AuditVerification, VerifyLine, VerifyProgress } from '#lib/audit/schema'
import { streamApi } from '#lib/client/api'
import { isAborted, problemFrom, sentenceOf } from '#lib/client/problem'

interface State {
  progress: VerifyProgress
  result?: AuditVerification
  problem?: string
}

const beginning: State = { progress: { chain: '', checked: 0, events: 0 } }

/** A verification that begins with the component and ends with it. */
export const useVerification = () => {
  const [state, setState] = useState(beginning)
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another verification
  useEffect(() => {
    const stopped = new AbortController()
    setState(beginning)
    verify(stopped.signal, (change) => setState((before) => ({ ...before, ...change }))).catch((error: unknown) => {
      if (!isAborted(error) && !stopped.signal.aborted) setState({ ...beginning, problem: sentenceOf(error) })
    })
    return () => stopped.abort()
  }, [round])
  return { ...state, again: () => setRound((before) => before + 1) }
}

const verify = async (signal: AbortSignal, say: (change: Partial<State>) => void): Promise<void> => {
  for await (const line of streamApi<VerifyLine | { error: unknown }>('/api/audit/verify', { signal })) {
    if ('error' in line) throw problemFrom(line.error)
    if ('end' in line) return say({ result: line.end })
    say({ progress: line })
  }
  throw new Error('The verification stopped before it was finished. Try again.')
}
