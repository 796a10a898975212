import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import * as z from 'zod'
import { anyFreePort, isPortFree } from '#lib/config/ports'
import { clearStalePid, stopLeftover } from './embedded-leftover.ts'
import { type DatabaseUser, databaseUser, handOver, nativeBinaries, reachableFolder } from './embedded-user.ts'

export interface EmbeddedOptions {
  /** JACKFIELD_HOME; the password file stands here, the data folder below it where the database's user can reach it. */
  home: string
  /** One home may hold several clusters: Jackfield's own, and the sample source. */
  name: string
  /** Tried first; the port of the last start comes before it, any free one after it. */
  port: number
  /** PostgreSQL settings, e.g. `{ shared_buffers: '16MB' }`. */
  settings?: Record<string, string>
  /** False only for throw-away clusters: nothing is flushed to the disk. */
  durable?: boolean
  /** Sentences for the person at the console. */
  say?: (sentence: string) => void
}

export interface EmbeddedServer {
  readonly port: number
  readonly pid: number
  /** The superuser's address; only for making databases and roles. */
  adminUrl(database?: string): string
  /** Settles when the server process has ended, whoever ended it. */
  readonly ended: Promise<string>
  /** Fast shutdown: open sessions are ended, nothing is lost. */
  stop(): Promise<void>
}

const stateShape = z.object({ folder: z.string(), password: z.string(), port: z.number() })
type State = z.output<typeof stateShape>

const majorVersion = '18'

/** Starts a real PostgreSQL from the npm package, made on first use; replaces a server that a killed parent left behind. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedServer> => {
  const user = databaseUser()
  const native = nativeBinaries(user)
  const { state, data } = await openCluster(options, user, native)
  await stopLeftover(data)
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(state.port, options)
    const child = launch({ native, data, port, user, options })
    const failure = await untilReady(child, urlOf(state.password, port, 'postgres'))
    if (failure === undefined) {
      if (port !== state.port) writeState(options, { ...state, port })
      return serverOf(child, port, state.password)
    }
    if (attempt === 5) throw new Error(`PostgreSQL did not start (${failure}). Its log: ${logFile(options)}`)
    // Backends of a killed server may hold its memory for a moment longer, and a port may be lost to someone faster.
    await sleep(500)
  }
}

/** The superuser's address of a cluster that somebody else runs; undefined if there is no such cluster. */
export const embeddedAddress = (home: string, name: string): string | undefined => {
  const state = readState({ home, name })
  return state && urlOf(state.password, state.port, 'postgres')
}

