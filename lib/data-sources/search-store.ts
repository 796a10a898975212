import * as z from 'zod'
import { discoveredRelation } from '#lib/connectors/contract'
import { Prisma, type Tx } from '#lib/db/client'
import type { SearchPlace } from './schema.ts'

/** Current relations by a text in them, the best first. Two walks at most: names and comments, and columns only where those are not enough. */

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

export interface FoundRow extends z.output<typeof foundRow> {
  /** Of its columns, as it is kept; undefined where it was found by itself. */
  structure?: string
}

export const searchRelations = async (tx: Tx, workspaceId: string, search: RelationSearch): Promise<FoundRow[]> => {
  const found = search.after?.rank === ranks.columns ? [] : await byThemselves(tx, workspaceId, search)
  if (search.isNamesOnly || found.length === search.limit) return found
  return [...found, ...(await byColumns(tx, workspaceId, { ...search, limit: search.limit - found.length }))]
}

const byThemselves = async (tx: Tx, workspaceId: string, search: RelationSearch): Promise<FoundRow[]> => {
  const { q, isNamesOnly, after, limit } = search
  const text = q.toLowerCase()
  const rows = await tx.$queryRaw<unknown[]>(Prisma.sql`
    select ${columns}, f.rank from source_objects o cross join lateral (select case
      when starts_with(o.search, ${`${text}\n`}) then ${ranks.whole}
      when starts_with(o.search, ${text}) then ${ranks.beginning}
      when position(${text} in split_part(o.search, e'\n', 1)) > 0 then ${ranks.inside}
      else ${ranks.comment} end::int as rank) f
    where ${isSearched(workspaceId, search)} and position(${text} in o.search) > 0
      and ${isNamesOnly ? Prisma.sql`f.rank < ${ranks.comment}` : Prisma.sql`true`}
      and ${after ? Prisma.sql`(f.rank, o.schema, o.name) > (${after.rank}, ${after.schema}, ${after.name})` : Prisma.sql`true`}
    order by f.rank, o.schema, o.name limit ${limit}`)
  return rows.map((row) => foundRow.parse(row))
}

const byColumns = async (tx: Tx, workspaceId: string, search: RelationSearch): Promise<FoundRow[]> => {
  const text = search.q.toLowerCase()
  const after = search.after?.rank === ranks.columns ? search.after : undefined
  const rows = await tx.$queryRaw<{ structure: string }[]>(Prisma.sql`
    select o.*, s.structure from (
      select ${columns}, ${ranks.columns}::int as rank from source_objects o
      where ${isSearched(workspaceId, search)} and position(${text} in o.search) = 0 and position(${text} in o.search_columns) > 0
        and ${after ? Prisma.sql`(o.schema, o.name) > (${after.schema}, ${after.name})` : Prisma.sql`true`}
      order by o.schema, o.name limit ${search.limit}) o
    join source_structures s on s.object_id = o.id order by o.schema, o.name`)
  return rows.map((row) => ({ ...foundRow.parse(row), structure: row.structure }))
}

const columns = Prisma.sql`o.id, o.schema, o.name, o.kind, o.comment, o.row_estimate::float8 as row_estimate`

const isSearched = (workspaceId: string, { connectionId, schema }: RelationSearch): Prisma.Sql => Prisma.sql`
  o.workspace_id = ${workspaceId} and o.connection_id = ${connectionId} and o.type = 'relation' and o.until_at is null
  and ${schema === undefined ? Prisma.sql`true` : Prisma.sql`o.schema = ${schema}`}`

const foundRow = discoveredRelation
  .pick({ schema: true, name: true, kind: true, comment: true, row_estimate: true })
  .extend({ rank: z.literal(Object.values(ranks)) })
