'use client'
import { useEffect, useRef } from 'react'
import { callApi } from '#lib/client/api'
import type { ConnectionView } from '#lib/connections/schema'

/** `#orders` in the address brings that connection's row into view, focuses it and marks it for a moment. */
export const useArrival = (rows: readonly ConnectionView[], onMissing: (connection: ConnectionView) => void): void => {
  const seen = useRef<string>(undefined)
  useEffect(() => {
    const slug = window.location.hash.slice(1)
    if (slug === '' || seen.current === slug) return
    const row = rows.find(({ conn_id }) => conn_id === slug)
    if (row) {
      seen.current = slug
      return markRow(row.id)
    }
    // It may stand on a later page of the list.
    const path = `/api/connections/${slug}`
    callApi<ConnectionView>(path).then(
      ({ data }) => data.deleted_at === null && onMissing(data),
      () => undefined,
    )
  }, [rows, onMissing])
}

const markRow = (id: string): void => {
  const link = [...document.querySelectorAll<HTMLElement>('[data-row-link]')].find(
    ({ dataset }) => dataset.rowLink === id,
  )
  const row = link?.closest('tr')
  if (!link || !row) return
  link.focus({ preventScroll: true })
  const { top, bottom } = row.getBoundingClientRect()
  if (top < 0 || bottom > window.innerHeight) row.scrollIntoView({ block: 'center' })
  row.dataset.arrived = ''
  setTimeout(() => delete row.dataset.arrived, 3_000)
}
