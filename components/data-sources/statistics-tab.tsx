'use client'
import { Button } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { formatNumber, plural } from '#lib/format/number'
import { ResultProblem } from '../queries/result-problem.tsx'
import { createResultStore, type ResultStore } from '../queries/result-store.ts'
import explorer from './explorer.module.css'
import { type ExplorerSource, queryOf } from './explorer-source.ts'
import { QueriesDenied } from './queries-denied.tsx'
import classes from './statistics.module.css'
import { type ColumnStatistics, readStatistics, statisticsRows, statisticsStatement } from './statistics-sql.ts'

type Column = NonNullable<DiscoveredRelation['columns']>[number]

interface StatisticsTabProps {
  relation: DiscoveredRelation
  source: ExplorerSource
}

/** What stands in a column, counted by one statement for each column somebody asks about. */
export const StatisticsTab = ({ relation, source }: StatisticsTabProps) => {
  if (source.queries === 'denied') return <QueriesDenied source={source} />
  return (
    <div className={classes.page}>
      <p className={classes.intro}>
        Counting reads the column of up to {formatNumber(statisticsRows)} rows, without writing anything.
      </p>
      <ul className={classes.list}>
        {(relation.columns ?? []).map((column) => (
          <ColumnCount key={column.name} column={column} relation={relation} source={source} />
        ))}
      </ul>
    </div>
  )
}

const ColumnCount = ({ column, relation, source }: StatisticsTabProps & { column: Column }) => {
  const [store] = useState(createResultStore)
  const state = useSyncExternalStore(store.subscribe, store.get, store.get)
  useEffect(() => () => store.cancel(), [store])
  const isRunning = state.status === 'running'
  const count = () => {
    const sql = statisticsStatement(relation, column, source.writing)
    void store.run(queryOf(source, sql, 100))
  }
  const action = isRunning ? 'Cancel' : state.status === 'done' ? 'Count again' : 'Count'
  return (
    <li className={classes.column}>
      <div className={classes.head}>
        <bdi className={explorer.columnName}>{column.name}</bdi>
        <span className={explorer.type}>{column.type}</span>
        <Button
          className={classes.button}
          size="compact-sm"
          variant="default"
          aria-label={`${action} ${column.name}`}
          onClick={isRunning ? store.cancel : count}
        >
          {action}
        </Button>
      </div>
      <div role="status">
        {isRunning && <p className={classes.dim}>Counting …</p>}
        {state.status === 'cancelled' && <p className={classes.dim}>Cancelled.</p>}
        {state.status === 'done' && <Statistics {...readStatistics(rowsOf(store))} />}
      </div>
      {state.problem && state.status === 'failed' && <ResultProblem problem={state.problem} placeOf={undefined} />}
    </li>
  )
}

const rowsOf = (store: ResultStore) => Array.from({ length: store.get().rows }, (_, index) => store.row(index))

const Statistics = ({ rows, nulls, distinct, low, high, top }: ColumnStatistics) => {
  const isEachOnce = top.length < distinct && top.every(({ count }) => count === 1)
  return (
    <>
      <dl className={classes.facts}>
        <Fact name="Rows" value={`${formatNumber(rows)}${rows >= statisticsRows ? ', the first ones' : ''}`} />
        <Fact name="Distinct" value={formatNumber(distinct)} />
        <Fact name="Null" value={nulls === 0 ? 'none' : `${formatNumber(nulls)} (${share(nulls, rows)})`} />
        {low !== null && <Fact name="Smallest" value={low} isData />}
        {high !== null && <Fact name="Largest" value={high} isData />}
      </dl>
      {isEachOnce && <p className={classes.dim}>No value stands there twice.</p>}
      {top.length > 0 && !isEachOnce && (
        <ol className={classes.top} aria-label="Most frequent values">
          {top.map(({ value, count }) => (
            <li key={value}>
              <bdi className={classes.value}>{value === '' ? <i>empty text</i> : visible(value)}</bdi>
              <span className={classes.bar} aria-hidden>
                <span style={{ width: `${rows > 0 ? Math.max(1, (100 * count) / rows) : 0}%` }} />
              </span>
              <span className={classes.count} title={plural(count, 'row')}>
                {formatNumber(count)} <span className={classes.dim}>{share(count, rows)}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

const Fact = ({ name, value, isData }: { name: string; value: string; isData?: boolean }) => (
  <div>
    <dt>{name}</dt>
    <dd data-data={isData || undefined}>{isData ? <bdi>{visible(value)}</bdi> : value}</dd>
  </div>
)

const share = (part: number, whole: number): string => {
  const percent = whole > 0 ? (100 * part) / whole : 0
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(percent < 10 ? 1 : 0)} %`
}

// A line break in a value is shown, not made.
const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '␣')
