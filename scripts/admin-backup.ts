import path from 'node:path'
import type { Actor } from '#lib/auth/actor'
import { env } from '#lib/config/env'
import { withConsoleEngine } from '#lib/engine/console'
import { type BackupManifest, checkBackup, createBackup, requireKeys, restoreBackup } from '#lib/supervisor/backup'
import { loadOrCreateKeyring } from '#lib/vault/keyring'

export interface BackupCommandContext {
  actor: () => Promise<Actor>
  file: string | undefined
  tell: (sentence: string) => void
}

/** `backup create|verify|restore <file>`, with the database borrowed already. */
export const runBackupCommand = async (name: string, { actor, file, tell }: BackupCommandContext): Promise<void> => {
  if (file === undefined) throw new Error(`Say which file: npm run admin -- backup ${name} <file>`)
  if (name === 'create') return create(await actor(), file, tell)
  if (name === 'verify') {
    const { manifest, rows } = await checkBackup(file)
    requireKeys(manifest, await heldKeys())
    return tell(`${file} is whole: ${rows} rows. Every key it needs is here${keysOf(manifest)}.`)
  }
  const rows = await restoreBackup(databaseUrl(), file, await heldKeys())
  await record(await actor(), 'backup.restored', file)
  const opened = await openAll(actor)
  tell(`Restored ${rows} rows; all ${opened} secrets open.`)
}

const create = async (actor: Actor, file: string, tell: (sentence: string) => void): Promise<void> => {
  if (path.resolve(file).startsWith(`${keysFolder()}${path.sep}`)) {
    throw new Error('Keep backups and keys apart: choose another folder.')
  }
  await record(actor, 'backup.created', file)
  const { manifest, rows } = await createBackup(databaseUrl(), file)
  tell(`Wrote ${rows} rows to ${file}. It opens only with its keys${keysOf(manifest)}, which are not in it.`)
}

const openAll = async (actor: () => Promise<Actor>): Promise<number> => {
  let opened = 0
  await withConsoleEngine(env(), async () => {
    const { examine } = await import('#lib/keys/operations')
    const report = await examine(await actor(), {})
    opened = report.opened
    if (!report.healthy) throw new Error(`${report.problem_count} secrets do not open: npm run admin -- keys doctor`)
  })
  return opened
}

const record = async (actor: Actor, event: 'backup.created' | 'backup.restored', file: string): Promise<void> => {
  const [{ record: write }, { transaction }] = await Promise.all([
    import('#lib/audit/record'),
    import('#lib/db/transaction'),
  ])
  const subject = { type: 'backup', name: path.basename(file) }
  await transaction((tx) => write(tx, { actor, event, outcome: 'success', subject }))
}

const heldKeys = async (): Promise<string[]> =>
  (await loadOrCreateKeyring(keysFolder(), env().JACKFIELD_ENCRYPTION_KEY, { mayCreate: false, settings: env() }))
    ?.ids ?? []

const keysFolder = () => path.join(path.resolve(env().JACKFIELD_HOME), 'keys')

const keysOf = ({ keys }: BackupManifest): string =>
  keys.length === 0 ? '' : ` (${keys.map(({ id }) => id).join(', ')})`

// As the owner of the tables: a restore takes constraints away and puts them back.
const databaseUrl = (): string => env().JACKFIELD_MIGRATIONS_DATABASE_URL ?? ''
