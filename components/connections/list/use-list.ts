'use client'
import { useMemo, useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import type { ConnectionList, ConnectionView } from '#lib/connections/schema'
import type { ListQuery } from './list-query.ts'

interface Loaded {
  /** The server-rendered page that these belong to; a new one starts over. */
  base: ConnectionList
  more: ConnectionView[]
  cursor: string | null
  changed: ReadonlyMap<string, Partial<ConnectionView>>
  removed: ReadonlySet<string>
}

const fresh = (base: ConnectionList): Loaded => ({
  base,
  more: [],
  cursor: base.page.cursor,
  changed: new Map(),
  removed: new Set(),
})

/** The rows on screen: the server's page, the pages loaded after it, and what happened to single rows since. */
export const useList = (list: ConnectionList, query: ListQuery) => {
  const [loaded, setLoaded] = useState(() => fresh(list))
  const [isLoadingMore, setLoadingMore] = useState(false)
  const current = loaded.base === list ? loaded : fresh(list)
  if (current !== loaded) setLoaded(current)

  const [pinned, setPinned] = useState<ConnectionView>()
  const rows = useMemo(() => rowsOf(current, pinned), [current, pinned])

  const loadMore = async () => {
    if (current.cursor === null || isLoadingMore) return
    setLoadingMore(true)
    try {
      const path = withQuery('/api/connections', { ...query, cursor: current.cursor, limit: 100 })
      const { data, meta } = await callApi<ConnectionView[]>(path)
      const { cursor } = meta.page as ConnectionList['page']
      setLoaded((now) => (now.base === list ? { ...now, more: [...now.more, ...data], cursor } : now))
    } finally {
      setLoadingMore(false)
    }
  }
  const change = (id: string, fields: Partial<ConnectionView>) =>
    setLoaded((now) => ({ ...now, changed: new Map(now.changed).set(id, { ...now.changed.get(id), ...fields }) }))
  const remove = (id: string) => setLoaded((now) => ({ ...now, removed: new Set(now.removed).add(id) }))
  const bringBack = (id: string) =>
    setLoaded((now) => ({ ...now, removed: new Set([...now.removed].filter((other) => other !== id)) }))

  return {
    /** Shows a connection on top that the first page of the list does not have. */
    pin: setPinned,
    rows,
    hasMore: current.cursor !== null,
    isLoadingMore,
    loadMore,
    change,
    remove,
    bringBack,
  }
}

const rowsOf = ({ base, more, removed, changed }: Loaded, pinned: ConnectionView | undefined): ConnectionView[] => {
  const listed = [...base.items, ...more]
  const isListed = pinned === undefined || listed.some(({ id }) => id === pinned.id)
  return (isListed ? listed : [pinned, ...listed])
    .filter(({ id }) => !removed.has(id))
    .map((row) => ({ ...row, ...changed.get(row.id) }))
}
