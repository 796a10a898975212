import type { ConnectionList, ConnectionView } from '#lib/connections/schema'

/** What was loaded of one list, and what happened to single rows since. */
export interface Loaded {
  /** The server-rendered page. */
  base: ConnectionList
  /** Which list it is. */
  key: string
  more: readonly ConnectionView[]
  cursor: string | null
  changed: ReadonlyMap<string, Partial<ConnectionView>>
  removed: ReadonlySet<string>
  /** Shown on top of this list until the page comes that it stands on. */
  pinned: ConnectionView | undefined
}

export const fresh = (base: ConnectionList, key: string): Loaded => ({
  base,
  key,
  more: [],
  cursor: base.page.cursor,
  changed: new Map(),
  removed: new Set(),
  pinned: undefined,
})

/** The next page; a row that moved there meanwhile stays where it is. */
export const withPage = (loaded: Loaded, page: readonly ConnectionView[], cursor: string | null): Loaded => {
  const known = idsOf([...loaded.base.items, ...loaded.more])
  return { ...loaded, more: [...loaded.more, ...page.filter(({ id }) => !known.has(id))], cursor }
}

/** The first page anew: what was loaded after it stays, so that nobody is thrown back to the top. */
export const refreshed = (loaded: Loaded, base: ConnectionList): Loaded => {
  const pinned = pinnedOf(loaded)
  if (loaded.more.length === 0) return { ...fresh(base, loaded.key), pinned }
  const inBase = idsOf(base.items)
  // What a new row pushed off the end of the first page.
  const lastId = base.items.at(-1)?.id
  const cut = loaded.base.items.findIndex(({ id }) => id === lastId)
  const pushed = cut < 0 ? [] : loaded.base.items.slice(cut + 1)
  return {
    ...loaded,
    base,
    pinned,
    more: [...pushed, ...loaded.more].filter(({ id }) => !inBase.has(id)),
    changed: new Map([...loaded.changed].filter(([id]) => !inBase.has(id))),
    removed: new Set([...loaded.removed].filter((id) => !inBase.has(id))),
  }
}

/** As it stands now; what was taken from the list does not come back with the next answer. */
const pinnedOf = ({ pinned, removed, changed }: Loaded): ConnectionView | undefined =>
  pinned === undefined || removed.has(pinned.id) ? undefined : { ...pinned, ...changed.get(pinned.id) }

/** Rows as they stand now; a row that nothing happened to is the same object as before. */
export const rowsOf = ({ base, more, removed, changed, pinned }: Loaded): ConnectionView[] => {
  const listed = more.length === 0 ? base.items : [...base.items, ...more]
  const isListed = pinned === undefined || listed.some(({ id }) => id === pinned.id)
  const rows = isListed ? listed : [pinned, ...listed]
  if (removed.size === 0 && changed.size === 0) return rows
  return rows.flatMap((row) => {
    if (removed.has(row.id)) return []
    const fields = changed.get(row.id)
    return fields ? { ...row, ...fields } : row
  })
}

const idsOf = (rows: readonly ConnectionView[]): Set<string> => new Set(rows.map(({ id }) => id))
