'use client'
import { useRef, useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import { testSavedConnection } from '#lib/client/test-connection'
import type { ConnectionView, TestReport } from '#lib/connections/schema'
import type { TestStage } from '#lib/connectors/contract'
import type { RowTest } from './status-cell.tsx'

/** Tests running in rows; `onDone` gets what the row shows afterwards. */
export const useRowTests = (onDone: (id: string, fields: Partial<ConnectionView>) => void) => {
  const [tests, setTests] = useState<ReadonlyMap<string, RowTest>>(new Map())
  const running = useRef(new Set<string>())
  const show = (id: string, test: RowTest | undefined) =>
    setTests((now) => {
      const next = new Map(now)
      if (test) next.set(id, test)
      else next.delete(id)
      return next
    })

  /** Answers why it failed. */
  const test = async ({ id }: ConnectionView, signal?: AbortSignal): Promise<string | undefined> => {
    if (running.current.has(id)) return undefined
    running.current.add(id)
    let stages: TestStage[] = []
    show(id, { stages })
    try {
      const onStage = (stage: TestStage) => {
        stages = [...stages.filter(({ name }) => name !== stage.name), stage]
        show(id, { stages })
      }
      const report = await testSavedConnection(id, { onStage, ...(signal && { signal }) })
      onDone(id, outcomeOf(report))
      show(id, undefined)
      return report.success ? undefined : (report.cause?.sentence ?? report.message)
    } catch (error) {
      show(id, signal?.aborted ? undefined : { stages, problem: sentenceOf(error) })
      throw error
    } finally {
      running.current.delete(id)
    }
  }
  return {
    tests,
    test,
    /** For a single row, which shows by itself what went wrong. */
    start: (connection: ConnectionView) => void test(connection).catch(() => undefined),
  }
}

const outcomeOf = (report: TestReport): Partial<ConnectionView> => {
  const status = report.success ? 'passed' : 'failed'
  return {
    test_state: status,
    last_test: {
      id: report.test_id ?? '',
      status,
      at: new Date().toISOString(),
      latency_ms: report.latency_ms,
      message: report.cause?.sentence ?? report.message,
      stale: false,
      cause_code: report.cause?.code ?? null,
    },
  }
}
