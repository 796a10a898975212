import * as z from 'zod'
import { operation } from '#lib/core/operation'
import { cursorText, decodeCursor, encodeCursor, parseJson, wrongCursor } from '#lib/core/page'
import { lockCheck } from '#lib/credentials/locks'
import { countedUpTo, countStored, type RoleCounts } from './counts-store.ts'
import { type Facet, listFacets as listStoredFacets } from './facets-store.ts'
import type { ConnectionFilter } from './filter-store.ts'
import { isPlace, listStored, type Order, type Place, type PlacedConnection } from './list-store.ts'
import { connectionFacets, connectionList, facetsInput, listConnectionsInput } from './schema.ts'
import { forgiveSlips } from './search-store.ts'
import { searchOf } from './search-words.ts'
import type { Viewer } from './store.ts'
import { connectionView } from './view.ts'

export const listConnections = operation({
  summary: 'List connections, found by words and narrowed by filters',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: listConnectionsInput,
  output: connectionList,
  async run({ limit, cursor, q, sort, ...given }, { actor }) {
    const filter = filterOf(given)
    const order = sort ?? (searchOf(q, false) ? 'relevance' : 'name')
    const [read, isLocked] = await Promise.all([readList(actor, filter, { q, order, cursor, limit }), lockCheck()])
    const items = read.rows.slice(0, limit)
    const next = read.rows.length > limit ? items.at(-1)?.place : undefined
    return {
      items: items.map((row) => connectionView(row, isLocked)),
      page: { limit, cursor: next ? cursorOf(order, read.approximate, next) : null },
      counts: tabsOf(read.counts),
      approximate: read.approximate,
    }
  },
})

export const listFacets = operation({
  summary: 'Count by what the connections can be filtered',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: facetsInput,
  output: connectionFacets,
  async run({ role, deleted }, { actor }) {
    const found = await listStoredFacets(actor, { role, deleted: deleted === 'true' })
    const of = (kind: Facet['kind']) => found.filter((facet) => facet.kind === kind)
    const countOf = (value: string) => of('used').find((facet) => facet.value === value)?.count ?? 0
    // The output's schema tells what is known from what a row may hold.
    const known = connectionFacets.shape
    return {
      types: known.types.parse(of('type')),
      environments: known.environments.parse(of('environment').map((row) => ({ ...row, value: row.value ?? 'none' }))),
      tags: known.tags.parse(of('tag')),
      statuses: known.statuses.parse(of('status')),
      used: countOf('true'),
      unused: countOf('false'),
    }
  },
})

interface Asked {
  q: string | undefined
  order: Order
  cursor: string | undefined
  limit: number
}

interface Read {
  rows: PlacedConnection[]
  counts: RoleCounts
  approximate: boolean
}

/** As typed first; only if nothing at all is found so, in any tab, with slips of the pen. A cursor goes on as it began. */
const readList = async (actor: Viewer, filter: ConnectionFilter, { q, order, cursor, limit }: Asked): Promise<Read> => {
  const from = placeOf(cursor, order)
  if (from && !isPlace(actor, order, from.place)) throw wrongCursor()
  const read = async (approximate: boolean): Promise<Read> => {
    const typed = searchOf(q, approximate)
    const search = approximate && typed ? await forgiveSlips(actor, typed, filter.deleted) : typed
    const asked = { ...filter, search }
    const page = { order, limit, after: from?.place }
    if (order !== 'relevance') {
      const [rows, counts] = await Promise.all([listStored(actor, asked, page), countStored(actor, asked)])
      return { rows, counts, approximate }
    }
    const rows = await listStored(actor, asked, page)
    return { rows, counts: rows[0]?.found ?? (await countStored(actor, asked)), approximate }
  }
  if (from) return read(from.approximate)
  const literal = await read(false)
  const isNothing = literal.rows.length === 0 && literal.counts.source + literal.counts.destination === 0
  return isNothing && searchOf(q, true)?.words.length ? asFound(await read(true)) : literal
}

/** Finding nothing that way either is no approximate answer. */
const asFound = (read: Read): Read => ({ ...read, approximate: read.rows.length > 0 })

const filterOf = ({ type, environment, tag, status, used, deleted, role }: Given): ConnectionFilter => ({
  role,
  types: type,
  environments: environment,
  tags: tag,
  statuses: status,
  used: used && used === 'true',
  deleted: deleted === 'true',
})
type Given = Omit<z.output<typeof listConnectionsInput>, 'limit' | 'cursor' | 'q' | 'sort'>

/** Where counting stopped at a bound, a number that reaches it stands for so many or more. */
const tabsOf = ({ source, destination, bounded = false }: RoleCounts) => {
  const isCut = bounded && Math.max(source, destination) > countedUpTo
  const shown = (count: number) => (isCut ? Math.min(count, countedUpTo) : count)
  const counts = { all: shown(source + destination), source: shown(source), destination: shown(destination) }
  return { ...counts, up_to: isCut ? countedUpTo : null }
}

const cursorValue = z.tuple([z.boolean(), z.int().min(0).max(8), z.array(z.union([cursorText, z.number()])).max(3)])

const cursorOf = (sort: Order, approximate: boolean, { part, values, id }: Place): string =>
  encodeCursor({ sort, value: JSON.stringify([approximate, part, values]), id })

const placeOf = (cursor: string | undefined, sort: Order): { approximate: boolean; place: Place } | undefined => {
  const decoded = decodeCursor(cursor, sort)
  if (!decoded) return undefined
  const parsed = cursorValue.safeParse(parseJson(decoded.value))
  if (!parsed.success) throw wrongCursor()
  const [approximate, part, values] = parsed.data
  return { approximate, place: { part, values, id: decoded.id } }
}
