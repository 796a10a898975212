import { useEffect, useMemo, useState } from 'react'
import { inSlices } from './in-slices.ts'
import type { ResultState, ResultStore } from './result-store.ts'
import { type ViewSettings, viewSteps } from './result-view.ts'

export interface ResultView {
  /** How many rows are shown. */
  rows: number
  indexAt(at: number): number
  /** A new order is being worked out; the one before stands until then. */
  isBusy: boolean
}

/** Which rows of a result are shown, in which order. */
export const useResultView = (store: ResultStore, state: ResultState, settings: ViewSettings): ResultView => {
  const { columns, rows, status } = state
  const [order, setOrder] = useState<Uint32Array>()
  const [isBusy, setBusy] = useState(false)
  const isPlain = settings.sorting === undefined && settings.filters.length === 0
  // While rows come it is worked out again whenever they have doubled, and once more at the end.
  const counted = isPlain ? 0 : status === 'running' ? 2 ** Math.floor(Math.log2(Math.max(1, rows))) : rows
  useEffect(() => {
    if (isPlain || !columns) return setOrder(undefined)
    const abort = new AbortController()
    setBusy(true)
    void inSlices(viewSteps({ columns, count: counted, cell: store.cell }, settings), abort.signal).then((found) => {
      if (!found) return
      setOrder(found)
      setBusy(false)
    })
    return () => abort.abort()
  }, [store, columns, counted, settings, isPlain])
  const shown = isPlain ? undefined : order
  const indexAt = useMemo(() => (at: number) => (shown ? (shown[at] ?? 0) : at), [shown])
  return { rows: shown?.length ?? rows, indexAt, isBusy: isBusy && !isPlain }
}
