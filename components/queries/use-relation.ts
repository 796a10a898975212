'use client'
import { useEffect, useState } from 'react'
import { callApi } from '#lib/client/api'
import type { DiscoveredRelation } from '#lib/connectors/contract'

/** Everything known of a table, once it has come. */
export const useRelation = (source: string, key: string): DiscoveredRelation | 'failed' | undefined => {
  const [found, setFound] = useState<DiscoveredRelation | 'failed'>()
  useEffect(() => {
    const abort = new AbortController()
    const path = `/api/data-sources/${encodeURIComponent(source)}/tables/${encodeURIComponent(key)}`
    callApi<DiscoveredRelation>(path, { signal: abort.signal }).then(
      ({ data }) => setFound(data),
      () => !abort.signal.aborted && setFound('failed'),
    )
    return () => abort.abort()
  }, [source, key])
  return found
}
