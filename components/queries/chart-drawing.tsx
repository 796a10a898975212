'use client'
import { BarChart, LineChart, ScatterChart } from '@mantine/charts'
import '@mantine/charts/styles.layer.css'
import '@mantine/core/styles/ColorSwatch.layer.css'
import { formatCompact, formatNumber } from '#lib/format/number'
import { axisLabel, type ChartChoice, type ChartPoint } from './chart-data.ts'
import { visibleLine } from './grid/visible-text.ts'
import type { ResultColumn } from './result-store.ts'

interface ChartDrawingProps {
  choice: ChartChoice
  points: readonly ChartPoint[]
  columns: readonly ResultColumn[]
  names: readonly string[]
}

const colors = ['accent', 'warning-dot', 'success-dot', 'danger-dot', 'neutral-dot'].map((name) => `var(--jf-${name})`)
const grid = {
  h: '100%',
  tickLine: 'none',
  textColor: 'var(--jf-dim)',
  gridColor: 'var(--jf-border)',
} as const

/** Loaded only where somebody asks for a chart: the library is larger than all the rest of the page. */
export const ChartDrawing = ({ choice, points, columns, names }: ChartDrawingProps) => {
  const { type, x, ys } = choice
  // Keys of our own: a column may be called like something that the library keeps there.
  const withLegend = ys.length > 1
  const series = ys.map((y, at) => ({ name: `y${at}`, label: names[y] ?? '', color: colors[at] ?? 'var(--jf-accent)' }))
  if (type === 'scatter') {
    const isTime = columns[x]?.kind === 'timestamp' || columns[x]?.kind === 'date'
    return (
      <ScatterChart
        {...grid}
        withLegend={withLegend}
        data={series.map(({ label, color }, at) => ({
          name: label,
          color,
          data: points.flatMap(({ x: across, ys: up }) =>
            across === null || up[at] == null ? [] : { x: across, y: up[at] },
          ),
        }))}
        dataKey={{ x: 'x', y: 'y' }}
        xAxisProps={{ tickFormatter: isTime ? dayOf : formatCompact }}
        yAxisProps={{ tickFormatter: formatCompact }}
        valueFormatter={{ x: isTime ? dayOf : formatNumber, y: formatNumber }}
      />
    )
  }
  const data = points.map(({ label, ys: up }) => ({
    x: visibleLine(label),
    ...Object.fromEntries(up.map((value, at) => [`y${at}`, value])),
  }))
  const shared = {
    ...grid,
    withLegend,
    data,
    dataKey: 'x',
    series,
    valueFormatter: formatNumber,
    xAxisProps: { tickFormatter: axisLabel, minTickGap: 32 },
    yAxisProps: { tickFormatter: formatCompact },
  }
  return type === 'line' ? (
    <LineChart
      {...shared}
      curveType="linear"
      withDots={points.length <= 100}
      lineChartProps={{ accessibilityLayer: false }}
    />
  ) : (
    <BarChart {...shared} barChartProps={{ accessibilityLayer: false }} />
  )
}

const dayOf = (moment: number): string => new Date(moment).toISOString().slice(0, 10)
