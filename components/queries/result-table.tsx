'use client'
import { Menu } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Segments } from '#components/layout/segments'
import type { SqlWriting } from '#lib/connectors/contract'
import { plural } from '#lib/format/number'
import { CellMenu } from './cell-menu.tsx'
import { CellViewer } from './cell-viewer.tsx'
import { FilterBar } from './filter-bar.tsx'
import { ResultGrid } from './grid/result-grid.tsx'
import { type CellRange, rangeOf, type Selection } from './grid/selection.ts'
import { ResultChart } from './result-chart.tsx'
import type { ResultColumn, ResultState, ResultStore } from './result-store.ts'
import { filterOf, type ViewSettings, withFilter } from './result-view.ts'
import classes from './results.module.css'
import { CopyMenu, DownloadMenu } from './take-menu.tsx'
import { useResultView } from './use-result-view.ts'
import { scopeOf, useTaking } from './use-taking.tsx'
import { allOf, writtenRange } from './written-range.ts'

interface ResultTableProps {
  store: ResultStore
  state: ResultState
  columns: readonly ResultColumn[]
  writing: SqlWriting
  /** Leads to an export of all there is. */
  onExport: (() => void) | undefined
}

type Way = 'rows' | 'chart'
const ways = [
  { value: 'rows', label: 'Rows' },
  { value: 'chart', label: 'Chart' },
] as const

interface Chosen {
  selection: Selection
  order: readonly number[]
}

/** The rows of a result with all that one can do with them. */
export const ResultTable = ({ store, state, columns, writing, onExport }: ResultTableProps) => {
  const [settings, setSettings] = useState<ViewSettings>({ sorting: undefined, filters: [] })
  const [draft, setDraft] = useState<number>()
  const [chosen, setChosen] = useState<Chosen>()
  const [isOpen, setOpen] = useState(false)
  const [way, setWay] = useState<Way>('rows')
  const view = useResultView(store, state, settings)
  const taking = useTaking({ writing, sql: state.call?.body.sql ?? '' })
  const sample = useSample(store, state)
  const inOrder = useMemo(() => columns.map((_, index) => index), [columns])
  const order = chosen?.order ?? inOrder
  // A filter may have taken away what was chosen.
  const selection = chosen && rangeOf(chosen.selection).bottom < view.rows ? chosen.selection : undefined

  const written = (range: CellRange) => writtenRange({ store, view, columns, order }, range)
  const range = selection && rangeOf(selection)
  const isMany = range !== undefined && range.top >= 0 && (range.bottom > range.top || range.right > range.left)
  const part = written(isMany ? range : allOf({ view, order }))
  const active = selection && selection.active.row >= 0 ? selection.active : undefined
  const activeIndex = active ? (order[active.column] ?? -1) : -1
  const column = columns[activeIndex]
  const value = active && column ? (store.row(view.indexAt(active.row))[activeIndex] ?? null) : null
  const picked = active && range && written(range)
  const menu = { scope: scopeOf(part, !isMany), settings: taking.settings, onSettings: taking.setSettings }
  return (
    <>
      <div className={classes.toolbar}>
        <Segments name="result-way" label="Show as" options={ways} value={way} onChange={setWay} />
        <FilterBar
          columns={columns}
          filters={settings.filters}
          draft={draft}
          onChange={(filters) => setSettings((now) => ({ ...now, filters }))}
          onDone={() => setDraft(undefined)}
        />
        <span role="status" className={classes.viewWords}>
          {view.isBusy
            ? 'Looking through the rows…'
            : settings.filters.length > 0 && `${plural(view.rows, 'row')} shown`}
        </span>
        <CopyMenu {...menu} onTake={(format) => taking.take('copy', format, part)} />
        <DownloadMenu {...menu} onTake={(format) => taking.take('download', format, part)}>
          {onExport && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={onExport}>Export everything…</Menu.Item>
            </>
          )}
        </DownloadMenu>
      </div>
      {way === 'chart' ? (
        <ResultChart store={store} view={view} columns={columns} />
      ) : (
        <div className={classes.halves}>
          {state.status === 'done' && view.rows === 0 && !view.isBusy && (
            <p className={classes.noRows}>
              {state.rows === 0 ? 'No rows fit the statement.' : 'No row passes the filters.'}
            </p>
          )}
          <ResultGrid
            label="Rows of the result"
            columns={columns}
            sample={sample}
            rows={view.rows}
            total={state.rows}
            indexAt={view.indexAt}
            read={store.row}
            selection={selection}
            onSelect={(next, nextOrder) => setChosen({ selection: next, order: nextOrder })}
            sorting={settings.sorting}
            onSort={(sorting) => setSettings((now) => ({ ...now, sorting }))}
            onFilter={setDraft}
            onOpen={() => setOpen(true)}
            onClose={() => setOpen(false)}
            isOpen={isOpen}
            onCopy={(cells) => taking.copyCells(written(cells))}
            onCopyName={(index) => taking.copyName(columns[index]?.name ?? '')}
            cellMenu={
              picked && (
                <CellMenu
                  scope={scopeOf(picked, false)}
                  filter={filterOf(activeIndex, value)}
                  onCopy={() => taking.copyCells(picked)}
                  onCopyAs={(format) => taking.take('copy', format, picked)}
                  onOpen={() => setOpen(true)}
                  onFilter={(filter) => setSettings((now) => ({ ...now, filters: withFilter(now.filters, filter) }))}
                />
              )
            }
          />
          {isOpen && active && column && (
            <CellViewer column={column} row={view.indexAt(active.row)} cell={value} onClose={() => setOpen(false)} />
          )}
        </div>
      )}
      {taking.dialog}
    </>
  )
}

/** A few rows are enough to guess widths by. */
const useSample = (store: ResultStore, { columns, rows }: ResultState) => {
  const length = Math.min(rows, 50)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with other columns they are other rows
  return useMemo(() => Array.from({ length }, (_, at) => store.row(at)), [store, columns, length])
}
