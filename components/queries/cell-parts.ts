import { keyOf } from './sort-keys.ts'

/** Lines of sixteen bytes: where, in hexadecimal, as letters. */
export const hexDump = (text: string, lines: number): string => {
  const digits = text.replace(/^\\x/, '')
  return Array.from({ length: Math.min(lines, Math.ceil(digits.length / 32)) }, (_, line) => {
    const bytes = digits.slice(line * 32, line * 32 + 32).match(/../g) ?? []
    const letters = bytes.map((byte) => letterOf(Number.parseInt(byte, 16))).join('')
    return `${(line * 16).toString(16).padStart(8, '0')}  ${bytes.join(' ').padEnd(47)}  ${letters}`
  }).join('\n')
}

const letterOf = (code: number): string => (code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '.')

/** Items of an array as PostgreSQL writes it, `{1,NULL,"a,b"}`; those of arrays within stay as written. */
export const arrayItems = (text: string): (string | null)[] | undefined => {
  const inner = /^(?:\[[^=]*\]=)?\{([\s\S]*)\}$/.exec(text)?.[1]
  if (inner === undefined) return undefined
  if (inner === '') return []
  const items: (string | null)[] = []
  let [depth, start, isQuoted] = [0, 0, false]
  for (let at = 0; at <= inner.length; at += 1) {
    const mark = inner[at]
    if (isQuoted && mark === '\\') at += 1
    else if (mark === '"') isQuoted = !isQuoted
    else if (!isQuoted && mark === '{') depth += 1
    else if (!isQuoted && mark === '}') depth -= 1
    else if (at === inner.length || (mark === ',' && depth === 0 && !isQuoted)) {
      items.push(itemOf(inner.slice(start, at)))
      start = at + 1
    }
  }
  return items
}

const itemOf = (text: string): string | null => {
  if (text.startsWith('"')) return text.slice(1, -1).replace(/\\([\s\S])/g, '$1')
  return text.toUpperCase() === 'NULL' ? null : text
}

/** When a time stamp is; undefined where it names no time zone and so no moment. */
export const momentOf = (text: string): Date | undefined => {
  if (!/(?:Z|[+-]\d\d(?::?\d\d){0,2})$/i.test(text) || !/\d:\d/.test(text)) return undefined
  const seconds = keyOf('timestamp', text)?.number
  const date = new Date((seconds ?? Number.NaN) * 1_000)
  return Number.isNaN(date.getTime()) ? undefined : date
}