const serverOf = (child: ChildProcess, port: number, password: string): EmbeddedServer => {
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`))
  })
  return {
    port,
    pid: child.pid ?? 0,
    adminUrl: (database = 'postgres') => urlOf(password, port, database),
    ended,
    stop: async () => {
      child.kill('SIGINT')
      // An immediate shutdown loses nothing either: the write-ahead log is replayed at the next start.
      const timer = setTimeout(() => child.kill('SIGQUIT'), 6_000)
      await ended
      clearTimeout(timer)
    },
  }
}

const urlOf = (password: string, port: number, database: string): string =>
  `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`

/** Finds the cluster of this home, or makes it. A half-made one is made again: only a complete one is called `data`. */
const openCluster = async (
  options: EmbeddedOptions,
  user: DatabaseUser | undefined,
  native: string,
): Promise<{ state: State; data: string }> => {
  const state = readState(options) ?? firstState(options, user)
  const data = path.join(state.folder, 'data')
  if (existsSync(path.join(data, 'PG_VERSION'))) {
    const version = readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim()
    if (version === majorVersion) return { state, data }
    throw new Error(
      `The database in ${data} was made by PostgreSQL ${version}, this is ${majorVersion}. Dump it with the old version and restore it into a new home.`,
    )
  }
  if (existsSync(data))
    throw new Error(`${data} exists but holds no PostgreSQL database; move it away and start again.`)
  await initdb({ native, folder: state.folder, password: state.password, user, options })
  return { state, data }
}

const firstState = (options: EmbeddedOptions, user: DatabaseUser | undefined): State => {
  mkdirSync(options.home, { recursive: true, mode: user ? 0o711 : 0o700 })
  const folder = reachableFolder(options.home, options.name, user)
  const state = { folder, password: randomBytes(24).toString('base64url'), port: options.port }
  writeState(options, state)
  return state
}

type Named = Pick<EmbeddedOptions, 'home' | 'name'>

const stateFile = ({ home, name }: Named): string => path.join(home, `${name}.json`)

const readState = (options: Named): State | undefined => {
  if (!existsSync(stateFile(options))) return undefined
  return stateShape.parse(JSON.parse(readFileSync(stateFile(options), 'utf8')))
}

const writeState = (options: EmbeddedOptions, state: State): void => {
  const draft = `${stateFile(options)}.new`
  writeFileSync(draft, `${JSON.stringify(state)}\n`, { mode: 0o600, flush: true })
  renameSync(draft, stateFile(options))
}

interface Step {
  native: string
  user: DatabaseUser | undefined
  options: EmbeddedOptions
}

const initdb = async ({ native, folder, password, user, options }: Step & { folder: string; password: string }) => {
  const draft = path.join(folder, 'data.new')
  const passwordFile = path.join(folder, 'password.new')
  rmSync(draft, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  mkdirSync(draft, { mode: 0o700 })
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' })
  handOver([draft, passwordFile], user)
  const given = [
    `--pgdata=${draft}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The builtin locale sorts alike on every operating system, so an index never breaks after an upgrade of libc.
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--builtin-locale=C.UTF-8',
    options.durable === false ? '--no-sync' : '--sync-method=fsync',
  ]
  const child = spawn(path.join(native, 'bin/initdb'), given, { cwd: '/', env: plainEnv, ...user })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  rmSync(passwordFile, { force: true })
  if (code !== 0) throw new Error(`initdb failed: ${output.trim().slice(-2000)}`)
  renameSync(draft, path.join(folder, 'data'))
}

// Nothing of our own environment: a stray PG* variable would change how the server behaves.
const plainEnv: Record<string, string> & NodeJS.ProcessEnv = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  NODE_ENV: 'production',
}

const logFile = ({ home, name }: Named): string => path.join(home, 'logs', `${name}.log`)

const launch = ({ native, data, port, user, options }: Step & { data: string; port: number }): ChildProcess => {
  clearStalePid(data)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    wal_level: 'logical',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    ...(options.durable === false && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
  }
  mkdirSync(path.dirname(logFile(options)), { recursive: true, mode: 0o700 })
  const log = openSync(logFile(options), 'a', 0o600)
  const given = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  // A process group of its own: Ctrl-C must reach the supervisor first, which takes everything down in order.
  const child = spawn(path.join(native, 'bin/postgres'), given, {
    cwd: data,
    env: plainEnv,
    ...user,
    detached: true,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return child
}

/** Undefined once the server answers, otherwise why it does not. */
const untilReady = async (child: ChildProcess, url: string): Promise<string | undefined> => {
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  child.once('exit', (code) => {
    failure = `exit code ${code}`
  })
  const deadline = Date.now() + 60_000
  while (failure === undefined && Date.now() < deadline) {
    if (await isAnswering(url)) return undefined
    await sleep(25)
  }
  if (failure === undefined) child.kill('SIGQUIT')
  return failure ?? 'no answer within 60 seconds'
}

const isAnswering = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

const freePort = async (wanted: number, options: EmbeddedOptions): Promise<number> => {
  if (wanted !== 0 && (await isPortFree(wanted, '127.0.0.1'))) return wanted
  const port = await anyFreePort('127.0.0.1')
  if (wanted !== 0) options.say?.(`Port ${wanted} is taken; the ${options.name} PostgreSQL listens on ${port} instead.`)
  return port
}
