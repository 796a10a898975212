'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { RotationView } from '#lib/rotations/schema'

const poll_ms = 1_000
/** While nothing happens but the soak, which ends by itself. */
const idlePoll_ms = 15_000

export type RotationStep = 'promote' | 'cancel' | 'retry' | 'roll-back' | 'finish'

const openStates = ['testing', 'ready', 'failed', 'soaking']
export const isOpen = ({ state }: RotationView): boolean => openStates.includes(state)

/** The rotations of a credential as they are now: asked for every second while tests run. */
export const useRotations = (credentialId: string, initial: readonly RotationView[]) => {
  const router = useRouter()
  const [rotations, setRotations] = useState(initial)
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState<RotationStep>()
  const path = `/api/credentials/${encodeURIComponent(credentialId)}/rotations`
  const open = rotations.find(isOpen)
  const state = open?.state

  const load = async (signal?: AbortSignal) => {
    const { data } = await callApi<RotationView[]>(`${path}?limit=10`, { signal })
    setRotations(data)
    // The facts around the panel, such as the version, changed with it.
    if (data.find(isOpen)?.state !== state) router.refresh()
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the timer belongs to the state it was started in
  useEffect(() => {
    if (state === undefined) return
    const abort = new AbortController()
    const timer = setInterval(
      () => void load(abort.signal).catch(() => undefined),
      state === 'testing' ? poll_ms : idlePoll_ms,
    )
    return () => {
      abort.abort()
      clearInterval(timer)
    }
  }, [state, path])

  const take = async (step: RotationStep, body: object = {}): Promise<void> => {
    if (!open) return
    setBusy(step)
    setProblem(undefined)
    try {
      await callApi(`${path}/${open.id}/${step}`, { method: 'POST', body })
    } catch (error) {
      setProblem(sentenceOf(error))
    }
    // Also after a refusal: somebody else may have taken the step.
    await load().catch((error: unknown) => setProblem(sentenceOf(error)))
    setBusy(undefined)
  }

  return { open, past: rotations.filter((rotation) => !isOpen(rotation)), problem, busy, take, load }
}

export type Rotations = ReturnType<typeof useRotations>
