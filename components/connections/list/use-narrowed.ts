'use client'
import { useDeferredValue, useMemo, useState } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import { narrow } from './narrow.ts'

/** The loaded rows; while the server has not yet looked for what is typed, those of them that hold it. */
export const useNarrowed = (loaded: readonly ConnectionView[], q = '') => {
  const [typed, type] = useState(q)
  const searched = useDeferredValue(typed).trim()
  const isSearching = searched !== q.trim()
  const rows = useMemo(() => (isSearching ? narrow(loaded, searched) : loaded), [loaded, isSearching, searched])
  return { rows, searched, isSearching, type }
}
