'use client'
import { useMemo, useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import type { ConnectionList, ConnectionView } from '#lib/connections/schema'
import { fresh, type Loaded, refreshed, rowsOf, withPage } from './list-pages.ts'
import { askedOf, type ListQuery, listHref } from './list-query.ts'

const pageSize = 200

/** The rows on screen: the server's page, the pages loaded after it, and what happened to single rows since. */
export const useList = (list: ConnectionList, query: ListQuery) => {
  const key = listHref(query)
  const [loaded, setLoaded] = useState(() => fresh(list, key))
  // Of one list: what failed there says nothing of the next.
  const [loading, setLoading] = useState<{ key: string; state: 'yes' | 'failed' }>()
  const state = loading?.key === key ? loading.state : undefined
  const current = loaded.base === list ? loaded : loaded.key === key ? refreshed(loaded, list) : fresh(list, key)
  if (current !== loaded) setLoaded(current)

  const rows = useMemo(() => rowsOf(current), [current])

  const loadMore = async () => {
    if (current.cursor === null || state === 'yes') return
    setLoading({ key, state: 'yes' })
    const end = (failed?: 'failed') => setLoading((now) => (now?.key === key ? failed && { key, state: failed } : now))
    try {
      const path = withQuery('/api/connections', { ...askedOf(query), cursor: current.cursor, limit: pageSize })
      const { data, meta } = await callApi<ConnectionView[]>(path)
      const { cursor } = meta.page as ConnectionList['page']
      setLoaded((now) => (now.cursor === current.cursor && now.key === key ? withPage(now, data, cursor) : now))
      end()
    } catch {
      end('failed')
    }
  }
  const update = (change: (now: Loaded) => Partial<Loaded>) => setLoaded((now) => ({ ...now, ...change(now) }))
  return {
    /** Shows a connection on top that the first page of the list does not have. */
    pin: (pinned: ConnectionView) => update(() => ({ pinned })),
    rows,
    more:
      current.cursor === null
        ? undefined
        : { isLoading: state === 'yes', hasFailed: state === 'failed', load: loadMore },
    change: (id: string, fields: Partial<ConnectionView>) =>
      update(({ changed }) => ({ changed: new Map(changed).set(id, { ...changed.get(id), ...fields }) })),
    remove: (...ids: string[]) => update(({ removed }) => ({ removed: new Set([...removed, ...ids]) })),
    bringBack: (...ids: string[]) =>
      update(({ removed }) => ({ removed: new Set([...removed].filter((id) => !ids.includes(id))) })),
  }
}
