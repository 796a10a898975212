import { useEffect, useRef, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { ReplicationCheck, ReplicationView } from '#lib/replications/schema'
import { checkPlan, readReplications, takeStep } from './api.ts'
import { type Plan, planOf, wayBack } from './plan.ts'

/** What the server looks at every few minutes need not be asked for more often. */
const poll_ms = 30_000

/** What is set up, the plan that is being worked on, and what the last check of it said. */
export const useReplication = (source: string, initial: readonly ReplicationView[]) => {
  const [views, setViews] = useState(initial)
  const [plan, setPlan] = useState<Plan>()
  const [check, setCheck] = useState<ReplicationCheck>()
  const [isChecking, setChecking] = useState(false)
  const [problem, setProblem] = useState<string>()
  const round = useRef(0)

  const reload = async () => setViews(await readReplications(source))
  const hasViews = views.length > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timer belongs to the source
  useEffect(() => {
    if (!hasViews) return
    const timer = setInterval(() => void reload().catch(() => undefined), poll_ms)
    return () => clearInterval(timer)
  }, [source, hasViews])

  const look = async (next: Plan): Promise<void> => {
    const own = ++round.current
    setPlan(next)
    setChecking(true)
    setProblem(undefined)
    try {
      const found = await checkPlan(source, next)
      if (own === round.current) setCheck(found)
    } catch (error) {
      if (own === round.current) setProblem(sentenceOf(error))
    }
    if (own === round.current) setChecking(false)
  }

  /** Checks another plan; what is shown of the one before goes at once. */
  const start = (next: Plan): Promise<void> => {
    if (plan?.slot !== next.slot) setCheck(undefined)
    return look(next)
  }

  const take = async (step: string, direction: 'do' | 'undo'): Promise<void> => {
    if (!plan) return
    try {
      await takeStep(source, { plan, step, direction })
    } finally {
      // Also after a refusal: it may have come half the way.
      await Promise.allSettled([reload(), look(plan)])
    }
  }

  /** Takes back all steps of a set-up, the last one first; says which one it is at. */
  const drop = async (view: ReplicationView, say: (step: string) => void): Promise<void> => {
    const target = planOf(view)
    const { steps } = await checkPlan(source, target)
    try {
      for (const step of wayBack(view, steps)) {
        say(steps.find(({ id }) => id === step)?.title ?? step)
        await takeStep(source, { plan: target, step, direction: 'undo' })
      }
    } finally {
      await reload().catch(() => undefined)
    }
    close()
  }

  const close = () => {
    round.current += 1
    setPlan(undefined)
    setCheck(undefined)
    setProblem(undefined)
    setChecking(false)
  }

  const forgotten = async (): Promise<void> => {
    close()
    await reload()
  }

  return { views, plan, check, isChecking, problem, start, take, drop, close, forgotten }
}
