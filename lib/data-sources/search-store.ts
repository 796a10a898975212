import * as z from 'zod'
import { discoveredRelation } from '#lib/connectors/contract'
import { Prisma, type Tx } from '#lib/db/client'
import type { SearchPlace } from './schema.ts'

export interface RelationSearch {
  connectionId: string
  q: string
  schema?: string | undefined
  /** Names only, which is what is completed. */
  isNamesOnly: boolean
  after?: SearchPlace | undefined
  limit: number
}

/** Where it was found, the best first. */
const ranks = { whole: 0, beginning: 1, inside: 2, comment: 3, columns: 4 } as const

/**
 * Current relations by a text in them, the best first. One walk over what is known of the source: nobody can say beforehand how
 * many rows hold a text, and an index of every part of every name would cost each refresh more than it saves here.
 */
export const searchRelations = async (tx: Tx, workspaceId: string, search: RelationSearch): Promise<FoundRow[]> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select o.*, s.structure from (${foundRows(workspaceId, search)}) o
    left join source_structures s on s.object_id = o.id and o.rank = ${ranks.columns} order by o.rank, o.schema, o.name`)
  return rows.map((row) => foundRow.parse(row))
}

const foundRows = (workspaceId: string, { connectionId, q, schema, isNamesOnly, after, limit }: RelationSearch) => {
  const text = q.toLowerCase()
  const where = [
    Prisma.sql`o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.type = 'relation' and o.until_at is null`,
    isNamesOnly
      ? Prisma.sql`position(${text} in o.search) > 0 and f.rank <= ${ranks.inside}`
      : Prisma.sql`(position(${text} in o.search) > 0 or position(${text} in o.search_columns) > 0)`,
  ]
  if (schema !== undefined) where.push(Prisma.sql`o.schema = ${schema}`)
  if (after) where.push(Prisma.sql`(f.rank, o.schema, o.name) > (${after.rank}, ${after.schema}, ${after.name})`)
  return Prisma.sql`
    select o.id, o.schema, o.name, o.kind, o.comment, o.row_estimate::float8 as row_estimate, f.rank from source_objects o
    cross join lateral (select case
      when starts_with(o.search, ${`${text}\n`}) then ${ranks.whole}
      when starts_with(o.search, ${text}) then ${ranks.beginning}
      when position(${text} in split_part(o.search, e'\n', 1)) > 0 then ${ranks.inside}
      when position(${text} in o.search) > 0 then ${ranks.comment}
      else ${ranks.columns} end::int as rank) f
    where ${Prisma.join(where, ' and ')} order by f.rank, o.schema, o.name limit ${limit}`
}

const foundRow = discoveredRelation
  .pick({ schema: true, name: true, kind: true, comment: true, row_estimate: true })
  .extend({
    rank: z.literal(Object.values(ranks)),
    /** Of its columns, as it is kept; null where it was found by itself. */
    structure: z.string().nullable(),
  })
export type FoundRow = z.output<typeof foundRow>
