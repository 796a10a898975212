import { escapeLike } from '#lib/core/like'
import { Prisma } from '#lib/db/client'
import type { Search, SearchWord } from './search-words.ts'

// Conditions on a connection `c` with what is looked into beside it, `s`; see the migration for what the keys are.

/** Everything the search finds. */
export const found = (workspaceId: string, search: Search): Prisma.Sql =>
  all(search, (word) => Prisma.sql`(${inText(workspaceId, word, search)} or ${byConnector(workspaceId, word)})`)

/** What it finds, best first: so that each rank can be read by itself, in the order of names. */
export const ranksOf = (workspaceId: string, search: Search): Prisma.Sql[] => {
  const text = all(search, (word) => inText(workspaceId, word, search))
  const byType = Prisma.sql`${found(workspaceId, search)} and not (${text})`
  const hasTypes = search.words.some(({ types }) => types.length > 0)
  if (search.approximate) return hasTypes ? [text, byType] : [text]
  const exact = Prisma.sql`(c.name_key = ${search.name} or c.conn_id = ${search.slug})`
  const begins = Prisma.sql`(c.name_key like ${`${escapeLike(search.name)}%`} or c.conn_id like ${`${escapeLike(search.slug)}%`})`
  const ranks = [exact, Prisma.sql`${begins} and ${text} and not ${exact}`, Prisma.sql`${text} and not ${begins}`]
  return hasTypes ? [...ranks, Prisma.sql`${byType} and not ${begins}`] : ranks
}

const all = ({ words }: Search, condition: (word: SearchWord) => Prisma.Sql): Prisma.Sql =>
  words.length === 0 ? Prisma.sql`false` : Prisma.join(words.map(condition), ' and ')

const byConnector = (workspaceId: string, { types }: SearchWord): Prisma.Sql =>
  types.length === 0 ? Prisma.sql`false` : hasAny(workspaceId, Prisma.sql`${types.map((type) => `#${type}`)}::text[]`)

const inText = (workspaceId: string, { text }: SearchWord, { approximate }: Search): Prisma.Sql => {
  const literal = contains(workspaceId, text)
  if (!approximate || text.length < 4) return literal
  return Prisma.sql`(${literal} or ${hasAny(workspaceId, Prisma.sql`connection_search_slips(${text})`)})`
}

/** Any part of a word; of one or two letters only its beginning, which almost everything would hold somewhere. */
const contains = (workspaceId: string, text: string): Prisma.Sql => {
  const like = Prisma.sql`s.text like ${`%${escapeLike(text)}%`}`
  if (text.length > 2)
    return Prisma.sql`(${hasAll(workspaceId, Prisma.sql`connection_search_pieces(${text})`)} and ${like})`
  return /^[\p{L}\p{N}]+$/u.test(text) ? hasAll(workspaceId, Prisma.sql`array[${`^${text}`}]`) : like
}

const hasAll = (workspaceId: string, pieces: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`s.keys @> connection_search_hash(${workspaceId}, ${pieces})`

const hasAny = (workspaceId: string, pieces: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`s.keys && connection_search_hash(${workspaceId}, ${pieces})`
