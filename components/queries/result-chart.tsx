'use client'
import { MultiSelect, NativeSelect } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useMemo, useState } from 'react'
import { Segments } from '#components/layout/segments'
import { formatNumber } from '#lib/format/number'
import {
  type ChartChoice,
  type ChartType,
  canBeX,
  canBeY,
  chartDefaults,
  chartPoints,
  chartTypes,
} from './chart-data.ts'
import { ChartTable } from './chart-table.tsx'
import { visibleLine } from './grid/visible-text.ts'
import type { ResultColumn, ResultStore } from './result-store.ts'
import classes from './results.module.css'
import type { ResultView } from './use-result-view.ts'

const Drawing = dynamic(() => import('./chart-drawing.tsx').then((module) => module.ChartDrawing), { ssr: false })

interface ResultChartProps {
  store: ResultStore
  view: ResultView
  columns: readonly ResultColumn[]
}

const types = Object.entries(chartTypes).map(([value, label]) => ({ value: value as ChartType, label }))
const mostLines = 5

/** The rows that are shown, as a drawing. */
export const ResultChart = ({ store, view, columns }: ResultChartProps) => {
  const [choice, setChoice] = useState(() => chartDefaults(columns))
  const { rows, indexAt } = view
  const points = useMemo(
    () => (choice ? chartPoints({ columns, count: rows, read: store.read }, indexAt, choice) : []),
    [choice, columns, rows, store, indexAt],
  )
  if (!choice) return <p className={classes.nothing}>A chart needs a column of numbers beside another one.</p>
  const names = columns.map(({ name }) => visibleLine(name, 60) || 'unnamed')
  const change = (part: Partial<ChartChoice>) => setChoice(fitting({ ...choice, ...part }, columns))
  const label = `${chartTypes[choice.type]} of ${choice.ys.map((y) => names[y]).join(', ')} by ${names[choice.x]}`
  return (
    <section className={classes.chart} aria-label={label}>
      <div className={classes.chartBar}>
        <Segments
          name="chart-type"
          label="Kind of chart"
          options={types}
          value={choice.type}
          onChange={(type) => change({ type })}
        />
        <NativeSelect
          size="xs"
          aria-label="Along the bottom"
          value={String(choice.x)}
          onChange={(event) => change({ x: Number(event.currentTarget.value) })}
          data={options(columns, names, (column) => canBeX(column, choice.type))}
        />
        <MultiSelect
          size="xs"
          aria-label="Upwards"
          value={choice.ys.map(String)}
          onChange={(values) => values.length > 0 && change({ ys: values.map(Number) })}
          data={options(columns, names, canBeY)}
          maxValues={mostLines}
        />
        <p className={classes.viewWords} role="status">
          {points.length < rows &&
            `${formatNumber(points.length)} of ${formatNumber(rows)} rows are drawn, evenly spread.`}
        </p>
      </div>
      <div className={classes.drawing} role="img" aria-label={label}>
        <Drawing choice={choice} points={points} columns={columns} names={names} />
      </div>
      <ChartTable choice={choice} points={points} names={names} />
    </section>
  )
}

/** Another kind of chart may not take the column that was at the bottom. */
const fitting = (choice: ChartChoice, columns: readonly ResultColumn[]): ChartChoice => {
  const now = columns[choice.x]
  if (now && canBeX(now, choice.type)) return choice
  return {
    ...choice,
    x: Math.max(
      0,
      columns.findIndex((column) => canBeX(column, choice.type)),
    ),
  }
}

const options = (columns: readonly ResultColumn[], names: readonly string[], fits: (column: ResultColumn) => boolean) =>
  columns.flatMap((column, index) => (fits(column) ? { value: String(index), label: names[index] ?? '' } : []))
