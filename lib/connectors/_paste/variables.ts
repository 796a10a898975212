import { readAirflowJson, withExtra } from './airflow.ts'
import { type Dialects, type Parts, partsOf, unquote } from './parts.ts'

const mostLines = 2_000

/**
 * Lines of an `.env`, compose or credentials file: an address in any of them wins, else what the variables mean together.
 * `readOne` reads a single text.
 */
export const readVariables = (
  text: string,
  dialects: Dialects,
  readOne: (value: string) => Parts | undefined,
): Parts | undefined => {
  const pairs = pairsOf(text)
  for (const [name, value] of pairs) {
    const isAirflow = name.startsWith('AIRFLOW_CONN_')
    const parts = isAirflow ? (readAirflowJson(value, dialects) ?? readOne(value)) : readOne(value)
    if (parts) return isAirflow ? withExtra({ ...parts, dialect: 'airflow' }) : parts
  }
  const values = new Map<string, string>()
  for (const [name, value] of pairs) {
    const part = Object.hasOwn(dialects.variables ?? {}, name) ? dialects.variables?.[name] : undefined
    if (part !== undefined && value !== '' && !values.has(part)) values.set(part, value)
  }
  return values.size > 0 ? partsOf('variables', { values }) : undefined
}

/** What a connector with a reader of its own finds in the value of a variable. */
export const insideVariables = <T>(text: string, read: (value: string) => T | undefined): T | undefined => {
  for (const [, value] of pairsOf(text)) {
    const found = read(value)
    if (found !== undefined) return found
  }
  return undefined
}

const pairsOf = (text: string): [name: string, value: string][] =>
  text.split(/\r?\n/, mostLines).flatMap((line): [string, string][] => {
    const match = /^\s*(?:export\s+|set\s+|-e\s+|-\s+)?([a-z][a-z0-9_]*)\s*(?:=|:\s)\s*(.*)$/is.exec(line)
    return match ? [[match[1]?.toUpperCase() ?? '', plain(match[2] ?? '')]] : []
  })

// What stands behind ` #` is a comment, unless it stands in quotes itself.
const plain = (text: string): string => {
  const quoted = /^\s*(["'])(.*?)\1\s+#/s.exec(text)
  if (quoted) return quoted[2] ?? ''
  return /^\s*["']/.test(text) ? unquote(text) : text.replace(/(?:^|\s)#.*$/, '').trim()
}
