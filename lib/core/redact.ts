import { secretMask } from './secret.ts'

/** Values shorter than this would black out half the language; they are only hidden by key. */
const shortestHidden = 4
/** A value that something cut off is still recognised by this many of its first characters. */
const prefixLength = 8

/** Fields in which drivers and parsers repeat what they were given: statements, rows, connection strings (AUDIT-6). */
const droppedKeys = new Set([
  'sql',
  'detail',
  'input',
  'where',
  'hint',
  'config',
  'headers',
  'cause',
  'parameters',
  'meta',
])
const secretKey =
  /pass(word|wd|phrase)?$|secret|token|authorization|cookie|api_?key$|(private|encryption|session|audit)_?key$|envelope|^credential$|^extra$/i

/** The ways a value is likely to be printed in, longest first; none shorter than `shortest`, in characters. */
export const spellingsOf = (value: string, shortest = shortestHidden): string[] => {
  const bytes = Buffer.from(value)
  const wellFormed = value.toWellFormed()
  const spellings = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(wellFormed),
    new URLSearchParams([['', wellFormed]]).toString().slice(1),
    bytes.toString('base64').replace(/=+$/, ''),
    // As the middle of a longer base64 text it begins one or two bytes into a group of three.
    ...[0, 1, 2].flatMap((skip) => {
      const middle = bytes.subarray(skip, skip + Math.floor((bytes.length - skip) / 3) * 3)
      return middle.length >= 6 ? [middle.toString('base64'), middle.toString('base64url')] : []
    }),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ]
  return [...new Set(spellings)].filter((text) => text.length >= shortest).sort((a, b) => b.length - a.length)
}

/** Hides values wherever they stand in a text, also where the text was cut in the middle of one. */
export const redactText = (text: string, spellings: readonly string[]): string =>
  spellings.reduce((line, spelling) => hide(line, spelling), text)

/** A copy fit for a log: secret-looking keys masked, fields that repeat input dropped, errors reduced to what they are. */
export const redactByKey = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value
  if (depth > 6) return '…'
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactByKey(item, depth + 1))
  const own =
    value instanceof Error ? { ...value, type: value.name, message: value.message, stack: value.stack } : value
  const entries = Object.entries(own).filter(([key]) => !droppedKeys.has(key))
  return Object.fromEntries(
    entries.map(([key, item]) => [key, secretKey.test(key) ? secretMask : redactByKey(item, depth + 1)]),
  )
}

const hide = (text: string, spelling: string): string => {
  const prefix = spelling.slice(0, prefixLength)
  let from = text.indexOf(prefix)
  if (from < 0) return text
  let [result, at] = ['', 0]
  for (; from >= 0; from = text.indexOf(prefix, at)) {
    let length = prefix.length
    while (length < spelling.length && text[from + length] === spelling[length]) length++
    result += text.slice(at, from) + secretMask
    at = from + length
  }
  return result + text.slice(at)
}
