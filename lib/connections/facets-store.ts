import { Prisma } from '#lib/db/client'
import { readRows } from '#lib/db/rows'
import { matches, stateJoins } from './filter-store.ts'
import { states, type Viewer } from './store.ts'

export interface Facet {
  kind: 'type' | 'environment' | 'tag' | 'status' | 'used'
  value: string | null
  count: number
}

const tagsMax = 200

/**
 * What there is to filter by, and how many each would leave. One walk over the connections: the numbers of the menus are
 * asked for when one is opened, so that the list itself never waits for them.
 */
export const listFacets = (
  viewer: Viewer,
  filter: { role?: string | undefined; deleted: boolean },
): Promise<Facet[]> => {
  const status = Prisma.join(
    Object.entries(states).map(([state, condition]) => Prisma.sql`when ${condition} then ${state}`),
    ' ',
  )
  return readRows<Facet>(Prisma.sql`
    with seen as materialized (
      select c.id, c.type, c.environment, c.tags, case ${status} end as status
      from connections c ${stateJoins}
      where ${Prisma.join(matches(viewer, filter), ' and ')}
    )
    select case when grouping(type) = 0 then 'type' when grouping(environment) = 0 then 'environment' else 'status' end as kind,
      coalesce(type, environment, status) as value, count(*)::int as count
    from seen group by grouping sets ((type), (environment), (status))
    union all (select 'tag', tag, count(*)::int from seen, unnest(tags) tag group by 2 order by 3 desc, 2 limit ${tagsMax})
    union all select 'used', (r.connection_id is not null)::text, count(*)::int
      from seen left join (select distinct connection_id from pipeline_references) r on r.connection_id = seen.id group by 2
    order by kind, count desc, value`)
}
