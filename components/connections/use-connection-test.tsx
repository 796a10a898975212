'use client'
import { useRef, useState } from 'react'
import { streamApi } from '#lib/client/api'
import { isAborted, problemFrom, sentenceOf } from '#lib/client/problem'
import type { TestLine } from '#lib/client/test-connection'
import type { TestReport } from '#lib/connections/schema'
import type { TestStage } from '#lib/connectors/contract'

/** A test as it stands: what has been heard of each stage, and how it ended. */
export interface TestRun {
  phase: 'idle' | 'running' | 'done' | 'cancelled' | 'error'
  stages: TestStage[]
  report?: TestReport
  /** Why the test itself could not run. */
  error?: unknown
  /** What was tested, to notice when the form has moved on. */
  subject?: unknown
}

const idle: TestRun = { phase: 'idle', stages: [] }

/** Runs a connection test and follows its stages as they stream in. */
export const useConnectionTest = () => {
  const [run, setRun] = useState<TestRun>(idle)
  const abort = useRef<AbortController>(undefined)

  const start = async (path: string, { body, subject }: { body: object; subject: unknown }): Promise<TestRun> => {
    abort.current?.abort()
    const own = new AbortController()
    abort.current = own
    let current: TestRun = { phase: 'running', stages: [], subject }
    const show = (next: TestRun): TestRun => {
      current = next
      if (abort.current === own) setRun(next)
      return next
    }
    show(current)
    try {
      for await (const line of streamApi<TestLine>(path, { method: 'POST', body, signal: own.signal })) {
        show(applyLine(current, line))
      }
      return current.phase === 'running' ? show({ ...current, phase: 'error', error: cutOff() }) : current
    } catch (error) {
      return show(
        isAborted(error) ? { ...settle(current), phase: 'cancelled' } : { ...settle(current), phase: 'error', error },
      )
    }
  }

  return { run, start, cancel: () => abort.current?.abort() }
}

const applyLine = (run: TestRun, line: TestLine): TestRun => {
  if ('stage' in line) return { ...run, stages: withStage(run.stages, line.stage) }
  if ('error' in line) throw problemFrom(line.error)
  return { ...run, phase: 'done', report: line.end, stages: line.end.stages }
}

const withStage = (stages: TestStage[], stage: TestStage): TestStage[] =>
  stages.some(({ name }) => name === stage.name)
    ? stages.map((known) => (known.name === stage.name ? stage : known))
    : [...stages, stage]

// A stage that was under way when everything stopped has no outcome.
const settle = (run: TestRun): TestRun => ({
  ...run,
  stages: run.stages.map((stage) => (stage.status === 'running' ? { ...stage, status: 'skipped' } : stage)),
})

const cutOff = (): Error => new Error('The test stopped before it was finished. Try again.')

export const testErrorSentence = (run: TestRun): string => sentenceOf(run.error)
