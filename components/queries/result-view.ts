import { isCut } from './cell.ts'
import type { Cell, ResultColumn } from './result-store.ts'
import { compareKeys, keyOf } from './sort-keys.ts'
import { sortSteps } from './sort-steps.ts'

export interface Sorting {
  column: number
  isDescending: boolean
}

export const filterOperators = {
  contains: 'contains',
  equal: '=',
  unequal: '≠',
  less: '<',
  greater: '>',
  null: 'is NULL',
  present: 'is not NULL',
} as const
export type FilterOperator = keyof typeof filterOperators

export interface Filter {
  column: number
  operator: FilterOperator
  /** As it was typed. */
  value: string
}

export interface ViewSettings {
  sorting: Sorting | undefined
  filters: readonly Filter[]
}

/** The rows that were loaded, of which a view shows some in an order of its own. */
export interface Loaded {
  columns: readonly ResultColumn[]
  count: number
  cell(index: number, column: number): Cell
}

/** How many rows are looked at before the page may do something else. */
const piece = 1_024

/**
 * Finds out which rows a view shows, in which order: a generator that pauses often, so that a million rows do not stop the
 * page. NULLs come last whichever way it is sorted, rows that are equal stay in the order they came in.
 */
export function* viewSteps(loaded: Loaded, { sorting, filters }: ViewSettings): Generator<void, Uint32Array> {
  const kept = yield* filtered(loaded, filters)
  if (!sorting) return kept
  const { column, isDescending } = sorting
  const cellOf = (index: number) => loaded.cell(index, column)
  return yield* sortSteps(kept, cellOf, { kind: loaded.columns[column]?.kind ?? 'other', isDescending })
}

function* filtered({ columns, count, cell }: Loaded, filters: readonly Filter[]): Generator<void, Uint32Array> {
  const tests = filters.map((filter) => ({
    ...filter,
    passes: testOf(filter, columns[filter.column]?.kind ?? 'other'),
  }))
  const kept = new Uint32Array(count)
  let length = 0
  for (let index = 0; index < count; index += 1) {
    if (index % piece === piece - 1) yield
    if (tests.every(({ column, passes }) => passes(cell(index, column)))) kept[length++] = index
  }
  return kept.subarray(0, length)
}

const testOf = ({ operator, value }: Filter, kind: ResultColumn['kind']): ((cell: Cell) => boolean) => {
  if (operator === 'null') return (cell) => cell === null
  if (operator === 'present') return (cell) => cell !== null
  if (operator === 'contains') {
    const wanted = value.toLowerCase()
    return (cell) => cell !== null && textOf(cell).toLowerCase().includes(wanted)
  }
  const other = keyOf(kind, value)
  return (cell) => {
    const key = keyOf(kind, cell)
    return key !== undefined && other !== undefined && fits[operator](compareKeys(kind, key, other))
  }
}

const fits: Record<'equal' | 'unequal' | 'less' | 'greater', (compared: number) => boolean> = {
  equal: (compared) => compared === 0,
  unequal: (compared) => compared !== 0,
  less: (compared) => compared < 0,
  greater: (compared) => compared > 0,
}

/** A column has one filter of each kind: the newest. */
export const withFilter = (filters: readonly Filter[], filter: Filter): Filter[] => [
  ...filters.filter(({ column, operator }) => column !== filter.column || operator !== filter.operator),
  filter,
]

/** Leaves the rows that have the same value in this column; undefined for a value of which only a part came. */
export const filterOf = (column: number, cell: Cell): Filter | undefined => {
  if (cell === null) return { column, operator: 'null', value: '' }
  return isCut(cell) ? undefined : { column, operator: 'equal', value: String(cell) }
}

/** Whether what was typed can be compared with values of this kind. */
export const canCompare = (kind: ResultColumn['kind'], operator: FilterOperator, value: string): boolean =>
  !(operator in fits) || !Number.isNaN(keyOf(kind, value)?.number)

const textOf = (cell: NonNullable<Cell>): string => (isCut(cell) ? cell.cut : String(cell))
