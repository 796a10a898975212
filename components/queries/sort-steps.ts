import { mergeSort } from './merge-sort.ts'
import { prefixRankOf } from './prefix-rank.ts'
import { isSame, radixSort } from './radix-sort.ts'
import type { Cell, ResultColumn } from './result-store.ts'
import { compareKeys, keyOf, type SortKey } from './sort-keys.ts'

/** How many rows are looked at before the page may do something else. */
const piece = 1_024

interface SortOptions {
  kind: ResultColumn['kind']
  isDescending: boolean
}

/**
 * The rows in the order of a column: by a number that stands for each value, which takes a moment however many there are,
 * and where that is the same by the whole values. NULLs come last, rows that are equal stay in the order they came in.
 */
export function* sortSteps(
  kept: Uint32Array,
  cellOf: (index: number) => Cell,
  { kind, isDescending }: SortOptions,
): Generator<void, Uint32Array> {
  const sign = isDescending ? -1 : 1
  const { regular, odd, nulls } = yield* readValues(kept, cellOf, kind)
  const ranks = yield* ranksOf(regular, kind, sign)
  const order = yield* radixSort(ranks)
  const compareIn = (keys: Keyed) => (a: number, b: number) => sign * compareKeys(kind, keyAt(keys, a), keyAt(keys, b))
  yield* settle(order, { ranks, texts: regular.texts, compare: compareIn(regular) })
  const oddOrder = yield* mergeSort(placesOf(odd), compareIn(odd))
  const parts = [order.map((at) => regular.indexes[at] ?? 0), oddOrder.map((at) => odd.indexes[at] ?? 0)]
  return joined([...(isDescending ? parts.reverse() : parts), nulls])
}

/** Values with where they come from; of many, so that they are no objects. */
interface Keyed {
  indexes: number[]
  numbers: number[]
  texts: string[]
}

const noneKeyed = (): Keyed => ({ indexes: [], numbers: [], texts: [] })
const keyAt = ({ numbers, texts }: Keyed, at: number): SortKey => ({ number: numbers[at] ?? 0, text: texts[at] ?? '' })
const placesOf = ({ indexes }: Keyed) => Uint32Array.from(indexes.keys())

/** `odd`: what could not be read as its kind, and stands behind what could. */
function* readValues(kept: Uint32Array, cellOf: (index: number) => Cell, kind: SortOptions['kind']) {
  const [regular, odd, nulls] = [noneKeyed(), noneKeyed(), [] as number[]]
  for (let at = 0; at < kept.length; at += 1) {
    if (at % piece === piece - 1) yield
    const index = kept[at] ?? 0
    const key = keyOf(kind, cellOf(index))
    if (!key) nulls.push(index)
    else {
      const { indexes, numbers, texts } = Number.isNaN(key.number) ? odd : regular
      indexes.push(index)
      numbers.push(key.number)
      texts.push(key.text)
    }
  }
  return { regular, odd, nulls }
}

/** Numbers in the order of the values as far as they go; the same for all where there are none. */
function* ranksOf({ numbers, texts }: Keyed, kind: SortOptions['kind'], sign: number): Generator<void, Float64Array> {
  const ranks = new Float64Array(texts.length)
  const prefixRank = prefixRankOf(kind)
  for (let at = 0; at < ranks.length; at += 1) {
    if (at % piece === piece - 1) yield
    const rank = prefixRank ? prefixRank(texts[at] ?? '') : numbers[at]
    if (rank === undefined) return ranks.fill(0)
    ranks[at] = sign * rank
  }
  return ranks
}

interface Settling {
  ranks: Float64Array
  texts: readonly string[]
  compare(a: number, b: number): number
}

/** Sorts those of one number by what else is known of them. */
function* settle(order: Uint32Array, { ranks, texts, compare }: Settling): Generator<void> {
  let start = 0
  for (let at = 1; at <= order.length; at += 1) {
    if (at % piece === 0) yield
    if (at < order.length && isSame(ranks, order[start] ?? 0, order[at] ?? 0)) continue
    const run = order.subarray(start, at)
    start = at
    if (run.length === 1 || areSame(run, texts)) continue
    run.set(yield* mergeSort(run, compare))
  }
}

const areSame = (run: Uint32Array, texts: readonly string[]): boolean => {
  const text = texts[run[0] ?? 0]
  return run.every((at) => texts[at] === text)
}

const joined = (parts: readonly ArrayLike<number>[]): Uint32Array => {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
