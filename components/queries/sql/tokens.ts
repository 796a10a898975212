import type { SqlDialect } from '#lib/connectors/contract'

export type TokenKind = 'word' | 'name' | 'string' | 'comment' | 'number' | 'parameter' | 'symbol'

/** A piece of a statement. `text` of a quoted name is the name itself. */
export interface Token {
  kind: TokenKind
  from: number
  to: number
  text: string
}

/** The shape of a piece at the place where the reading stands, and what it is. Tried in this order. */
type Rule = readonly [kind: TokenKind, shape: RegExp]

const word = /[\p{L}_][\p{L}\p{N}_$]*/uy
const number = /\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?/iy
const lineComment = /--[^\n]*/y
const plainString = /'(?:[^']+|'')*(?:'|$)/y
const slashString = /'(?:[^'\\]+|''|\\.)*(?:'|$)/sy
const quotedName = /"(?:[^"]+|"")*(?:"|$)/y
const tickedName = /`(?:[^`]+|``)*(?:`|$)/y
const bracketName = /\[[^\]]*(?:\]|$)/y
// Neither a cast (::) nor a slice of an array (a[1:n]).
const namedParameter = /(?<![:\p{L}\p{N}_\]]):[\p{L}_][\p{L}\p{N}_]*/uy
const flatComment = /\/\*.*?(?:\*\/|$)/sy

const rules: Record<SqlDialect, readonly Rule[]> = {
  postgres: [
    ['comment', lineComment],
    ['string', /[eE]'(?:[^'\\]+|''|\\.)*(?:'|$)/sy],
    ['string', /[uU]&'(?:[^']+|'')*(?:'|$)/y],
    ['string', plainString],
    ['string', /\$((?:[\p{L}_][\p{L}\p{N}_]*)?)\$.*?(?:\$\1\$|$)/suy],
    ['name', quotedName],
    ['parameter', /\$\d+/y],
    ['parameter', namedParameter],
    ['number', number],
    ['word', word],
  ],
  mysql: [
    // MySQL wants a blank behind the dashes: 5--3 is 8.
    ['comment', /--(?=\s|$)[^\n]*/y],
    ['comment', /#[^\n]*/y],
    ['comment', flatComment],
    ['string', slashString],
    ['string', /"(?:[^"\\]+|""|\\.)*(?:"|$)/sy],
    ['name', tickedName],
    ['parameter', /\?/y],
    ['parameter', namedParameter],
    ['number', number],
    ['word', word],
  ],
  sqlite: [
    ['comment', lineComment],
    ['comment', flatComment],
    ['string', plainString],
    ['name', quotedName],
    ['name', tickedName],
    ['name', bracketName],
    ['parameter', /\?\d*/y],
    ['parameter', namedParameter],
    ['number', number],
    ['word', word],
  ],
}

/** Reads a text of statements into pieces; what is unfinished at the end counts as one. Blanks are left out. */
export const tokensOf = (sql: string, dialect: SqlDialect): Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    if (/\s/.test(sql[at] ?? '')) at++
    else {
      const token = tokenAt(sql, at, dialect)
      tokens.push(token)
      at = token.to
    }
  }
  return tokens
}

const tokenAt = (sql: string, from: number, dialect: SqlDialect): Token => {
  if (dialect === 'postgres' && sql.startsWith('/*', from)) {
    const to = endOfNested(sql, from)
    return { kind: 'comment', from, to, text: sql.slice(from, to) }
  }
  for (const [kind, shape] of rules[dialect]) {
    shape.lastIndex = from
    const found = shape.exec(sql)?.[0]
    if (found) return { kind, from, to: from + found.length, text: kind === 'name' ? unquoted(found) : found }
  }
  return { kind: 'symbol', from, to: from + 1, text: sql[from] ?? '' }
}

/** Comments of PostgreSQL stand within each other. */
const endOfNested = (sql: string, from: number): number => {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 0
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return sql.length
}

const unquoted = (text: string): string => {
  const mark = text[0] === '[' ? ']' : (text[0] ?? '')
  const inner = text.slice(1, text.endsWith(mark) && text.length > 1 ? -1 : undefined)
  return inner.replaceAll(mark + mark, mark)
}

export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.text.toLowerCase())

export const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text
