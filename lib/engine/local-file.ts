import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { env } from '#lib/config/env'
import type { LocalFile, NoLocalFile } from '#lib/connectors/contract'

type Problem = NoLocalFile['problem']

/** Why a file is not read; thrown and caught within this file. */
class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem)
    this.problem = problem
  }
}

/** As much of the beginning as says what kind of file it is. */
const headBytes = 100
/** Logs and journals of SQLite have the file's name and one of these. */
const endings = ['-wal', '-shm', '-journal']

/**
 * The file that a connection names, if it is an ordinary file in a folder that the operator allows: no link on the way,
 * nothing of the product's own, opened to be sure that it is the one that was looked at (CONN-7).
 */
export const findLocalFile = async (wanted: string): Promise<LocalFile | NoLocalFile> => {
  const folders = allowedFolders()
  const roots = await realFolders(folders)
  if (roots.length === 0) return { problem: 'no_folder', folders }
  const places = placesOf(wanted, roots)
  let problem: Problem = places.length === 0 ? 'outside' : 'not_found'
  for (const place of places) {
    try {
      return await look(place)
    } catch (error) {
      problem = error instanceof Refusal ? error.problem : problemOf(error)
      if (problem !== 'not_found') break
    }
  }
  return { problem, folders }
}

/** The folder in the home that is always allowed, and those that the operator named. */
const allowedFolders = (): string[] => [
  filesFolder(path.resolve(env().JACKFIELD_HOME)),
  ...env().JACKFIELD_FILE_DIRS.map((folder) => path.resolve(folder)),
]

export const filesFolder = (home: string): string => path.join(home, 'files')

interface Root {
  /** As the operator wrote it, and as it is without links; those are his own. */
  named: string
  real: string
}

const realFolders = async (folders: readonly string[]): Promise<Root[]> => {
  const found = await Promise.all(
    folders.map(async (named) => ({ named, real: await realpath(named).catch(() => undefined) })),
  )
  return found.filter((root): root is Root => root.real !== undefined && !isOfSystem(root.real))
}

interface Place {
  root: string
  parts: string[]
}

const placesOf = (wanted: string, roots: readonly Root[]): Place[] => {
  const parts = wanted.split('/').filter((part) => part !== '' && part !== '.')
  if (wanted.includes('\0') || parts.length === 0 || parts.includes('..')) return []
  if (!wanted.startsWith('/')) return roots.map(({ real }) => ({ root: real, parts }))
  const whole = `/${parts.join('/')}`
  return roots.flatMap(({ named, real }) => {
    const under = [named, real].find((folder) => whole.startsWith(withSlash(folder)))
    return under === undefined ? [] : [{ root: real, parts: whole.slice(withSlash(under).length).split('/') }]
  })
}

const look = async ({ root, parts }: Place): Promise<LocalFile> => {
  const whole = path.join(root, ...parts)
  if (isOfSystem(whole)) throw new Refusal('not_a_file')
  if (await isOwn(whole)) throw new Refusal('own_file')
  for (const [index] of parts.entries()) await requireNoLink(path.join(root, ...parts.slice(0, index + 1)))
  // Never waits for the other end of a pipe, never follows a link that was put there a moment ago.
  const handle = await open(whole, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return await factsOf(handle, whole)
  } finally {
    await handle.close()
  }
}

const factsOf = async (handle: FileHandle, whole: string): Promise<LocalFile> => {
  const found = await handle.stat({ bigint: true })
  if (!found.isFile()) throw new Refusal('not_a_file')
  if (found.nlink !== 1n) throw new Refusal('hard_link')
  if ((await openedPath(handle, whole)) !== whole) throw new Refusal('link')
  const head = Buffer.alloc(headBytes)
  const { bytesRead } = await handle.read(head, 0, headBytes, 0)
  return {
    path: whole,
    device: String(found.dev),
    inode: String(found.ino),
    size_bytes: Number(found.size),
    modified_at: new Date(Number(found.mtimeMs)).toISOString(),
    head: head.subarray(0, bytesRead).toString('base64'),
    beside: await filesBeside(whole),
  }
}

/** Where the kernel says that the opened file is; a folder on the way may have become a link since it was looked at. */
const openedPath = (handle: FileHandle, whole: string): Promise<string> =>
  readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(whole))

const requireNoLink = async (place: string): Promise<void> => {
  const found = await lstat(place)
  if (found.isSymbolicLink()) throw new Refusal('link')
  if (!found.isDirectory() && !found.isFile()) throw new Refusal('not_a_file')
}

const filesBeside = async (whole: string): Promise<Record<string, number>> => {
  const found = await Promise.all(
    endings.map(async (ending) => ({ ending, stat: await lstat(whole + ending).catch(() => undefined) })),
  )
  // A pipe or a device in the place of a log would keep the engine waiting.
  if (found.some(({ stat }) => stat && !stat.isFile())) throw new Refusal('beside')
  return Object.fromEntries(found.flatMap(({ ending, stat }) => (stat ? [[ending, stat.size]] : [])))
}

const isOfSystem = (place: string): boolean =>
  ['/proc', '/sys', '/dev', '/run'].some((folder) => `${place}/`.startsWith(`${folder}/`))

/** Keys, database, logs and sockets of Jackfield itself. */
const isOwn = async (whole: string): Promise<boolean> => {
  const named = path.resolve(env().JACKFIELD_HOME)
  const home = await realpath(named).catch(() => named)
  return whole.startsWith(withSlash(home)) && !whole.startsWith(withSlash(filesFolder(home)))
}

const withSlash = (folder: string): string => (folder.endsWith('/') ? folder : `${folder}/`)

const problemOf = (error: unknown): Problem => codes[String(Object(error).code ?? '')] ?? 'failed'

const codes: Record<string, Problem | undefined> = {
  ENOENT: 'not_found',
  ENOTDIR: 'not_found',
  ELOOP: 'link',
  EACCES: 'no_permission',
  EPERM: 'no_permission',
  EISDIR: 'not_a_file',
  ENXIO: 'not_a_file',
}
