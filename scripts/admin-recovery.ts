import { existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { Actor } from '#lib/auth/actor'
import { type Env, parseEnv } from '#lib/config/env'
import { withConsoleEngine } from '#lib/engine/console'
import { restoreKeyring } from '#lib/vault/keyring'
import { joinKeys, type RecoveryKit } from '#lib/vault/recovery-kit'

export interface RecoveryContext {
  actor: () => Promise<Actor>
  tell: (sentence: string) => void
}

/** `keys recovery-kit export [folder]`: three texts, into three files or to standard output, and nowhere else. */
export const exportKit = (folder: string | undefined, { actor, tell }: RecoveryContext): Promise<void> => {
  const settings = parseEnv(process.env)
  return withConsoleEngine(settings, async (engine) => {
    const kit = await engine.recoveryKit()
    const files = folder === undefined ? [] : reserveFiles(folder, kit, settings)
    try {
      const { recordKitExport } = await import('#lib/keys/kit-operations')
      await recordKitExport(await actor(), { kit_id: kit.id, key_ids: kit.keyIds })
    } catch (error) {
      for (const file of files) unlinkSync(file)
      throw error
    }
    const texts = kit.shares.map((share, n) => sheetOf(share, n + 1, kit))
    for (const [n, file] of files.entries()) writeFileSync(file, texts[n] ?? '', { flush: true })
    if (files.length === 0) process.stdout.write(texts.join('\f\n'))
    tell(`${kit.id} is made, and is kept nowhere. ${handOut}`)
    if (files.length > 0) tell(`Move these away, one to a place of its own each:\n  ${files.join('\n  ')}`)
  })
}

const handOut =
  'Give its three shares to three people or places; any two of them bring the keys back, one alone is no use.'

/** Empty private files, before anything is recorded: a full disk or a file of that name must not cost the kit. */
const reserveFiles = (folder: string, { id, shares }: RecoveryKit, { JACKFIELD_HOME: home }: Env): string[] => {
  if (`${path.resolve(folder)}${path.sep}`.startsWith(`${path.resolve(home)}${path.sep}`)) {
    throw new Error(`Keep the shares apart from what they open: choose a folder outside ${home}.`)
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = shares.map((_, n) => path.join(folder, `jackfield-${id}-share-${n + 1}-of-${shares.length}.txt`))
  for (const file of files) writeFileSync(file, '', { flag: 'wx', mode: 0o600 })
  return files
}

const sheetOf = (share: string, number: number, { id, keyIds }: { id: string; keyIds: string[] }): string =>
  `Jackfield recovery kit ${id}: share ${number} of 3, made ${new Date().toISOString().slice(0, 10)}
Brings back: ${keyIds.join(', ')}

Keep this sheet apart from the other two, and from the database and its backups. Any two of the three bring the encryption
keys back when the key file is lost. One alone tells nothing about them. To restore, on the machine of the installation:

  npm run admin -- keys recovery-kit restore <file of one share> <file of another>

or type two shares after one another, with their first and last lines, into the same command without files. 0 and O, and
1, I and L are read as the same; spaces, dashes and line ends do not matter.

${share}
`

export interface RestoreContext {
  /** Does `work` alone with the keys, and records what it did; needs the database. */
  whileLocked: (work: () => Promise<string[]>) => Promise<string[]>
  tell: (sentence: string) => void
}

/** `keys recovery-kit restore <file> <file>`, or both shares on standard input; never on the command line itself. */
export const restoreKit = async (files: readonly string[], { whileLocked, tell }: RestoreContext): Promise<void> => {
  const { JACKFIELD_HOME: home, JACKFIELD_ENCRYPTION_KEY: fromEnv } = parseEnv(process.env)
  if (fromEnv) throw new Error('The keys come from JACKFIELD_ENCRYPTION_KEY. Unset it, then restore.')
  const folder = path.join(path.resolve(home), 'keys')
  const texts = files.length > 0 ? files.map((file) => readFileSync(file, 'utf8')) : [await text(process.stdin)]
  const keys = await joinKeys(texts)
  const restore = () => restoreKeyring(folder, keys)
  // Without a key file nothing but the disk is needed: this is wanted most when little else works.
  const isMissing = !existsSync(path.join(folder, 'encryption.json'))
  const ids = isMissing ? await restore() : await whileLocked(restore)
  for (const key of keys) key.fill(0)
  tell(`${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} back in ${folder}. What runs finds the keys by itself.`)
}
