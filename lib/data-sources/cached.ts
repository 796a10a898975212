import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { ReadContext } from '#lib/core/operation'
import {
  findCache,
  findCachedRelation,
  listCachedRelations,
  listCachedSchemas,
  type RelationFilter,
  schemaLine,
  wasWantedLately,
} from './cache-store.ts'
import { countNamedObjects } from './object-store.ts'
import type { CountedSchema } from './objects.ts'
import { queueRefresh } from './queue-refresh.ts'
import { type FoundRow, type RelationSearch, searchRelations } from './search-store.ts'
import { findSource } from './store.ts'

/** What is kept of one data source, for one call. */
export interface Cached {
  schemas(): Promise<CountedSchema[]>
  relations(filter: Omit<RelationFilter, 'connectionId'>): Promise<DiscoveredRelation[]>
  search(search: Omit<RelationSearch, 'connectionId'>): Promise<FoundRow[]>
  relation(key: { schema: string; name: string }): Promise<DiscoveredRelation | undefined>
}

interface Asked {
  ref: string
  live: boolean
}

type Context = ReadContext & { meta(meta: Record<string, unknown>): void }

/** What is kept of a data source, unless the server itself is wanted or nothing is known; `meta` says from when it is. */
export const openCache = async ({ ref, live }: Asked, { actor, db, meta }: Context): Promise<Cached | undefined> => {
  if (live) return undefined
  // A connection that is not there is for the live reading to refuse.
  const source = await findSource(db, actor, ref)
  const state = source && (await findCache(db, actor.workspaceId, source.id))
  if (!state) return undefined
  const connectionId = source.id
  const { workspaceId } = actor
  meta({ refreshed_at: state.refreshedAt.toISOString() })
  return {
    schemas: async () => {
      const [schemas, counts] = await Promise.all([
        listCachedSchemas(db, workspaceId, connectionId),
        countNamedObjects(db, workspaceId, connectionId),
      ])
      return schemas.map((schema) => ({ ...schemaLine(schema), ...counts.get(schema.name) }))
    },
    relations: (filter) => listCachedRelations(db, workspaceId, { connectionId, ...filter }),
    search: (search) => searchRelations(db, workspaceId, { connectionId, ...search }),
    relation: (key) => findCachedRelation(db, workspaceId, { connectionId, ...key }),
  }
}

/** A data source that was looked at and never read is read, so that the next look needs no server. */
export const wantFirst = async (ref: string, live: boolean, { actor, db, ticket }: ReadContext): Promise<void> => {
  if (live) return
  const source = await findSource(db, actor, ref)
  if (!source || (await wasWantedLately(db, actor.workspaceId, source.id))) return
  // Somebody else may have asked in the same moment; one refresh is enough.
  await queueRefresh(db, { actor, ticket, connectionId: source.id, trigger: 'first' }).catch(() => undefined)
}
