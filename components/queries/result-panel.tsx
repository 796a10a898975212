'use client'
import { useSyncExternalStore } from 'react'
import type { SqlWriting } from '#lib/connectors/contract'
import { ResultProblem } from './result-problem.tsx'
import { ResultStatusBar } from './result-status-bar.tsx'
import type { ResultStore } from './result-store.ts'
import { ResultTable } from './result-table.tsx'
import classes from './results.module.css'

interface ResultPanelProps {
  store: ResultStore
  /** How statements of the source are written. */
  writing?: SqlWriting
  /** Shows the place of an error in the statement, in UTF-16 code units from 0. */
  onGoTo?: (position: number) => void
}

/** The result of one statement: rows as they come, or why there are none. */
export const ResultPanel = ({ store, writing = standard, onGoTo }: ResultPanelProps) => {
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  const { columns, rows, status, problem, done } = state
  const isTable = columns !== undefined && columns.length > 0
  return (
    <section className={classes.panel} aria-label="Result">
      {problem && <ResultProblem problem={problem} onGoTo={onGoTo} />}
      {isTable && <ResultTable store={store} state={state} columns={columns} writing={writing} />}
      {status === 'done' && rows === 0 && (
        <p className={classes.nothing}>
          {isTable ? 'No rows fit the statement.' : done?.affected == null ? 'Done.' : 'Done. It gives no rows back.'}
        </p>
      )}
      <ResultStatusBar state={state} onCancel={store.cancel} />
    </section>
  )
}

const standard: SqlWriting = { quote: '"' }
