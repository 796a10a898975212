'use client'
import { useEffect, useRef, useState } from 'react'
import type { SqlDialect } from '#lib/connectors/contract'
import { createResultStore, type ResultStore } from './result-store.ts'
import { bindParameters } from './sql/parameters.ts'
import { type Statement, titleOf } from './sql/statements.ts'

export type Explain = 'estimated' | 'analyzed'

/** One statement that was run, with what came of it. */
export interface Run {
  id: number
  tab: string
  title: string
  explain: Explain | undefined
  store: ResultStore
  /** Where a place in what was sent stands in the text of the tab, as it was then. */
  placeOf(position: number): number
}

export interface RunRequest {
  tab: string
  statements: readonly Statement[]
  values: Readonly<Record<string, string | null>>
  explain?: Explain | undefined
  /** It was allowed to change data, and confirmed. */
  isWrite?: boolean
}

/** What is run in the tabs of one source: one statement after the other, until one fails or somebody stops it. */
export const useRuns = (source: string, dialect: SqlDialect, onFailed: (run: Run) => void) => {
  const path = `/api/data-sources/${encodeURIComponent(source)}/queries`
  const [runs, setRuns] = useState<readonly Run[]>([])
  const [shown, setShown] = useState<Readonly<Record<string, number>>>({})
  /** How many statements did not run because one before them failed or was stopped. */
  const [leftOut, setLeftOut] = useState<Readonly<Record<string, number>>>({})
  const [ended, setEnded] = useState(0)
  const [running, setRunning] = useState<Readonly<Record<string, boolean>>>({})
  const counter = useRef(0)
  const current = useRef(new Map<string, ResultStore>())
  const stopped = useRef(new Set<string>())

  useEffect(() => {
    const stores = current.current
    return () => {
      for (const store of stores.values()) store.cancel()
    }
  }, [])

  const runOne = async (request: RunRequest, statement: Statement): Promise<boolean> => {
    const { tab, values, explain, isWrite } = request
    const { sql, parameters, originalPosition } = bindParameters(statement.sql, dialect, values)
    const store = createResultStore()
    const placeOf = (position: number) => statement.from + originalPosition(position)
    const run = { id: ++counter.current, tab, title: titleOf(statement.sql, dialect), explain, store, placeOf }
    setRuns((known) => [...known, run])
    setShown((known) => ({ ...known, [tab]: run.id }))
    current.current.set(tab, store)
    const written = sql === statement.sql ? {} : { written: statement.sql }
    const mode = isWrite ? { mode: 'write', confirm: true } : {}
    await store.run({ path, body: { sql, parameters, ...written, ...(explain && { explain }), ...mode } })
    setEnded((times) => times + 1)
    if (store.get().status === 'failed') onFailed(run)
    return store.get().status === 'done'
  }
  const start = async (request: RunRequest): Promise<void> => {
    const { tab } = request
    if (running[tab]) return
    stopped.current.delete(tab)
    setRuns((known) => known.filter((run) => run.tab !== tab))
    setRunning((known) => ({ ...known, [tab]: true }))
    setLeftOut((known) => ({ ...known, [tab]: 0 }))
    let rest = request.statements.length
    try {
      for (const statement of request.statements) {
        if (stopped.current.has(tab)) break
        rest -= 1
        if (!(await runOne(request, statement))) break
      }
    } finally {
      current.current.delete(tab)
      setLeftOut((known) => ({ ...known, [tab]: rest }))
      setRunning((known) => ({ ...known, [tab]: false }))
    }
  }
  const cancel = (tab: string): boolean => {
    const store = current.current.get(tab)
    stopped.current.add(tab)
    store?.cancel()
    return store !== undefined
  }
  return {
    of: (tab: string) => runs.filter((run) => run.tab === tab),
    shown: (tab: string) => runs.find(({ id }) => id === shown[tab]),
    show: ({ tab, id }: Run) => setShown((known) => ({ ...known, [tab]: id })),
    leftOut: (tab: string) => leftOut[tab] ?? 0,
    /** Counts what has ended. */
    ended,
    isRunning: (tab: string) => running[tab] ?? false,
    start,
    cancel,
    forget: (tab: string) => {
      cancel(tab)
      setRuns((known) => known.filter((run) => run.tab !== tab))
    },
  }
}
