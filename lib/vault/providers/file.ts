import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import path from 'node:path'
import { keyIdFor, parseKey, requireGoodKey } from '../key-check.ts'
import { createKeyFile, readKeyFile, replaceKeyFile, revisionOf } from '../key-file.ts'
import { KeyProblem } from '../key-problem.ts'
import { keyLength } from '../primitives.ts'
import { kindOf, unwrapKey, wrapKey } from '../services/find.ts'
import type { KeySettings } from '../services/settings.ts'
import { type KeyEntry, parseEntries, printEntries } from './key-list.ts'
import type { KeyChanges, KeyProvider, LoadedKey, LoadedKeys } from './provider.ts'

/**
 * Keys from `encryption.json` in a private folder: a list with ids from the first day, so that a second key is no new
 * format. Each lies there open, or wrapped by a key service that is asked once for it.
 */
export const fileKeys = (folder: string, settings: KeySettings = {}): KeyProvider => {
  const file = path.join(folder, 'encryption.json')
  const unwrap = unwrapper(settings)
  return {
    async load({ afresh = false } = {}) {
      const text = readKeyFile(file)
      return text === undefined ? undefined : loadAll(parseEntries(text, file), file, (entry) => unwrap(entry, afresh))
    },
    async create() {
      return createKeyFile(file, printEntries([await newEntry(settings)]))
    },
    revision: () => revisionOf(file),
    change: changesOf(file, settings),
  }
}

type WrappedKeyEntry = Extract<KeyEntry, { wrapped: string }>

/** Asks each service once for each key; what it gave stays here, so that it may be away while this process runs. */
const unwrapper = (settings: KeySettings) => {
  const given = new Map<string, KeyObject>()
  return async ({ id, source, wrapped }: WrappedKeyEntry, afresh: boolean): Promise<Buffer> => {
    const name = [id, source, wrapped].join(' ')
    const known = given.get(name)
    if (known && !afresh) return known.export()
    const key = await unwrapKey(id, { source, wrapped }, settings)
    given.set(name, createSecretKey(key))
    return key
  }
}

/** All that can be had. Without the one that seals there is no list: another one must not seal in its place. */
const loadAll = async (
  entries: readonly KeyEntry[],
  file: string,
  unwrap: (entry: WrappedKeyEntry) => Promise<Buffer>,
): Promise<LoadedKeys> => {
  const keys: LoadedKey[] = []
  const absent = new Map<string, string>()
  const load = async (entry: KeyEntry): Promise<LoadedKey | undefined> => {
    if ('key' in entry) return { bytes: parseKey(entry.key, inFile(file)), source: 'file' }
    return { bytes: await unwrap(entry), source: entry.source }
  }
  const results = await Promise.allSettled(entries.map(load))
  for (const [n, result] of results.entries()) {
    if (result.status === 'fulfilled') result.value && keys.push(result.value)
    else if (n > 0 && result.reason instanceof KeyProblem) absent.set(entries[n]?.id ?? '', result.reason.message)
    else throw result.reason
  }
  return { keys, absent }
}

const changesOf = (file: string, settings: KeySettings): KeyChanges => ({
  async add(keys) {
    const added = keys?.map(entryOf) ?? [await newEntry(settings)]
    const text = readKeyFile(file)
    if (text === undefined) {
      // Two at once: the file of whoever was first stays, and is not taken for this one.
      if (!createKeyFile(file, printEntries(added))) throw new KeyProblem('refused', `${file} was made meanwhile.`)
    } else replaceKeyFile(file, printEntries(withoutRepeats([...parseEntries(text, file), ...added])))
    return added.map((entry) => ({ id: entry.id, source: 'source' in entry ? entry.source : 'file' }))
  },
  async promote(id) {
    const entries = entriesIn(file)
    const chosen = entryIn(entries, id, file)
    replaceKeyFile(file, printEntries([chosen, ...entries.filter((entry) => entry !== chosen)]))
  },
  async retire(id) {
    const entries = entriesIn(file)
    const chosen = entryIn(entries, id, file)
    if (entries[0] === chosen) throw new KeyProblem('refused', `${id} seals new secrets. Promote another key first.`)
    const aside = path.join(path.dirname(file), `retired-${id}.json`)
    createKeyFile(aside, printEntries([chosen]))
    replaceKeyFile(file, printEntries(entries.filter((entry) => entry !== chosen)))
    return aside
  },
})

const entriesIn = (file: string): KeyEntry[] => {
  const text = readKeyFile(file)
  if (text === undefined) throw new KeyProblem('damaged', `${file} is missing. Put it back from your backup.`)
  return parseEntries(text, file)
}

const entryIn = (entries: readonly KeyEntry[], id: string, file: string): KeyEntry => {
  const found = entries.find((entry) => entry.id === id)
  if (found) return found
  throw new KeyProblem('refused', `${file} holds no key ${id}.`)
}

const withoutRepeats = (entries: readonly KeyEntry[]): KeyEntry[] =>
  entries.filter(({ id }, n) => entries.findIndex((entry) => entry.id === id) === n)

/** A new key, kept where the settings say. */
const newEntry = async (settings: KeySettings): Promise<KeyEntry> => {
  const { JACKFIELD_KEY_SOURCE: source = 'file' } = settings
  const key = randomBytes(keyLength)
  if (!kindOf(source)) return entryOf(key)
  const id = keyIdFor(key)
  const wrapped = await wrapKey(key, source, settings)
  key.fill(0)
  return { id, ...wrapped, created_at: new Date().toISOString() }
}

const entryOf = (key: Buffer): KeyEntry => {
  requireGoodKey(key, 'The key')
  return { id: keyIdFor(key), key: key.toString('base64'), created_at: new Date().toISOString() }
}

const inFile = (file: string) => `A key in ${file}`
