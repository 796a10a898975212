'use client'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import type { TableHandle } from './connections-table.tsx'

/** The row that keys act on. When it leaves the list while it has the focus, the row that took its place gets it. */
export const useActiveRow = (rows: readonly ConnectionView[], table: RefObject<TableHandle | null>) => {
  const [activeId, setActiveId] = useState<string>()
  const place = useRef(-1)
  const activeIndex = useMemo(
    () => (activeId === undefined ? -1 : rows.findIndex(({ id }) => id === activeId)),
    [rows, activeId],
  )
  useEffect(() => {
    if (activeIndex >= 0) {
      place.current = activeIndex
      return
    }
    if (activeId === undefined || place.current < 0) return
    const next = Math.min(place.current, rows.length - 1)
    place.current = -1
    if (next >= 0 && document.activeElement === document.body) table.current?.reveal(next)
    else setActiveId(undefined)
  }, [activeIndex, activeId, rows.length, table])
  return { activeIndex, active: rows[activeIndex], setActiveId }
}
