'use client'
import { type ReactNode, useState, useSyncExternalStore } from 'react'
import type { SqlWriting } from '#lib/connectors/contract'
import { ExportDialog } from './export-dialog.tsx'
import { type ProblemPlace, ResultProblem } from './result-problem.tsx'
import { ResultStatusBar } from './result-status-bar.tsx'
import type { QueryCall, ResultStore } from './result-store.ts'
import { ResultTable } from './result-table.tsx'
import classes from './results.module.css'

interface ResultPanelProps {
  store: ResultStore
  /** How statements of the source are written. */
  writing?: SqlWriting
  /** The place of an error in the statement, given in UTF-16 code units from 0. */
  placeOf?: (position: number) => ProblemPlace
  /** What to do about a refusal. */
  hint?: ReactNode
  /** Ends it, where there is no other place for that. */
  onCancel?: () => void
}

/** The result of one statement: rows as they come, or why there are none. */
export const ResultPanel = ({ store, writing = standard, placeOf, hint, onCancel }: ResultPanelProps) => {
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  const { columns, rows, status, problem, done } = state
  const [exported, setExported] = useState<QueryCall>()
  const { call } = state
  const onExport = call && isRepeatable(call) ? () => setExported(call) : undefined
  const isNothing = status === 'failed' && rows === 0
  const isTable = columns !== undefined && columns.length > 0 && !isNothing
  return (
    <section className={classes.panel} aria-label="Result">
      {problem && <ResultProblem problem={problem} placeOf={placeOf} />}
      {hint}
      {isTable && <ResultTable store={store} state={state} columns={columns} writing={writing} onExport={onExport} />}
      {status === 'done' && rows === 0 && !isTable && (
        <p className={classes.nothing}>{done?.affected == null ? 'Done.' : 'Done. It gives no rows back.'}</p>
      )}
      <ResultStatusBar state={state} onCancel={onCancel} onExport={onExport} />
      {exported && <ExportDialog call={exported} onClose={() => setExported(undefined)} />}
    </section>
  )
}

/** What changes data is not run a second time for a file. */
const isRepeatable = ({ body }: QueryCall): boolean => body.mode !== 'write'

const standard: SqlWriting = { quote: '"' }
