'use client'
import { useEffect, useState } from 'react'
import { callApi } from '#lib/client/api'
import type { SavedQuery } from '#lib/saved-queries/schema'

/** The saved query that a tab was opened from; undefined where there is none any more. */
export const useSavedQuery = (id: string | null): SavedQuery | undefined | 'loading' => {
  const [found, setFound] = useState<SavedQuery | undefined | 'loading'>(id === null ? undefined : 'loading')
  useEffect(() => {
    if (id === null) return
    let isGone = false
    const put = (saved: SavedQuery | undefined) => !isGone && setFound(saved)
    callApi<SavedQuery>(`/api/saved-queries/${encodeURIComponent(id)}`).then(
      ({ data }) => put(data),
      () => put(undefined),
    )
    return () => {
      isGone = true
    }
  }, [id])
  return found
}
