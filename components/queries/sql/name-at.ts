import type { SqlDialect } from '#lib/connectors/contract'
import { isSymbol, type Token, tokensOf } from './tokens.ts'

/** Nothing that has a name is longer. */
const reach = 300

/** What a server means by a place in a statement: the name there with all its parts, or what the statement ended with. */
export const nameAt = (text: string, place: number, dialect: SqlDialect): { from: number; to: number } => {
  const tokens = tokensOf(text.slice(place, place + reach), dialect)
  const [first] = tokens
  if (!first || first.from > 0 || isSymbol(first, ';')) return lastBefore(text, place, dialect)
  return { from: place, to: place + endOfPath(tokens, 0) }
}

/** `shop.orders.id` is one name. */
const endOfPath = (tokens: readonly Token[], at: number): number => {
  const [part, dot, next] = tokens.slice(at, at + 3)
  const isPath = isName(part) && isSymbol(dot, '.') && isName(next) && dot?.from === part?.to && next?.from === dot?.to
  return isPath ? endOfPath(tokens, at + 2) : (part?.to ?? 1)
}

const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'name'

const lastBefore = (text: string, place: number, dialect: SqlDialect): { from: number; to: number } => {
  const start = Math.max(0, place - reach)
  const last = tokensOf(text.slice(start, place), dialect).findLast(({ kind }) => kind !== 'comment')
  return last ? { from: start + last.from, to: start + last.to } : { from: place, to: place + 1 }
}
