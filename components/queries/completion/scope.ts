import type { SqlDialect } from '#lib/connectors/contract'
import { statementAt } from '../sql/statements.ts'
import { isSymbol, type Token, tokensOf } from '../sql/tokens.ts'
import { groupsAt, groupsOf, type Item, isMark, says, segmentsOf } from './groups.ts'
import { type Cte, ctesIn, type Source, sourcesIn } from './sources.ts'

/** What is meant at a place of a statement. */
export interface Scope {
  /** Where what is being typed begins, and what there is of it. */
  from: number
  word: string
  /** The names before it: of `shop.orders.i` these are shop and orders. */
  path: string[]
  expects: 'relation' | 'condition' | 'column'
  /** The tables of the query at the cursor, then those of the queries around it. */
  sources: Source[]
  ctes: Cte[]
  /** After ON: the table that is being joined. */
  joined: Source | undefined
}

/** Undefined inside of strings and comments, where nothing is completed. */
export const scopeAt = (text: string, at: number, dialect: SqlDialect): Scope | undefined => {
  const { sql, start } = statementAround(text, at, dialect)
  const place = at - start
  const tokens = tokensOf(sql, dialect)
  const inside = tokens.find(({ from, to }) => from < place && place <= to)
  if (inside && isQuiet(inside, place)) return undefined
  const typed = inside && (inside.kind === 'word' || inside.kind === 'name') ? inside : undefined
  const path = pathBefore(tokens, typed?.from ?? place)
  const groups = groupsAt(groupsOf(tokens, sql.length), place)
  const ctes: Cte[] = []
  for (const { items } of groups) ctes.push(...ctesIn(items, ctes))
  const levels = groups.map(({ items }) => segmentOf(items, place))
  const own = (levels.at(-1) ?? []).filter(({ from }) => from < path.from)
  const expects = expectedAfter(own)
  return {
    from: (typed?.from ?? place) + start,
    word: typed ? sql.slice(typed.from, place) : '',
    path: path.names,
    expects,
    sources: levels.toReversed().flatMap((items) => sourcesIn(items, ctes)),
    ctes,
    joined: expects === 'condition' ? sourcesIn(own, ctes).at(-1) : undefined,
  }
}

const statementAround = (text: string, at: number, dialect: SqlDialect): { sql: string; start: number } => {
  const found = statementAt(text, at, dialect)
  if (!found || found.from > at) return { sql: '', start: at }
  const isBehind = text.slice(found.to, at).includes(';')
  return isBehind ? { sql: '', start: at } : { sql: text.slice(found.from, Math.max(found.to, at)), start: found.from }
}

/** Strings, comments, numbers and parameters; a quoted name that is being typed is none of them. */
const isQuiet = ({ kind, to, text }: Token, place: number): boolean => {
  if (kind === 'comment') return place < to || !text.startsWith('/*') || !text.endsWith('*/')
  if (kind === 'string') return place < to || text.length < 2 || !/['"$]$/.test(text)
  return kind === 'number' || kind === 'parameter'
}

const pathBefore = (tokens: readonly Token[], before: number): { names: string[]; from: number } => {
  const at = tokens.findLastIndex(({ to }) => to <= before)
  const [name, dot] = [tokens[at - 1], tokens[at]]
  const isPath = isSymbol(dot, '.') && dot?.to === before && (name?.kind === 'word' || name?.kind === 'name')
  if (!isPath || !name) return { names: [], from: before }
  const rest = pathBefore(tokens, name.from)
  return { names: [...rest.names, name.text], from: rest.from }
}

/** Of queries put together, the one the cursor is in. */
const segmentOf = (items: readonly Item[], place: number): Item[] => {
  const segments = segmentsOf(items)
  return segments.findLast(([first]) => first && first.from <= place) ?? segments[0] ?? []
}

const clauses = 'select from join on using where group order having set into update values limit returning'.split(' ')

const expectedAfter = (before: readonly Item[]): Scope['expects'] => {
  const last = before.at(-1)
  if (says(last, 'from', 'join', 'update', 'into', 'table', 'only', 'truncate', 'describe')) return 'relation'
  const clause = before.findLast((item) => says(item, ...clauses))
  if (isMark(last, ',') && says(clause, 'from')) return 'relation'
  return says(clause, 'on') && says(last, 'on', 'and') ? 'condition' : 'column'
}
