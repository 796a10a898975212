import { keyIdFor, parseKey } from '../key-check.ts'
import { KeyProblem } from '../key-problem.ts'

/** One key of the key file: open, or wrapped by the service that `source` names. */
export type KeyEntry = { id: string; created_at?: string } & ({ key: string } | { source: string; wrapped: string })

/** Format 2 has wrapped keys. A list without any stays readable to older versions. */
export const printEntries = (entries: readonly KeyEntry[]): string => {
  const format = entries.some((entry) => 'wrapped' in entry) ? 2 : 1
  return `${JSON.stringify({ format, keys: entries }, null, 2)}\n`
}

/** The keys of a key file's text, or a `KeyProblem` that says what is wrong with it. */
export const parseEntries = (text: string, file: string): KeyEntry[] => {
  const entries = entriesOf(text)
  if (!entries) throw new KeyProblem('damaged', `${file} is damaged: it holds no keys. Put it back from your backup.`)
  for (const entry of entries) {
    if ('wrapped' in entry || keyIdFor(parseKey(entry.key, `A key in ${file}`)) === entry.id) continue
    throw new KeyProblem('damaged', `${file} is damaged: a key does not match its id. Put it back from your backup.`)
  }
  return entries
}

const entriesOf = (text: string): KeyEntry[] | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isObject(parsed) || !Array.isArray(parsed.keys) || parsed.keys.length === 0) return undefined
    const { format } = parsed
    if (format !== 1 && format !== 2) return undefined
    const entries = parsed.keys.flatMap((entry: unknown) => entryOf(entry) ?? [])
    return entries.length === parsed.keys.length ? entries : undefined
  } catch {
    return undefined
  }
}

const entryOf = (entry: unknown): KeyEntry | undefined => {
  if (!isObject(entry) || typeof entry.id !== 'string') return undefined
  const { id, key, source, wrapped, created_at } = entry
  const about = { id, ...(typeof created_at === 'string' && { created_at }) }
  if (typeof key === 'string') return { ...about, key }
  return typeof source === 'string' && typeof wrapped === 'string' ? { ...about, source, wrapped } : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
