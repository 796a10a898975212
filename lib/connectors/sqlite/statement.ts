import type { DiscoveredRelation } from '../contract.ts'

type Constraint = NonNullable<DiscoveredRelation['constraints']>[number]

// Names and texts in any quotes, comments, words, numbers, and single signs; one branch for each first character.
const token =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|[\w$\u0080-\uffff]+|\S/g

interface Token {
  text: string
  start: number
  end: number
}

/** The CHECK constraints in the statement that made a table; SQLite keeps them nowhere else. */
export const checksOf = (sql: string, table: string): Constraint[] => {
  const tokens = tokensOf(sql)
  const found: Constraint[] = []
  for (let at = 0; at < tokens.length; at++) {
    if (!isWord(tokens[at], 'check') || tokens[at + 1]?.text !== '(') continue
    const close = closing(tokens, at + 1)
    if (close === undefined) break
    const definition = `CHECK ${sql.slice(tokens[at + 1]?.start, tokens[close]?.end)}`
    const named = isWord(tokens[at - 2], 'constraint') ? unquoted(tokens[at - 1]?.text ?? '') : undefined
    const name = named ?? `${table}_check${found.length === 0 ? '' : found.length + 1}`
    found.push({ name, kind: 'check', definition, columns: [] })
    at = close
  }
  return found
}

/** What a virtual table calls its columns. Asking it would run its module, which a file made to do harm may be waiting for. */
export const columnsOfVirtual = (sql: string): string[] => {
  const tokens = tokensOf(sql)
  const open = tokens.findIndex(({ text }) => text === '(')
  const close = open < 0 ? undefined : closing(tokens, open)
  if (close === undefined) return []
  const columns: string[] = []
  let depth = 0
  for (let at = open; at < close; at++) {
    const { text } = tokens[at] ?? { text: '' }
    if (text === '(') depth++
    if (text === ')') depth--
    const isStart = depth === 1 && (at === open || text === ',')
    const [name, next] = [tokens[at + 1], tokens[at + 2]]
    // What is written with an equals sign is an option.
    if (isStart && name && at + 1 < close && next?.text !== '=') columns.push(unquoted(name.text))
  }
  return columns
}

const tokensOf = (sql: string): Token[] =>
  [...sql.matchAll(token)]
    .map((match): Token => ({ text: match[0], start: match.index, end: match.index + match[0].length }))
    .filter(({ text }) => !text.startsWith('--') && !text.startsWith('/*'))

const isWord = (found: Token | undefined, word: string): boolean => found?.text.toLowerCase() === word

const closing = (tokens: readonly Token[], from: number): number | undefined => {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at]?.text === '(') depth++
    if (tokens[at]?.text === ')' && --depth === 0) return at
  }
  return undefined
}

const unquoted = (name: string): string => {
  const quote = name[0] ?? ''
  if (quote === '[') return name.slice(1, -1)
  return `'"\``.includes(quote) ? name.slice(1, -1).replaceAll(quote + quote, quote) : name
}
