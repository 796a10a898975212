'use client'
import { useMemo, useState, useSyncExternalStore } from 'react'
import { ResultGrid } from './grid/result-grid.tsx'
import type { Selection } from './grid/selection.ts'
import { ResultProblem } from './result-problem.tsx'
import { ResultStatusBar } from './result-status-bar.tsx'
import type { ResultStore } from './result-store.ts'
import classes from './results.module.css'

interface ResultPanelProps {
  store: ResultStore
  /** Shows the place of an error in the statement, in UTF-16 code units from 0. */
  onGoTo?: (position: number) => void
}

/** The result of one statement: rows as they come, or why there are none. */
export const ResultPanel = ({ store, onGoTo }: ResultPanelProps) => {
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  const [selection, setSelection] = useState<Selection>()
  const { columns, rows, status, problem, done } = state
  // A few rows are enough to guess widths by.
  const sampled = Math.min(rows, 50)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with other columns they are other rows
  const sample = useMemo(() => Array.from({ length: sampled }, (_, at) => store.row(at)), [store, columns, sampled])
  return (
    <section className={classes.panel} aria-label="Result">
      {problem && <ResultProblem problem={problem} onGoTo={onGoTo} />}
      {columns && columns.length > 0 && (
        <ResultGrid
          label="Rows of the result"
          columns={columns}
          sample={sample}
          rows={rows}
          indexAt={sameRow}
          read={store.row}
          selection={selection}
          onSelect={setSelection}
          onOpen={() => undefined}
          onCopy={() => undefined}
        />
      )}
      {columns && rows === 0 && status === 'done' && (
        <p className={classes.nothing}>
          {done?.affected == null ? 'The statement gave no rows.' : 'It gave no rows back.'}
        </p>
      )}
      <ResultStatusBar state={state} onCancel={store.cancel} />
    </section>
  )
}

const sameRow = (at: number): number => at
