'use client'
import { useEffect, useRef, useState } from 'react'
import { callApi } from '#lib/client/api'
import type { ConnectionView } from '#lib/connections/schema'

interface Arrival {
  /** Brings the row into view and focuses it. */
  reveal(index: number): void
  /** It may stand on a later page of the list. */
  onMissing(connection: ConnectionView): void
}

/** `#orders` in the address brings that connection's row into view, focuses it and marks it for a moment; answers which. */
export const useArrival = (rows: readonly ConnectionView[], { reveal, onMissing }: Arrival): string | undefined => {
  const seen = useRef<string>(undefined)
  const asked = useRef<string>(undefined)
  const [arrivedId, setArrivedId] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: both callbacks are new in every render and say the same
  useEffect(() => {
    const slug = window.location.hash.slice(1)
    if (slug === '' || seen.current === slug) return
    const index = rows.findIndex(({ conn_id }) => conn_id === slug)
    const row = rows[index]
    if (row) {
      seen.current = slug
      reveal(index)
      setArrivedId(row.id)
      setTimeout(() => setArrivedId(undefined), 3_000)
      return
    }
    if (asked.current === slug) return
    asked.current = slug
    callApi<ConnectionView>(`/api/connections/${slug}`).then(
      ({ data }) => data.deleted_at === null && onMissing(data),
      () => undefined,
    )
  }, [rows])
  return arrivedId
}
