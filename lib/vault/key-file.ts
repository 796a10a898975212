import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { KeyProblem } from './key-problem.ts'

/**
 * Creates a file only its owner can read, whole or not at all: written and fsync'd under a private name, then linked to
 * its own, which fails if another process was first. False then: the file that is there is the one to use.
 */
export const createKeyFile = (file: string, content: string): boolean => {
  const folder = path.dirname(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  requirePrivateFolder(folder)
  const draft = path.join(folder, `.${path.basename(file)}.${randomBytes(8).toString('hex')}`)
  writeDraft(draft, content)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    unlinkSync(draft)
    syncFolder(folder)
  }
}

/**
 * Puts new content in a key file's place, whole or not at all: written and fsync'd under a private name, then renamed
 * over it. Drafts that a killed process left behind hold keys too and go with it. The caller makes sure to be alone.
 */
export const replaceKeyFile = (file: string, content: string): void => {
  const folder = path.dirname(file)
  requirePrivateFolder(folder)
  const prefix = `.${path.basename(file)}.`
  for (const name of readdirSync(folder)) if (name.startsWith(prefix)) unlinkSync(path.join(folder, name))
  const draft = path.join(folder, `${prefix}${randomBytes(8).toString('hex')}`)
  writeDraft(draft, content)
  renameSync(draft, file)
  syncFolder(folder)
}

/** Changes whenever the file was replaced or edited; undefined where there is none. */
export const revisionOf = (file: string): string | undefined => {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true })
  return stats && [stats.ino, stats.size, stats.mtimeNs].join(' ')
}

/** The file's text, undefined if there is none; refused if anyone but its owner could read or replace it. */
export const readKeyFile = (file: string): string | undefined => {
  const descriptor = openIfThere(file)
  if (descriptor === undefined) return undefined
  try {
    requirePrivate(fstatSync(descriptor), file, 'chmod 600')
    requirePrivateFolder(path.dirname(file))
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

const writeDraft = (draft: string, content: string): void => {
  const descriptor = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    fchmodSync(descriptor, 0o600)
    writeSync(descriptor, content)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const openIfThere = (file: string): number | undefined => {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    if (isCode(error, 'ELOOP'))
      throw new KeyProblem('refused', `${file} is a symbolic link. Put the key file itself there.`)
    if (isCode(error, 'EACCES'))
      throw new KeyProblem('refused', `${file} belongs to another user. Give it to this one: chown.`)
    throw error
  }
}

const requirePrivateFolder = (folder: string): void => {
  requirePrivate(statSync(folder), folder, 'chmod 700')
  requireNoDatabase(folder)
}

const requirePrivate = (stats: Stats, name: string, remedy: string): void => {
  const user = process.geteuid?.()
  if (user !== undefined && stats.uid !== user && stats.uid !== 0) {
    throw new KeyProblem('refused', `${name} belongs to another user. Give it to the user Jackfield runs as: chown.`)
  }
  // Windows has no such modes; the folder's access list decides there.
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    throw new KeyProblem('refused', `${name} can be opened by other users. Close it: ${remedy} ${name}`)
  }
}

const dumpName = /(\.(dump|pgdump|sql|backup|bak)(\.(gz|bz2|xz|zst|zip))?|^toc\.dat)$/i

/** A key beside a dump or inside a database folder is copied together with what it opens (ENC-7). */
const requireNoDatabase = (folder: string): void => {
  const dump = readdirSync(folder).find((name) => dumpName.test(name))
  if (dump) throw new KeyProblem('refused', `${folder} holds a database dump (${dump}). Keep keys and dumps apart.`)
  const inside = parentsOf(folder).find((parent) => existsSync(path.join(parent, 'PG_VERSION')))
  if (inside) throw new KeyProblem('refused', `${folder} is inside the database folder ${inside}. Keep keys elsewhere.`)
}

const parentsOf = (folder: string): string[] => {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [folder, ...parentsOf(parent)]
}

const syncFolder = (folder: string): void => {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
