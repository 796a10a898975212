import { type DiscoverRequest, discovered } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { operation, type ReadContext, streamOperation } from '#lib/core/operation'
import { decodeCursor, encodeCursor } from '#lib/core/page'
import { openCache, wantFirst } from './cached.ts'
import { discover, passOn, startDiscovery } from './discovery.ts'
import { schemasOutput } from './objects.ts'
import {
  discoverInput,
  discoverOutput,
  parseRelationPath,
  relationInput,
  relationOutput,
  relationsInput,
  relationsOutput,
  schemasInput,
} from './schema.ts'

export const listSchemas = operation({
  summary: 'List the schemas of a data source, as they were read last; `live` asks the server',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: schemasInput,
  output: schemasOutput,
  async run({ ref, live }, context) {
    const cached = await openCache({ ref, live }, context)
    if (cached) return { items: await cached.schemas() }
    const found = await discover(ref, { what: 'schemas', detail: 'names' }, context)
    await wantFirst(ref, live, context)
    return { items: found.filter((item) => item.type === 'schema') }
  },
})

export const listRelations = operation({
  summary: 'List tables, views and their kin, sorted by schema and name; `live` asks the server',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: relationsInput,
  output: relationsOutput,
  async run({ ref, live, limit, cursor, ...filter }, context) {
    const after = decodeCursor(cursor, sort)
    const page = { ...filter, limit: limit + 1, ...(after && { after: [after.value, after.id] as [string, string] }) }
    const cached = await openCache({ ref, live }, context)
    const relations = cached ? await cached.relations(page) : await discoverRelations(ref, page, context)
    if (!cached) await wantFirst(ref, live, context)
    const items = relations.slice(0, limit)
    const last = relations.length > limit ? items.at(-1) : undefined
    return { items, page: { limit, cursor: last ? encodeCursor({ sort, value: last.schema, id: last.name }) : null } }
  },
})

export const getRelation = operation({
  summary: 'Read one table or view: columns, keys, indexes, constraints; `live` asks the server',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: relationInput,
  output: relationOutput,
  async run({ ref, table, live }, context) {
    const key = parseRelationPath(table)
    const cached = await openCache({ ref, live }, context)
    const relation = cached
      ? await cached.relation(key)
      : (await discoverRelations(ref, { ...key, detail: 'full' }, context))[0]
    if (relation) return relation
    throw new AppError('not_found', 'There is no such table, or the login of this connection cannot see it.')
  },
})

type RelationPage = Omit<DiscoverRequest, 'what' | 'unless'>

const discoverRelations = async (ref: string, page: RelationPage, context: ReadContext) => {
  const asked = Object.fromEntries(Object.entries(page).filter(([, value]) => value !== undefined))
  const found = await discover(ref, { ...asked, what: 'relations', detail: page.detail }, context)
  return found.filter((item) => item.type === 'relation')
}

export const discoverAll = streamOperation({
  summary: 'Stream everything a data source holds',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: discoverInput,
  line: discovered,
  output: discoverOutput,
  async *run({ ref, detail }, context) {
    let bytes = 0
    for await (const chunk of passOn(await startDiscovery(ref, { what: 'relations', detail }, context))) {
      bytes += chunk.byteLength
      yield chunk
    }
    return { bytes }
  },
})

const sort = 'schema,name'
