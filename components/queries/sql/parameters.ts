import type { SqlDialect } from '#lib/connectors/contract'
import { type Token, tokensOf } from './tokens.ts'

/** The parameters of a statement in the order they are asked for: `:name` by its name, `$2` and `?` by their place. */
export const parametersOf = (sql: string, dialect: SqlDialect): string[] => [
  ...new Set(keyed(sql, dialect).map(({ key }) => key)),
]

export interface Bound {
  sql: string
  parameters: (string | null)[]
  /** Where a place of the rewritten statement stands in the one that was typed. */
  originalPosition(position: number): number
}

/** Writes the placeholders that the engine knows, and puts the values in their order. */
export const bindParameters = (
  sql: string,
  dialect: SqlDialect,
  values: Readonly<Record<string, string | null>>,
): Bound => {
  const found = keyed(sql, dialect)
  const given = (key: string) => (Object.hasOwn(values, key) ? (values[key] ?? null) : '')
  const places = dialect === 'postgres' ? numbered(found) : found.map(({ key }) => key)
  const edits = found.map(({ token, key }) => ({
    ...token,
    text: dialect === 'postgres' ? `$${places.indexOf(key) + 1}` : '?',
  }))
  return {
    sql: edits.reduceRight((text, { from, to, text: mark }) => text.slice(0, from) + mark + text.slice(to), sql),
    parameters: places.map((key) => given(key)),
    originalPosition: (position) => positionBefore(edits, position),
  }
}

interface Keyed {
  token: Token
  key: string
}

const keyed = (sql: string, dialect: SqlDialect): Keyed[] => {
  let marks = 0
  return tokensOf(sql, dialect)
    .filter(({ kind }) => kind === 'parameter')
    .map((token) => ({ token, key: token.text === '?' ? `?${++marks}` : token.text.replace(/^:/, '') }))
}

/** The keys by the number the engine knows them under: what has a number keeps it, names come behind. */
const numbered = (found: readonly Keyed[]): string[] => {
  const keys = [...new Set(found.map(({ key }) => key))]
  const last = Math.max(0, ...keys.map((key) => Number(/^\$(\d{1,3})$/.exec(key)?.[1] ?? 0)))
  const own = Array.from({ length: last }, (_, index) => `$${index + 1}`)
  return [...own, ...keys.filter((key) => !key.startsWith('$'))]
}

const positionBefore = (edits: readonly Token[], position: number): number => {
  let moved = 0
  for (const { from, to, text } of edits) {
    if (position < from + moved + text.length) return Math.min(position - moved, Math.max(from, position - moved))
    moved += text.length - (to - from)
  }
  return position - moved
}
