import type { SqlDialect } from '#lib/connectors/contract'
import { isSymbol, isWord, type Token, tokensOf } from './tokens.ts'

/** One statement in a text of several, without the semicolon behind it. */
export interface Statement {
  from: number
  to: number
  sql: string
}

/** Takes a text apart at the semicolons that end a statement; what is only comments is none. */
export const splitStatements = (text: string, dialect: SqlDialect): Statement[] => {
  const statements: Statement[] = []
  let current: Token[] = []
  const finish = () => {
    const [first, last] = [current[0], current.at(-1)]
    if (first && last && current.some(({ kind }) => kind !== 'comment'))
      statements.push({ from: first.from, to: last.to, sql: text.slice(first.from, last.to) })
    current = []
  }
  for (const token of tokensOf(text, dialect)) {
    if (isSymbol(token, ';') && !isInBody(current)) finish()
    else current.push(token)
  }
  finish()
  return statements
}

/** Whether a semicolon here ends a statement of a routine's or trigger's body, and not the one that creates it. */
const isInBody = (tokens: readonly Token[]): boolean => {
  const code = tokens.filter(({ kind }) => kind !== 'comment')
  if (!isWord(code[0], 'create', 'alter')) return false
  if (!code.slice(1, 12).some((token) => isWord(token, 'trigger', 'function', 'procedure', 'event'))) return false
  let depth = 0
  for (const [index, token] of code.entries()) {
    const isEnding = isWord(code[index - 1], 'end')
    if (isWord(token, 'begin')) depth++
    else if (isWord(token, 'case') && !isEnding) depth++
    else if (isWord(token, 'end') && !isWord(code[index + 1], 'if', 'loop', 'while', 'repeat')) depth--
  }
  return depth > 0
}

/** The statement somebody at this place means: the one around it, else the one that ends on the line, else the next one. */
export const statementAt = (text: string, at: number, dialect: SqlDialect): Statement | undefined => {
  const statements = splitStatements(text, dialect)
  const around = statements.find(({ from, to }) => from <= at && at <= to)
  if (around) return around
  const before = statements.findLast(({ to }) => to <= at)
  if (before && !text.slice(before.to, at).includes('\n')) return before
  return statements.find(({ from }) => from >= at) ?? before
}

/** A few words to call a statement by: how it begins, without its comments. */
export const titleOf = (sql: string, dialect: SqlDialect): string => {
  const code = tokensOf(sql, dialect).filter(({ kind }) => kind !== 'comment')
  const [first, last] = [code[0], code[Math.min(code.length, 12) - 1]]
  if (!first || !last) return 'Statement'
  return sql.slice(first.from, last.to).replace(/\s+/g, ' ').slice(0, 40)
}
