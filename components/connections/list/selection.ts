/** Which rows are chosen, and where a range of them would begin. */
export interface Selection {
  ids: ReadonlySet<string>
  anchor: string | undefined
}

export const nothingSelected: Selection = { ids: new Set(), anchor: undefined }

/** Chooses a row or takes it out again; the next range begins at it. */
export const toggleRow = ({ ids }: Selection, id: string): Selection => {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return { ids: next, anchor: id }
}

/** Shift: everything from where the last choice was made up to this row gets what this row gets. */
export const selectRange = (selection: Selection, order: readonly string[], id: string): Selection => {
  const [from, to] = [order.indexOf(selection.anchor ?? ''), order.indexOf(id)]
  if (from < 0 || to < 0) return toggleRow(selection, id)
  const next = new Set(selection.ids)
  const isAdding = !next.has(id)
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isAdding) next.add(one)
    else next.delete(one)
  }
  return { ids: next, anchor: id }
}

/** Everything loaded, or nothing when everything was chosen already. */
export const toggleAll = (selection: Selection, order: readonly string[]): Selection =>
  stateOf(selection, order) === 'all' ? nothingSelected : { ids: new Set(order), anchor: undefined }

export const stateOf = ({ ids }: Selection, order: readonly string[]): 'none' | 'some' | 'all' => {
  if (ids.size === 0) return 'none'
  return order.length > 0 && order.every((id) => ids.has(id)) ? 'all' : 'some'
}

/** Only what is still in the list stays chosen. */
export const keepListed = (selection: Selection, order: readonly string[]): Selection => {
  if (selection.ids.size === 0) return selection
  const listed = new Set(order)
  const kept = [...selection.ids].filter((id) => listed.has(id))
  return kept.length === selection.ids.size ? selection : { ...selection, ids: new Set(kept) }
}
