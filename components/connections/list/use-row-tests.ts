'use client'
import { useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import { testSavedConnection } from '#lib/client/test-connection'
import type { ConnectionView, TestReport } from '#lib/connections/schema'
import type { TestStage } from '#lib/connectors/contract'
import type { RowTest } from './status-cell.tsx'

/** Tests running in rows; `onDone` gets what the row shows afterwards. */
export const useRowTests = (onDone: (id: string, fields: Partial<ConnectionView>) => void) => {
  const [tests, setTests] = useState<ReadonlyMap<string, RowTest>>(new Map())
  const show = (id: string, test: RowTest | undefined) =>
    setTests((now) => {
      const next = new Map(now)
      if (test) next.set(id, test)
      else next.delete(id)
      return next
    })

  const start = async ({ id }: ConnectionView) => {
    const running = tests.get(id)
    if (running && running.problem === undefined) return
    let stages: TestStage[] = []
    show(id, { stages })
    try {
      const report = await testSavedConnection(id, {
        onStage: (stage) => {
          stages = [...stages.filter(({ name }) => name !== stage.name), stage]
          show(id, { stages })
        },
      })
      onDone(id, outcomeOf(report))
      show(id, undefined)
    } catch (error) {
      show(id, { stages, problem: sentenceOf(error) })
    }
  }
  return { tests, start }
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
