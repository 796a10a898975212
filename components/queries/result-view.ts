import { isCut } from './cell.ts'
import type { Cell, ResultColumn, Row } from './result-store.ts'
import { compareKeys, keyOf, type SortKey } from './sort-keys.ts'

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
  read(index: number): Row
}

/** How many rows are looked at before the page may do something else. */
const piece = 1_024

/**
 * Finds out which rows a view shows, in which order: a generator that pauses often, so that a million rows do not stop the
 * page. NULLs come last whichever way it is sorted, rows that are equal stay in the order they came in.
 */
export function* viewSteps(loaded: Loaded, { sorting, filters }: ViewSettings): Generator<void, Uint32Array> {
  const kept = yield* filtered(loaded, filters)
  return sorting ? yield* sorted(loaded, kept, sorting) : kept
}

function* filtered({ columns, count, read }: Loaded, filters: readonly Filter[]): Generator<void, Uint32Array> {
  const tests = filters.map((filter) => ({
    ...filter,
    passes: testOf(filter, columns[filter.column]?.kind ?? 'other'),
  }))
  const kept = new Uint32Array(count)
  let length = 0
  for (let index = 0; index < count; index += 1) {
    if (index % piece === piece - 1) yield
    const row = tests.length === 0 ? undefined : read(index)
    if (tests.every(({ column, passes }) => passes(row?.[column] ?? null))) kept[length++] = index
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

/** Whether what was typed can be compared with values of this kind. */
export const canCompare = (kind: ResultColumn['kind'], operator: FilterOperator, value: string): boolean =>
  !(operator in fits) || !Number.isNaN(keyOf(kind, value)?.number)

const textOf = (cell: NonNullable<Cell>): string => (isCut(cell) ? cell.cut : String(cell))

type Compare = (a: number, b: number) => number
const none: SortKey = { number: 0, text: '' }

function* sorted(loaded: Loaded, kept: Uint32Array, { column, isDescending }: Sorting): Generator<void, Uint32Array> {
  const kind = loaded.columns[column]?.kind ?? 'other'
  const keys = new Array<SortKey | undefined>(loaded.count)
  const all = new Uint32Array(kept.length)
  const nulls = new Uint32Array(kept.length)
  let [keyed, empty] = [0, 0]
  for (const [at, index] of kept.entries()) {
    if (at % piece === piece - 1) yield
    const key = keyOf(kind, loaded.read(index)[column] ?? null)
    keys[index] = key
    if (key) all[keyed++] = index
    else nulls[empty++] = index
  }
  const compare: Compare = (a, b) => {
    const order = compareKeys(kind, keys[a] ?? none, keys[b] ?? none)
    return isDescending ? -order : order
  }
  all.set(yield* mergeSort(all.subarray(0, keyed), compare))
  all.set(nulls.subarray(0, empty), keyed)
  return all
}

/** Sorts short runs at once and merges them pair by pair, pausing in between. */
function* mergeSort(items: Uint32Array, compare: Compare): Generator<void, Uint32Array> {
  for (let start = 0; start < items.length; start += piece) {
    items.subarray(start, start + piece).sort(compare)
    yield
  }
  let [from, to]: [Uint32Array, Uint32Array] = [items, new Uint32Array(items.length)]
  for (let width = piece; width < items.length; width *= 2) {
    for (let start = 0; start < items.length; start += 2 * width) yield* merge(from, to, start, width, compare)
    ;[from, to] = [to, from]
  }
  return from
}

function* merge(from: Uint32Array, to: Uint32Array, start: number, width: number, compare: Compare): Generator<void> {
  const middle = Math.min(start + width, from.length)
  const end = Math.min(start + 2 * width, from.length)
  let [left, right] = [start, middle]
  for (let at = start; at < end; at += 1) {
    if (at % piece === 0) yield
    const [a, b] = [from[left] ?? 0, from[right] ?? 0]
    const isLeft = left < middle && (right >= end || compare(a, b) <= 0)
    to[at] = isLeft ? a : b
    if (isLeft) left += 1
    else right += 1
  }
}
