import * as z from 'zod'
import { operation } from '#lib/core/operation'
import { cursorText, decodeCursor, encodeCursor, parseJson, wrongCursor } from '#lib/core/page'
import { openCache, wantFirst } from './cached.ts'
import { discover } from './discovery.ts'
import { readObjectHead } from './object-store.ts'
import { type FoundObject, searchOutput } from './objects.ts'
import { type SearchPlace, searchInput } from './schema.ts'
import type { FoundRow } from './search-store.ts'

/** Where nothing is kept the server itself is asked, which sorts by name and looks into names and comments. */
export const searchSource = operation({
  summary:
    'Find tables, views and their kin (with `types=all` routines, enums and extensions too) by a part of their name or comment, or of their columns, the best matches first',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: searchInput,
  output: searchOutput,
  async run({ ref, in: where, types, limit, cursor, ...search }, context) {
    const after = placeOf(cursor)
    const asked = { ...search, isNamesOnly: where === 'names', isOfAllTypes: types === 'all', after, limit: limit + 1 }
    const cached = await openCache({ ref, live: false }, context)
    if (cached) return pageOf(await cached.search(asked), limit, search.q)
    const from = after && { after: [after.schema, after.name] as [string, string] }
    const found = await discover(
      ref,
      { ...given(search), ...from, what: 'relations', detail: 'names', limit: limit + 1 },
      context,
    )
    await wantFirst(ref, false, context)
    const rows = found
      .filter((one) => one.type === 'relation')
      .map((one) => ({ ...one, rank: liveRank(one.name, search.q), structure: null }))
    const { items, page } = pageOf(rows, limit, search.q)
    return { items: asked.isNamesOnly ? items.filter(({ found_in }) => found_in === 'name') : items, page }
  },
})

const given = ({ q, schema }: { q: string; schema?: string | undefined }) => ({
  q,
  ...(schema !== undefined && { schema }),
})

const liveRank = (name: string, q: string): FoundRow['rank'] => (name.toLowerCase().includes(q.toLowerCase()) ? 2 : 3)

const pageOf = (rows: readonly FoundRow[], limit: number, q: string) => {
  const kept = rows.slice(0, limit)
  const last = rows.length > limit ? kept.at(-1) : undefined
  const cursor = last
    ? encodeCursor({ sort, value: JSON.stringify([last.rank, last.schema, last.type]), id: last.name })
    : null
  return { items: kept.map((row) => viewOf(row, q)), page: { limit, cursor } }
}

const viewOf = (row: FoundRow, q: string): FoundObject => {
  const found_in = row.rank === 4 ? 'columns' : row.rank === 3 ? 'comment' : 'name'
  if (row.type !== 'relation') return { ...readObjectHead(row.structure), found_in }
  const { type, schema, name, kind, comment, row_estimate, structure } = row
  const found_columns = structure === null ? [] : columnsWith(structure, q.toLowerCase())
  return { ...{ type, schema, name, kind, comment, row_estimate }, found_in, found_columns }
}

const foundColumnsMax = 5

const columnsWith = (structure: string, text: string): string[] =>
  kept
    .parse(parseJson(structure))
    .columns.filter(({ name, comment }) => `${name}\n${comment ?? ''}`.toLowerCase().includes(text))
    .map(({ name }) => name)
    .slice(0, foundColumnsMax)

const kept = z.object({ columns: z.array(z.object({ name: z.string(), comment: z.string().nullish() })).default([]) })

const sort = 'found'

const placeOf = (cursor: string | undefined): SearchPlace | undefined => {
  const read = decodeCursor(cursor, sort)
  if (!read) return undefined
  const place = placeShape.safeParse(parseJson(read.value))
  if (!place.success) throw wrongCursor()
  const [rank, schema, type] = place.data
  return { rank, schema, type, name: read.id }
}

const placeShape = z.tuple([z.int().min(0).max(4), cursorText, cursorText])
