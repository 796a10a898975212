'use client'
import { AreaChart } from '@mantine/charts'
import '@mantine/charts/styles.layer.css'
import { formatBytes } from '#lib/format/number'
import type { LagPoint } from './lag-graph.tsx'

const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** Loaded only where there is something to draw: the library is larger than all the rest of the page. */
export const LagDrawing = ({ points }: { points: readonly LagPoint[] }) => (
  <AreaChart
    h="100%"
    data={points.map(({ at, lag_bytes }) => ({ at: Date.parse(at), lag: lag_bytes }))}
    dataKey="at"
    series={[{ name: 'lag', label: 'Behind by', color: 'var(--jf-accent)' }]}
    curveType="linear"
    tickLine="none"
    textColor="var(--jf-dim)"
    gridColor="var(--jf-border)"
    withDots={points.length <= 50}
    valueFormatter={formatBytes}
    // Looks are not evenly spaced when a server was away: time is drawn as it passed.
    xAxisProps={{
      type: 'number',
      domain: ['dataMin', 'dataMax'],
      scale: 'time',
      tickFormatter: (at: number) => hour.format(at),
    }}
    yAxisProps={{ tickFormatter: formatBytes, width: 70 }}
    areaChartProps={{ accessibilityLayer: false }}
    tooltipProps={{ labelFormatter: (at) => (typeof at === 'number' ? hour.format(at) : at) }}
  />
)
