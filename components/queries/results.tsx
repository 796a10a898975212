'use client'
import Link from 'next/link'
import { useSyncExternalStore } from 'react'
import { ApiError } from '#lib/client/problem'
import { formatNumber } from '#lib/format/number'
import { PlanTree } from './plan/plan-tree.tsx'
import classes from './queries.module.css'
import { ResultPanel } from './result-panel.tsx'
import { ResultStatusBar } from './result-status-bar.tsx'
import type { Run } from './use-runs.ts'
import type { SqlEditor } from './use-sql-editor.tsx'

interface ResultsProps {
  editor: SqlEditor
  run: Run
  writes: boolean
}

/** What came of the statements of a tab, the one in front with its rows or its plan. */
export const Results = ({ editor, run, writes }: ResultsProps) => {
  const runs = editor.runs.of(run.tab)
  return (
    <div className={classes.results}>
      {runs.length > 1 && (
        <nav aria-label="Results" className={classes.runs}>
          {runs.map((one, index) => (
            <RunTab
              key={one.id}
              run={one}
              place={index + 1}
              isCurrent={one === run}
              onShow={() => editor.runs.show(one)}
            />
          ))}
        </nav>
      )}
      <RunView key={run.id} editor={editor} run={run} writes={writes} />
    </div>
  )
}

interface RunTabProps {
  run: Run
  place: number
  isCurrent: boolean
  onShow: () => void
}

const RunTab = ({ run, place, isCurrent, onShow }: RunTabProps) => {
  const { status } = useRun(run)
  return (
    <button
      type="button"
      className={classes.run}
      aria-current={isCurrent ? 'true' : undefined}
      title={run.title}
      onClick={onShow}
    >
      <span className={classes.runDot} data-status={status} />
      <span className={classes.hidden}>{status}</span>
      {place}. {run.title}
    </button>
  )
}

const RunView = ({ editor, run, writes }: ResultsProps) => {
  const state = useRun(run)
  const leftOut = run === editor.runs.of(run.tab).at(-1) ? editor.runs.leftOut(run.tab) : 0
  if (state.plan)
    return (
      <section className={classes.planPanel} aria-label="Result">
        <PlanTree plan={state.plan} />
        <ResultStatusBar state={state} />
      </section>
    )
  return (
    <ResultPanel
      store={run.store}
      writing={editor.sqlWriting}
      placeOf={(position) => editor.placeIn(run, position)}
      hint={
        <>
          {mayBeReadOnlyRefusal(state.problem) && <WriteHint editor={editor} writes={writes} />}
          {leftOut > 0 && <LeftOut count={leftOut} />}
        </>
      }
    />
  )
}

const useRun = ({ store }: Run) => useSyncExternalStore(store.subscribe, store.get, store.get)

// For a change where only reading is allowed: the SQLSTATE of PostgreSQL and MySQL, SQLite's own code, and our refusals.
const readOnlyCodes = ['25006', '8']

const mayBeReadOnlyRefusal = (problem: Error | undefined): boolean =>
  problem instanceof ApiError &&
  (problem.code === 'unprocessable' || readOnlyCodes.includes(problem.problem.sqlstate ?? ''))

/** What did not run because this one failed or was stopped. */
const LeftOut = ({ count }: { count: number }) => (
  <p className={classes.hint} role="status">
    {count === 1 ? 'The statement behind it' : `${formatNumber(count)} statements behind it`} did not run.
  </p>
)

/** What to do about a statement that was refused because it may be one that changes data. */
const WriteHint = ({ editor, writes }: Pick<ResultsProps, 'editor' | 'writes'>) =>
  editor.mayWrite ? null : (
    <p className={classes.hint} role="status">
      {writes ? (
        'If it is meant to change data, switch on “Allow changes” above and run it again.'
      ) : (
        <>
          Statements only read here. Changes have to be allowed in the{' '}
          <Link href={`/workspace/data-sources/${editor.source}/configuration`}>configuration of this data source</Link>{' '}
          first.
        </>
      )}
    </p>
  )
