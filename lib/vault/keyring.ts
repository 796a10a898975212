import { createSecretKey, randomBytes } from 'node:crypto'
import { keyIdFor, parseKey } from './key-check.ts'
import { createKeyFile, readKeyFile } from './key-file.ts'
import { KeyProblem } from './key-problem.ts'
import { keyLength } from './primitives.ts'
import { envKeys } from './providers/env.ts'
import { fileKeys } from './providers/file.ts'
import { type KeyProvider, kindOfSource, type LoadedKeys, type SourceKind } from './providers/provider.ts'
import type { Key } from './seal.ts'
import type { KeySettings } from './services/settings.ts'

/** The encryption keys this installation holds. */
export interface Keyring {
  /** Where the primary key is kept. */
  source: SourceKind
  /** Where each is kept, with the service's key that wraps it. */
  sources: ReadonlyMap<string, string>
  /** Keys that are listed and could not be had, and why. */
  absent: ReadonlyMap<string, string>
  /** Seals everything new. */
  primary: Key
  ids: string[]
  find(id: string): Key | undefined
}

export interface KeyringOptions {
  /**
   * May a first key be made where there is none? No once secrets are stored: a lost key (an unmounted folder, a
   * forgotten variable) must look lost, not be replaced by one that opens nothing.
   */
  mayCreate?: boolean
  settings?: KeySettings
}

/** The keys of the environment if set, else of the folder; a first key is made on an empty disk. Undefined: no key. */
export const loadOrCreateKeyring = async (
  folder: string,
  fromEnv: string | undefined,
  { mayCreate = true, settings = {} }: KeyringOptions = {},
): Promise<(Keyring & { created: boolean }) | undefined> => ringFrom(providerOf(folder, fromEnv, settings), mayCreate)

/** The keys of a source that is held already. */
export const ringFrom = async (
  provider: KeyProvider,
  mayCreate: boolean,
): Promise<(Keyring & { created: boolean }) | undefined> => {
  const found = await provider.load()
  if (found) return { ...ringOf(found), created: false }
  if (!mayCreate || !provider.create) return undefined
  const created = await provider.create()
  const made = await provider.load()
  return made && { ...ringOf(made), created }
}

/** Where this installation's keys come from. */
export const providerOf = (folder: string, fromEnv: string | undefined, settings: KeySettings = {}): KeyProvider =>
  fromEnv === undefined ? fileKeys(folder, settings) : envKeys(fromEnv)

/** Makes a new key file on a person's explicit word, after the old one was lost for good. Answers the key's id. */
export const createKeyring = async (folder: string, settings: KeySettings = {}): Promise<string> => {
  const provider = fileKeys(folder, settings)
  if (!(await provider.create?.())) {
    throw new KeyProblem('refused', `There is a key file in ${folder} already. Move it away first if it is damaged.`)
  }
  const made = await provider.load()
  if (!made) throw new KeyProblem('refused', `The key file in ${folder} disappeared while it was being made.`)
  return ringOf(made).primary.id
}

/** Puts keys of a recovery kit into the key file, behind those that are there. Answers their ids. */
export const restoreKeyring = async (folder: string, keys: readonly Buffer[]): Promise<string[]> =>
  ((await fileKeys(folder).change?.add(keys)) ?? []).map(({ id }) => id)

/** One 32-byte key in a file of its own (audit key, session secret), made on first use. */
export const loadOrCreateKey = async (file: string): Promise<Buffer> => {
  const existing = readKeyFile(file)
  if (existing !== undefined) return parseKey(existing.trim(), file)
  createKeyFile(file, `${randomBytes(keyLength).toString('base64')}\n`)
  const made = readKeyFile(file)
  if (made === undefined) throw new KeyProblem('refused', `${file} disappeared while it was being made.`)
  return parseKey(made.trim(), file)
}

const ringOf = ({ keys: found, absent }: LoadedKeys): Keyring => {
  const keys = new Map(
    found.map(({ bytes }) => [keyIdFor(bytes), { id: keyIdFor(bytes), secret: createSecretKey(bytes) }]),
  )
  const sources = new Map(found.map(({ bytes, source }) => [keyIdFor(bytes), source]))
  for (const { bytes } of found) bytes.fill(0)
  const [primary] = keys.values()
  if (!primary) throw new KeyProblem('damaged', 'The key source holds no keys.')
  const source = kindOfSource(sources.get(primary.id) ?? '')
  return { source, sources, absent, primary, ids: [...keys.keys()], find: (id) => keys.get(id) }
}
