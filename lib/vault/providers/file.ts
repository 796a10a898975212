import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { keyIdFor, parseKey, requireGoodKey } from '../key-check.ts'
import { createKeyFile, readKeyFile, replaceKeyFile, revisionOf } from '../key-file.ts'
import { KeyProblem } from '../key-problem.ts'
import { keyLength } from '../primitives.ts'
import { type KeyEntry, parseEntries, printEntries } from './key-list.ts'
import type { KeyChanges, KeyProvider } from './provider.ts'

/** Keys from `encryption.json` in a private folder: a list with ids from the first day, so that a second key is no new format. */
export const fileKeys = (folder: string): KeyProvider => {
  const file = path.join(folder, 'encryption.json')
  return {
    source: 'file',
    async load() {
      const text = readKeyFile(file)
      return text === undefined ? undefined : parseEntries(text, file).map(({ key }) => parseKey(key, inFile(file)))
    },
    async create() {
      return createKeyFile(file, printEntries([newEntry()]))
    },
    revision: () => revisionOf(file),
    change: changesOf(file),
  }
}

const changesOf = (file: string): KeyChanges => ({
  async add(keys) {
    const added = keys?.map(entryOf) ?? [newEntry()]
    const text = readKeyFile(file)
    if (text === undefined) {
      // Two at once: the file of whoever was first stays, and is not taken for this one.
      if (!createKeyFile(file, printEntries(added))) throw new KeyProblem('refused', `${file} was made meanwhile.`)
    } else replaceKeyFile(file, printEntries(withoutRepeats([...parseEntries(text, file), ...added])))
    return added.map(({ id }) => id)
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

const newEntry = (): KeyEntry => entryOf(randomBytes(keyLength))

const entryOf = (key: Buffer): KeyEntry => {
  requireGoodKey(key, 'The key')
  return { id: keyIdFor(key), key: key.toString('base64'), created_at: new Date().toISOString() }
}

const inFile = (file: string) => `A key in ${file}`
