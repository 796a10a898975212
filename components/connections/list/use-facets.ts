'use client'
import { useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import type { ConnectionFacets } from '#lib/connections/schema'
import type { ListQuery } from './list-query.ts'

/** What there is to filter by in this tab, counted when a filter is opened: the list itself does not wait for it. */
export const useFacets = ({ role, deleted }: ListQuery) => {
  const path = withQuery('/api/connections/facets', { role, deleted })
  const [loaded, setLoaded] = useState<{ path: string; facets: ConnectionFacets }>()
  const load = () =>
    callApi<ConnectionFacets>(path).then(
      ({ data }) => setLoaded({ path, facets: data }),
      // The choices are there without their numbers.
      () => undefined,
    )
  return { facets: loaded?.path === path ? loaded.facets : undefined, load }
}
