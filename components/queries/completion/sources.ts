import { type Group, type Item, isGroup, isMark, nameIn, says, segmentsOf } from './groups.ts'

export interface TableName {
  schema: string | undefined
  name: string
}

/** A column by its name, or all of a table that only the server knows. */
export type OutputColumn = string | { allOf: TableName }

/** What a query reads from: a table, or something that it made itself and whose columns are known. */
export interface Source {
  /** What its columns are called by. */
  alias: string
  table: TableName | undefined
  columns: OutputColumn[] | undefined
  from: number
}

export interface Cte {
  name: string
  columns: OutputColumn[]
}

// What ends a table in FROM, and therefore is no alias of it.
const noAlias = new Set(
  `where on using join left right inner full cross natural outer group order having limit offset union intersect except window
  fetch for set values returning straight_join tablesample select lateral when then end do default as with partition force use
  ignore not indexed`.split(/\s+/),
)

/** The tables of one query, in the order they are named. */
export const sourcesIn = (items: readonly Item[], ctes: readonly Cte[]): Source[] => {
  const sources: Source[] = []
  for (const [at, item] of items.entries()) {
    const isJoinUsing = says(item, 'using') && isGroup(items[at + 1])
    if (isJoinUsing || !says(item, 'from', 'join', 'update', 'into', 'using', 'straight_join')) continue
    // Behind INTO brackets hold the columns to fill; elsewhere they make the name that of a function.
    let read = readSource(items, at + 1, ctes, says(item, 'into'))
    while (read) {
      sources.push(read.source)
      read = isMark(items[read.next], ',') ? readSource(items, read.next + 1, ctes) : undefined
    }
  }
  return sources
}

interface ReadSource {
  source: Source
  next: number
}

const readSource = (
  items: readonly Item[],
  start: number,
  ctes: readonly Cte[],
  isFilled = false,
): ReadSource | undefined => {
  const skipped = items.findIndex((item, index) => index >= start && !says(item, 'only', 'lateral', 'table'))
  const first = items[skipped]
  if (isGroup(first)) {
    const { alias = '', next } = readAlias(items, skipped + 1)
    return { source: { alias, table: undefined, columns: outputOf(first, ctes), from: first.from }, next }
  }
  const { path, next: behind } = readPath(items, skipped)
  const name = path.at(-1)
  if (!first || name === undefined || (path.length === 1 && says(first, ...noAlias))) return undefined
  const isCall = !isFilled && isGroup(items[behind])
  const { alias = name, next } = readAlias(items, isCall ? behind + 1 : behind)
  const cte = path.length === 1 ? ctes.find((one) => isSame(one.name, name)) : undefined
  const table = isCall || cte ? undefined : { schema: path.at(-2), name }
  return { source: { alias, table, columns: isCall ? [] : cte?.columns, from: first.from }, next }
}

/** `shop.orders`, name by name. */
const readPath = (items: readonly Item[], start: number): { path: string[]; next: number } => {
  const name = nameIn(items[start])
  if (name === undefined) return { path: [], next: start }
  if (!isMark(items[start + 1], '.')) return { path: [name], next: start + 1 }
  const rest = readPath(items, start + 2)
  return { path: [name, ...rest.path], next: rest.next }
}

const readAlias = (items: readonly Item[], start: number): { alias?: string; next: number } => {
  const at = says(items[start], 'as') ? start + 1 : start
  const item = items[at]
  const alias = nameIn(item)
  if (alias === undefined || (item?.kind === 'word' && noAlias.has(alias.toLowerCase()))) return { next: at }
  return { alias, next: isGroup(items[at + 1]) ? at + 2 : at + 1 }
}

/** What WITH names at the beginning of a query. */
export const ctesIn = (items: readonly Item[], outer: readonly Cte[]): Cte[] => {
  const found: Cte[] = []
  let at = says(items[0], 'with') ? (says(items[1], 'recursive') ? 2 : 1) : items.length
  while (at < items.length) {
    const read = readCte(items, at, [...outer, ...found])
    if (!read) break
    found.push(read.cte)
    at = read.next
  }
  return found
}

const readCte = (items: readonly Item[], at: number, known: readonly Cte[]): { cte: Cte; next: number } | undefined => {
  const name = nameIn(items[at])
  const as = items.findIndex((item, index) => index > at && says(item, 'as'))
  const body = as < 0 ? -1 : items.findIndex((item, index) => index > as && isGroup(item))
  const [list, group] = [items[at + 1], items[body]]
  if (name === undefined || !isGroup(group)) return undefined
  const columns = isGroup(list) ? list.items.flatMap((item) => nameIn(item) ?? []) : outputOf(group, known)
  return { cte: { name, columns }, next: isMark(items[body + 1], ',') ? body + 2 : items.length }
}

/** The columns a query gives, as far as its text says them. */
const outputOf = (group: Group, outer: readonly Cte[]): OutputColumn[] => {
  const ctes = [...outer, ...ctesIn(group.items, outer)]
  const [first = []] = segmentsOf(group.items)
  const start = first.findIndex((item) => says(item, 'select', 'returning'))
  if (start < 0) return []
  const end = first.findIndex((item, index) => index > start && says(item, 'from', 'where', 'limit', 'order', 'group'))
  const list = first.slice(start + 1, end < 0 ? undefined : end)
  const sources = sourcesIn(first, ctes)
  return splitAtCommas(list).flatMap((expression) => columnsOf(expression, sources))
}

const columnsOf = (expression: readonly Item[], sources: readonly Source[]): OutputColumn[] => {
  const last = expression.at(-1)
  if (isMark(last, '*')) {
    const alias = nameIn(expression.at(-3))
    const all = alias === undefined ? sources : sources.filter((source) => isSame(source.alias, alias))
    return all.flatMap(({ table, columns }): OutputColumn[] => (table ? [{ allOf: table }] : (columns ?? [])))
  }
  const name = nameIn(last)
  return name === undefined || says(last, 'end', 'null', 'true', 'false') ? [] : [name]
}

const splitAtCommas = (items: readonly Item[]): Item[][] => {
  const parts: Item[][] = [[]]
  for (const item of items) {
    if (isMark(item, ',')) parts.push([])
    else parts.at(-1)?.push(item)
  }
  return parts
}

export const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()
