import { isNumeric } from './cell.ts'
import { momentOf } from './cell-parts.ts'
import type { Cell, ResultColumn, Row } from './result-store.ts'
import { keyOf } from './sort-keys.ts'

export const chartTypes = { bar: 'Bars', line: 'Line', scatter: 'Points' } as const
export type ChartType = keyof typeof chartTypes

/** The rows that are drawn. */
interface Drawn {
  columns: readonly ResultColumn[]
  count: number
  read(index: number): Row
}

export interface ChartChoice {
  type: ChartType
  /** Columns of the result. */
  x: number
  ys: readonly number[]
}

/** So many points are drawn at most; bars need some room each. */
export const mostPoints: Record<ChartType, number> = { bar: 300, line: 5_000, scatter: 5_000 }

const isTime = ({ kind }: ResultColumn): boolean => kind === 'date' || kind === 'timestamp'

/** What is worth drawing: numbers over time, else by name, else against each other. Undefined where nothing is a number. */
export const chartDefaults = (columns: readonly ResultColumn[]): ChartChoice | undefined => {
  const numbers = columns.flatMap((column, index) => (isNumeric(column) ? index : []))
  const time = columns.findIndex(isTime)
  const name = columns.findIndex(({ kind }) => kind === 'text' || kind === 'boolean' || kind === 'uuid')
  const x = time >= 0 ? time : name >= 0 ? name : numbers[0]
  const others = numbers.filter((index) => index !== x)
  // The key of a table is a number, but rarely the one that is asked for.
  const y = others.find((index) => !/(?:^|_)id$/i.test(columns[index]?.name ?? '')) ?? others[0]
  if (x === undefined || y === undefined) return undefined
  return { type: time >= 0 ? 'line' : name >= 0 ? 'bar' : 'scatter', x, ys: [y] }
}

export const canBeY = isNumeric
/** Points need a place on both axes. */
export const canBeX = (column: ResultColumn, type: ChartType): boolean =>
  type !== 'scatter' || isNumeric(column) || isTime(column)

export interface ChartPoint {
  /** As it is written. */
  label: string
  x: number | null
  ys: readonly (number | null)[]
}

/** Rows evenly spread over all, no more than can be drawn. */
export const chartPoints = (
  { columns, count, read }: Drawn,
  indexAt: (at: number) => number,
  { type, x, ys }: ChartChoice,
): ChartPoint[] => {
  const length = Math.min(count, mostPoints[type])
  const step = length > 1 ? (count - 1) / (length - 1) : 0
  const column = columns[x]
  const points = Array.from({ length }, (_, at) => {
    const row = read(indexAt(Math.round(at * step)))
    const cell = row[x] ?? null
    return {
      label: cell === null ? 'NULL' : typeof cell === 'object' ? cell.cut.slice(0, 60) : String(cell).slice(0, 60),
      x: placeOf(cell, columns[x]?.kind ?? 'other'),
      ys: ys.map((y) => placeOf(row[y] ?? null, columns[y]?.kind ?? 'other')),
    }
  })
  // Time runs to the right, however the rows are sorted; what has no time comes last.
  return type === 'line' && column && isTime(column) ? points.sort((a, b) => timeOf(a) - timeOf(b)) : points
}

const timeOf = ({ x }: ChartPoint): number => x ?? Number.MAX_VALUE

/** Short enough to stand under an axis: a day without its midnight, a moment without its fractions. */
export const axisLabel = (label: string): string =>
  label.replace(/^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(?::.*)?$/, (_, day: string, time: string) =>
    time === '00:00' ? day : `${day} ${time}`,
  )

const placeOf = (cell: Cell, kind: ResultColumn['kind']): number | null => {
  const key = keyOf(kind, cell)
  const isMoment = kind === 'timestamp' || kind === 'date'
  const number = isMoment ? (momentOf(String(cell))?.getTime() ?? (key?.number ?? Number.NaN) * 1_000) : key?.number
  return number === undefined || !Number.isFinite(number) ? null : number
}
