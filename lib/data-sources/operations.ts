import { discovered } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { operation, streamOperation } from '#lib/core/operation'
import { decodeCursor, encodeCursor } from '#lib/core/page'
import { discover, passOn, startDiscovery } from './discovery.ts'
import {
  discoverInput,
  discoverOutput,
  parseRelationPath,
  relationInput,
  relationOutput,
  relationsInput,
  relationsOutput,
  schemasInput,
  schemasOutput,
} from './schema.ts'

export const listSchemas = operation({
  summary: 'List the schemas of a data source',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: schemasInput,
  output: schemasOutput,
  async run({ ref }, context) {
    const found = await discover(ref, { what: 'schemas', detail: 'names' }, context)
    return { items: found.filter((item) => item.type === 'schema') }
  },
})

export const listRelations = operation({
  summary: 'List tables, views and their kin, sorted by schema and name',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: relationsInput,
  output: relationsOutput,
  async run({ ref, schema, q, detail, limit, cursor }, context) {
    const after = decodeCursor(cursor, sort)
    const found = await discover(
      ref,
      {
        what: 'relations',
        detail,
        limit: limit + 1,
        ...(schema !== undefined && { schema }),
        ...(q !== undefined && { q }),
        ...(after && { after: [after.value, after.id] }),
      },
      context,
    )
    const relations = found.filter((item) => item.type === 'relation')
    const items = relations.slice(0, limit)
    const last = relations.length > limit ? items.at(-1) : undefined
    return { items, page: { limit, cursor: last ? encodeCursor({ sort, value: last.schema, id: last.name }) : null } }
  },
})

export const getRelation = operation({
  summary: 'Read one table or view: columns, keys, indexes, constraints',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: relationInput,
  output: relationOutput,
  async run({ ref, table }, context) {
    const { schema, name } = parseRelationPath(table)
    const found = await discover(ref, { what: 'relations', schema, name, detail: 'full' }, context)
    const relation = found.find((item) => item.type === 'relation')
    if (relation?.type === 'relation') return relation
    throw new AppError('not_found', 'There is no such table, or the login of this connection cannot see it.')
  },
})

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
