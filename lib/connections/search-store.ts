import { asking, openTo } from '#lib/auth/grants'
import { escapeLike } from '#lib/core/like'
import { Prisma } from '#lib/db/client'
import { readRows } from '#lib/db/rows'
import { type ConnectionFilter, isNarrowed, joinsFor, matches } from './filter-store.ts'
import type { Search, SearchWord } from './search-words.ts'
import { openFor, type Viewer } from './store.ts'

// What is looked into stands in a table `s` of its own; see the migrations for what its keys are and how they are kept.

const searched = Prisma.sql`(
  select connection_id as id, workspace_id, name_key, conn_id, role, restricted, deleted, text, keys from connection_search) s`

/** A key's reach is judged at the connection itself, with the filters. */
const visible = (viewer: Viewer, deleted: boolean): Prisma.Sql => {
  const { reach: _, ...everywhere } = asking(viewer)
  return Prisma.sql`s.workspace_id = ${viewer.workspaceId} and s.deleted = ${deleted}
    and ${openTo(everywhere, { kind: 'connection', least: 'view', alias: Prisma.sql`s` })}`
}

/**
 * `with hit as (…)`: id, name, role and rank of everything found, whichever role is looked at. Judged from the table of the
 * search alone, unless other filters need the connection. Each way in which the words can match is a select of its own
 * whose conditions the index answers entirely; an `or` between them would be tried on thousands of rows one by one.
 */
export const withHits = (viewer: Viewer, filter: ConnectionFilter & { search: Search }): Prisma.Sql => {
  const { search, deleted } = filter
  const { role: _, ...others } = filter
  const more = isNarrowed(viewer, filter)
  const from = more ? Prisma.sql`${searched} join connections c on c.id = s.id ${joinsFor(filter)}` : searched
  const conditions = [visible(viewer, deleted), ...(more ? matches(viewer, others) : [])]
  const selects = waysOf(search.words).map(
    (way) => Prisma.sql`select s.id, s.name_key, s.role, ${rankOf(search, way)} as rank from ${from}
      where ${Prisma.join([...conditions, ...way.map((step) => conditionOf(viewer.workspaceId, step))], ' and ')}`,
  )
  const all = Prisma.join(selects, ' union all ')
  // With slips the ways overlap: what two words have in common is not tried again to tell them apart.
  return search.words.some(({ slips }) => slips)
    ? Prisma.sql`with hit as materialized (select id, name_key, role, min(rank) as rank from (${all}) f group by 1, 2, 3)`
    : Prisma.sql`with hit as materialized (${all})`
}

/** A word with how it matches here: in the text, or not there but by the name of the connector. */
interface Step {
  word: SearchWord
  by: 'text' | 'connector'
}

const waysMax = 4

/** Every combination, each apart from the others; with many words that name connectors only all or none of them do. */
const waysOf = (words: readonly SearchWord[]): Step[][] => {
  const typed = words.filter(({ types }) => types.length > 0)
  const all = words.reduce<Step[][]>(
    (ways, word) =>
      ways.flatMap((way) => [
        [...way, { word, by: 'text' as const }],
        ...(typed.includes(word) ? [[...way, { word, by: 'connector' as const }]] : []),
      ]),
    [[]],
  )
  return all.length <= waysMax ? all : all.filter((_, i) => i === 0 || i === all.length - 1)
}

const conditionOf = (workspaceId: string, { word, by }: Step): Prisma.Sql => {
  if (by === 'text') return inText(workspaceId, word)
  const connectors = hasAny(workspaceId, Prisma.sql`${word.types.map((type) => `#${type}`)}::text[]`)
  return word.slips ? connectors : Prisma.sql`${connectors} and not (${like(workspaceId, word.text)})`
}

/** Exactly so, beginning so, in the text, by connector. */
const rankOf = ({ name, slug, words }: Search, way: readonly Step[]): Prisma.Sql => {
  const rank = way.every(({ by }) => by === 'text') ? Prisma.sql`2` : Prisma.sql`3`
  if (words.some(({ slips }) => slips)) return rank
  return Prisma.sql`case
    when s.name_key = ${name} or s.conn_id = ${slug} then 0
    when s.name_key like ${`${escapeLike(name)}%`} or s.conn_id like ${`${escapeLike(slug)}%`} then 1
    else ${rank} end`
}

const inText = (workspaceId: string, { text, slips }: SearchWord): Prisma.Sql => {
  if (slips) return hasAny(workspaceId, Prisma.sql`connection_search_slips(${text})`)
  const matched = like(workspaceId, text)
  return text.length > 2
    ? Prisma.sql`${hasAll(workspaceId, Prisma.sql`connection_search_pieces(${text})`)} and ${matched}`
    : matched
}

/** Any part of a word; of one or two letters only its beginning, which almost everything would hold somewhere. */
const like = (workspaceId: string, text: string): Prisma.Sql =>
  text.length > 2 || !/^[\p{L}\p{N}]+$/u.test(text)
    ? Prisma.sql`s.text like ${`%${escapeLike(text)}%`}`
    : hasAll(workspaceId, Prisma.sql`array[${`^${text}`}]`)

const hasAll = (workspaceId: string, pieces: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`s.keys @> connection_search_hash(${workspaceId}, ${pieces})`

const hasAny = (workspaceId: string, pieces: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`s.keys && connection_search_hash(${workspaceId}, ${pieces})`

/** Forgives slips in the words that are long enough and stand nowhere as they were typed; the others stay as they are. */
export const forgiveSlips = async (viewer: Viewer, search: Search, deleted: boolean): Promise<Search> => {
  const long = search.words.filter(({ text }) => text.length > 3)
  // A word that stands only where a key does not reach stands nowhere for it.
  const from = viewer.reach
    ? Prisma.sql`${searched} join connections c on c.id = s.id and ${openFor(viewer, 'view')}`
    : searched
  const found = long.map(
    (word) =>
      Prisma.sql`exists (select from ${from} where ${visible(viewer, deleted)} and ${inText(viewer.workspaceId, word)})`,
  )
  if (long.length === 0) return search
  const [row] = await readRows<{ found: boolean[] }>(Prisma.sql`select array[${Prisma.join(found)}] as found`, {
    prepared: false,
  })
  const isForgiven = (word: SearchWord) => row?.found[long.indexOf(word)] === false
  return { ...search, words: search.words.map((word) => ({ ...word, slips: isForgiven(word) })) }
}
