'use client'
import { useMemo, useState } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import { keepListed, nothingSelected, selectRange, stateOf, toggleAll, toggleRow } from './selection.ts'

/** Which of the rows are chosen; rows that leave the list are no longer. */
export const useSelection = (rows: readonly ConnectionView[]) => {
  const [chosen, setChosen] = useState(nothingSelected)
  const order = useMemo(() => rows.map(({ id }) => id), [rows])
  const selection = useMemo(() => keepListed(chosen, order), [chosen, order])
  return {
    ids: selection.ids,
    chosen: useMemo(
      () => (selection.ids.size === 0 ? [] : rows.filter(({ id }) => selection.ids.has(id))),
      [rows, selection],
    ),
    state: useMemo(() => stateOf(selection, order), [selection, order]),
    select: (id: string, isRange: boolean) =>
      setChosen(isRange ? selectRange(selection, order, id) : toggleRow(selection, id)),
    selectAll: () => setChosen(toggleAll(selection, order)),
    choose: (ids: readonly string[]) => setChosen({ ids: new Set(ids), anchor: undefined }),
    clear: () => setChosen(nothingSelected),
  }
}
