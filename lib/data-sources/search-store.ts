import * as z from 'zod'
import { discoveredRelation } from '#lib/connectors/contract'
import { Prisma, type Tx } from '#lib/db/client'
import { namedTypes } from './object-names.ts'
import { objectHead } from './object-store.ts'
import type { SearchPlace } from './schema.ts'

export interface RelationSearch {
  connectionId: string
  q: string
  schema?: string | undefined
  /** Routines, enums and extensions, too. */
  isOfAllTypes: boolean
  /** Names only, which is what is completed. */
  isNamesOnly: boolean
  after?: SearchPlace | undefined
  limit: number
}

/** Where it was found, the best first. */
const ranks = { whole: 0, beginning: 1, inside: 2, comment: 3, columns: 4 } as const

/**
 * What there is now by a text in them, the best first. One walk over what is known of the source: nobody can say beforehand how
 * many rows hold a text, and an index of every part of every name would cost each refresh more than it saves here.
 */
export const searchRelations = async (tx: Tx, workspaceId: string, search: RelationSearch): Promise<FoundRow[]> => {
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select o.*, case when o.type = 'relation' then s.structure else ${objectHead} end as structure from (${foundRows(workspaceId, search)}) o
    left join source_structures s on s.object_id = o.id and (o.rank = ${ranks.columns} or o.type <> 'relation')
    order by o.rank, o.schema, o.name, o.type`)
  return rows.map((row) => foundRow.parse(row))
}

const foundRows = (workspaceId: string, search: RelationSearch) => {
  const { connectionId, schema, isOfAllTypes, isNamesOnly, after, limit } = search
  const text = search.q.toLowerCase()
  const where = [
    Prisma.sql`o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.until_at is null`,
    isOfAllTypes ? Prisma.sql`true` : Prisma.sql`o.type = 'relation'`,
    isNamesOnly
      ? Prisma.sql`position(${text} in o.search) > 0 and f.rank <= ${ranks.inside}`
      : Prisma.sql`(position(${text} in o.search) > 0 or position(${text} in o.search_columns) > 0)`,
  ]
  if (schema !== undefined) where.push(Prisma.sql`o.schema = ${schema}`)
  if (after)
    where.push(
      Prisma.sql`(f.rank, o.schema, o.name, o.type) > (${after.rank}, ${after.schema}, ${after.name}, ${after.type})`,
    )
  return Prisma.sql`
    select o.id, o.type, o.schema, o.name, o.kind, o.comment, o.row_estimate::float8 as row_estimate, f.rank from source_objects o
    cross join lateral (select case
      when starts_with(o.search, ${`${text}\n`}) or o.type = 'routine' and starts_with(o.search, ${`${text}(`}) then ${ranks.whole}
      when starts_with(o.search, ${text}) then ${ranks.beginning}
      when position(${text} in split_part(o.search, e'\n', 1)) > 0 then ${ranks.inside}
      when position(${text} in o.search) > 0 then ${ranks.comment}
      else ${ranks.columns} end::int as rank) f
    where ${Prisma.join(where, ' and ')} order by f.rank, o.schema, o.name, o.type limit ${limit}`
}

const rank = { rank: z.literal(Object.values(ranks)) }
const foundRow = z.discriminatedUnion('type', [
  discoveredRelation
    .pick({ type: true, schema: true, name: true, kind: true, comment: true, row_estimate: true })
    /** Of its columns, as it is kept; null where it was found by itself. */
    .extend({ ...rank, structure: z.string().nullable() }),
  z.object({ type: z.enum(namedTypes), schema: z.string(), name: z.string(), structure: z.string(), ...rank }),
])
export type FoundRow = z.output<typeof foundRow>
