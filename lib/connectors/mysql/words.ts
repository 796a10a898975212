/** What statements are read as, which a session may have changed. */
export interface Reading {
  ansiQuotes: boolean
  backslashEscapes: boolean
  /** `s.nextval` takes a value from a sequence. */
  oracle?: boolean
}

export const readingOf = (sqlMode: string): Reading => {
  const modes = sqlMode.toUpperCase().split(',')
  return {
    ansiQuotes: modes.includes('ANSI_QUOTES'),
    backslashEscapes: !modes.includes('NO_BACKSLASH_ESCAPES'),
    oracle: modes.includes('ORACLE'),
  }
}

/**
 * The words and signs of a statement without its comments; texts are `''`, names in quotes stand as they are, in quotes.
 * Undefined where a comment, a text or a name has no end.
 */
export const wordsOf = (sql: string, reading: Reading): string[] | undefined => {
  const words: string[] = []
  for (let at = 0; at < sql.length; ) {
    const end = endOf(sql, at, reading)
    if (end === undefined) return undefined
    const first = sql[at] ?? ''
    if (isText(first, reading)) words.push("''")
    else if (first === '`' || first === '"') words.push(sql.slice(at, end))
    else if (!isGap(sql, at)) words.push(sql.slice(at, end).toUpperCase())
    at = end
  }
  return words
}

const isText = (first: string, { ansiQuotes }: Reading): boolean => first === "'" || (first === '"' && !ansiQuotes)
const isGap = (sql: string, at: number): boolean =>
  /\s/.test(sql[at] ?? '') || sql[at] === '#' || isDashes(sql, at) || sql.startsWith('/*', at)
/** Two dashes begin a comment only before a space or a control character. */
const isDashes = (sql: string, at: number): boolean =>
  sql.startsWith('--', at) && (at + 2 >= sql.length || isControl(sql.charCodeAt(at + 2)))
const isControl = (code: number): boolean => code <= 0x20 || code === 0x7f

/** What a server takes for a whole number or name it reads on; after these it stops, and `1.5INTO` is two words. */
const number = /(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+/iy
const word = /[\w$\u0080-\uffff]+/y
const gap = /\s+/y

const endOf = (sql: string, at: number, reading: Reading): number | undefined => {
  const first = sql[at] ?? ''
  if (first === '#' || isDashes(sql, at)) {
    const end = sql.indexOf('\n', at)
    return end < 0 ? sql.length : end + 1
  }
  if (sql.startsWith('/*', at)) {
    const end = sql.indexOf('*/', at + 2)
    return end < 0 ? undefined : end + 2
  }
  if (first === "'" || first === '"' || first === '`')
    return endOfQuoted(sql, at, isText(first, reading) && reading.backslashEscapes)
  return match(gap, sql, at) ?? match(number, sql, at) ?? match(word, sql, at) ?? at + 1
}

const endOfQuoted = (sql: string, at: number, hasEscapes: boolean): number | undefined => {
  const quote = sql[at]
  for (let next = at + 1; next < sql.length; next++) {
    if (hasEscapes && sql[next] === '\\') next++
    else if (sql[next] === quote && sql[next + 1] === quote) next++
    else if (sql[next] === quote) return next + 1
  }
  return undefined
}

const match = (pattern: RegExp, sql: string, at: number): number | undefined => {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : undefined
}
