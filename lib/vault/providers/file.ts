import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { keyIdFor, parseKey } from '../key-check.ts'
import { createKeyFile, readKeyFile } from '../key-file.ts'
import { KeyProblem } from '../key-problem.ts'
import { keyLength } from '../primitives.ts'
import type { KeyProvider } from './provider.ts'

/** Keys from `encryption.json` in a private folder: a list with ids from the first day, so that a second key is no new format. */
export const fileKeys = (folder: string): KeyProvider => {
  const file = path.join(folder, 'encryption.json')
  return {
    source: 'file',
    async load() {
      const text = readKeyFile(file)
      return text === undefined ? undefined : parseKeyring(text, file)
    },
    async create() {
      return createKeyFile(file, newKeyring())
    },
  }
}

const newKeyring = (): string => {
  const key = randomBytes(keyLength)
  const entry = { id: keyIdFor(key), key: key.toString('base64'), created_at: new Date().toISOString() }
  return `${JSON.stringify({ format: 1, keys: [entry] }, null, 2)}\n`
}

const parseKeyring = (text: string, file: string): Buffer[] => {
  const entries = entriesOf(text)
  if (!entries) throw new KeyProblem('damaged', `${file} is damaged: it holds no keys. Put it back from your backup.`)
  return entries.map(({ id, key }) => {
    const bytes = parseKey(key, `A key in ${file}`)
    if (keyIdFor(bytes) === id) return bytes
    throw new KeyProblem('damaged', `${file} is damaged: a key does not match its id. Put it back from your backup.`)
  })
}

const entriesOf = (text: string): { id: string; key: string }[] | undefined => {
  try {
    const parsed: unknown = JSON.parse(text)
    if (!isObject(parsed) || parsed.format !== 1 || !Array.isArray(parsed.keys) || parsed.keys.length === 0)
      return undefined
    const entries = parsed.keys.flatMap((entry: unknown) =>
      isObject(entry) && typeof entry.id === 'string' && typeof entry.key === 'string'
        ? [{ id: entry.id, key: entry.key }]
        : [],
    )
    return entries.length === parsed.keys.length ? entries : undefined
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
