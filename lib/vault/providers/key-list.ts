import { keyIdFor, parseKey } from '../key-check.ts'
import { KeyProblem } from '../key-problem.ts'

/** One key of the key file. */
export interface KeyEntry {
  id: string
  key: string
  created_at?: string
}

export const printEntries = (entries: readonly KeyEntry[]): string =>
  `${JSON.stringify({ format: 1, keys: entries }, null, 2)}\n`

/** The keys of a key file's text, or a `KeyProblem` that says what is wrong with it. */
export const parseEntries = (text: string, file: string): KeyEntry[] => {
  const entries = entriesOf(text)
  if (!entries) throw new KeyProblem('damaged', `${file} is damaged: it holds no keys. Put it back from your backup.`)
  for (const { id, key } of entries) {
    if (keyIdFor(parseKey(key, `A key in ${file}`)) === id) continue
    throw new KeyProblem('damaged', `${file} is damaged: a key does not match its id. Put it back from your backup.`)
  }
  return entries
}

const entriesOf = (text: string): KeyEntry[] | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isObject(parsed) || parsed.format !== 1 || !Array.isArray(parsed.keys) || parsed.keys.length === 0)
      return undefined
    const entries = parsed.keys.flatMap((entry: unknown) => entryOf(entry) ?? [])
    return entries.length === parsed.keys.length ? entries : undefined
  } catch {
    return undefined
  }
}

const entryOf = (entry: unknown): KeyEntry | undefined => {
  if (!isObject(entry) || typeof entry.id !== 'string' || typeof entry.key !== 'string') return undefined
  const { id, key, created_at } = entry
  return { id, key, ...(typeof created_at === 'string' && { created_at }) }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
