import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react'
import type { ResultColumn, Row } from '../result-store.ts'
import { guessWidths, keepWidth } from './column-widths.ts'

export interface ColumnPlace {
  /** In the result. */
  index: number
  /** In the grid, pinned ones first. */
  at: number
  start: number
  width: number
}

export interface GridColumns {
  /** Columns of the result in the order of the grid. */
  order: readonly number[]
  pinned: readonly ColumnPlace[]
  /** Those on screen, of the others. */
  shown: readonly ColumnPlace[]
  /** Of the numbers of the rows. */
  gutter: number
  /** Of the part that stays at the left. */
  fixed: number
  width: number
  isPinned(index: number): boolean
  pin(index: number, isPinned: boolean): void
  resize(index: number, width: number): void
  widthOf(index: number): number
  show(at: number): void
}

/** Where columns stand and which of them exist in the page, so that a thousand cost no more than those on screen. */
export const useColumns = (
  scroller: RefObject<HTMLElement | null>,
  { columns, sample, rows }: { columns: readonly ResultColumn[]; sample: readonly Row[]; rows: number },
): GridColumns => {
  const [chosen, setChosen] = useState<ReadonlyMap<number, number>>(new Map())
  const [pins, setPins] = useState<readonly number[]>([])
  const guessed = useMemo(() => guessWidths(columns, sample), [columns, sample])
  const widthOf = useCallback((index: number) => chosen.get(index) ?? guessed[index] ?? 120, [chosen, guessed])
  const gutter = Math.max(44, String(rows).length * 8 + 20)
  const order = useMemo(() => {
    const others = columns.map((_, index) => index).filter((index) => !pins.includes(index))
    return [...pins, ...others]
  }, [columns, pins])
  const pinned = useMemo(() => inRow(pins, gutter, widthOf), [pins, gutter, widthOf])
  const fixed = pinned.reduce((sum, { width }) => sum + width, gutter)

  const virtual = useVirtualizer({
    horizontal: true,
    count: order.length - pins.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => widthOf(order[at + pins.length] ?? -1),
    getItemKey: (at) => order[at + pins.length] ?? -1,
    paddingStart: fixed,
    scrollPaddingStart: fixed,
    overscan: 3,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: sizes are asked for anew when what they follow from has changed
  useEffect(() => virtual.measure(), [virtual, widthOf, order, fixed])
  const items = virtual.getVirtualItems()
  const shown = useMemo(
    () =>
      items.map(({ index: at, start, size }) => ({
        index: order[at + pins.length] ?? -1,
        at: at + pins.length,
        start,
        width: size,
      })),
    [items, order, pins],
  )
  return {
    order,
    pinned,
    shown,
    gutter,
    fixed,
    width: virtual.getTotalSize(),
    isPinned: (index) => pins.includes(index),
    pin: (index, isPinned) =>
      setPins((now) => [...now.filter((other) => other !== index), ...(isPinned ? [index] : [])]),
    resize: (index, width) => setChosen((now) => new Map(now).set(index, keepWidth(width))),
    widthOf,
    show: (at) => at >= pins.length && virtual.scrollToIndex(at - pins.length, { align: 'auto' }),
  }
}

const inRow = (indexes: readonly number[], from: number, widthOf: (index: number) => number): ColumnPlace[] => {
  let start = from
  return indexes.map((index, at) => {
    const place = { index, at, start, width: widthOf(index) }
    start += place.width
    return place
  })
}
