import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Env } from '#lib/config/env'
import { anyFreePort, isPortFree } from '#lib/config/ports'
import { type DatabaseAddresses, isOneRole } from '#lib/db/roles'
import { loadOrCreateKey } from '#lib/vault/keyring'
import { originKeyOf } from './audit-key.ts'
import { buildPages, isBuilt } from './build.ts'
import { type Child, superviseChild } from './child.ts'
import { say, step } from './console.ts'
import { externalDatabase, keepServer, openDatabase, prepareSchema } from './database.ts'
import { type HomeLock, lockHome, socketsPrefix } from './lock.ts'
import { trimLogs } from './logs.ts'

const root = path.join(import.meta.dirname, '../..')

export interface ProductOptions {
  settings: Env
  development: boolean
  /** Writes the generated sources; first, because almost everything imports them. */
  generate(): Promise<void>
  /** Aborted when the product is to stop before it was up. */
  signal: AbortSignal
}

export interface Product {
  /** Where people reach it. */
  url: string
  /** What this process needs to use the database and the engine itself. */
  ownEnv: Record<string, string>
  home: string
  embedded: boolean
  isFirstRun: boolean
}

/** Things to undo, newest first; a stop in the middle of a start undoes what is there. */
export type Undo = (() => Promise<void> | void)[]

/** Brings up PostgreSQL, migrations, engine and web, in parallel where nothing depends on it. */
export const startProduct = async (options: ProductOptions, undo: Undo): Promise<Product> => {
  const home = path.resolve(options.settings.JACKFIELD_HOME)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const lock = await lockHome(home)
  undo.push(() => lock.release())
  trimLogs(home)
  const trimming = setInterval(trimLogs, 600_000, home)
  undo.push(() => clearInterval(trimming))

  const [database] = await settled([prepareDatabase(options, home, undo), preparePages(options)])
  options.signal.throwIfAborted()
  const place = await choosePlace(options.settings)
  const environment = await childEnvironment(options, { home, lock, database, place }, undo)
  const context = { options, home, lock, environment }
  const engine = engineOf(context)
  const web = webOf(context)
  undo.push(
    () => engine.stop(),
    () => web.stop(),
  )
  const isFirstRun = options.settings.JACKFIELD_ENCRYPTION_KEY === undefined && !existsSync(keyFile(home))
  await step('Engine and web server', () => settled([engine.start(), web.start()]))
  if (options.development) undo.push(restartOnChange(engine))
  return {
    url: place.url,
    home,
    isFirstRun: isFirstRun && existsSync(keyFile(home)),
    embedded: options.settings.DATABASE_URL === undefined,
    ownEnv: environment.engine,
  }
}

export const keyFile = (home: string): string => path.join(home, 'keys/encryption.json')

// Like Promise.all, but nothing is still running when it rejects: what was started is then known and can be undone.
const settled = async <T extends readonly unknown[]>(
  work: readonly [...{ [I in keyof T]: Promise<T[I]> }],
): Promise<T> => {
  await Promise.allSettled(work)
  return (await Promise.all(work)) as unknown as T
}

const prepareDatabase = async ({ settings }: ProductOptions, home: string, undo: Undo): Promise<DatabaseAddresses> => {
  const addresses = externalDatabase(settings) ?? (await startOwnServer(home, undo))
  await step('Database schema', () => prepareSchema(addresses).catch(explain))
  if (isOneRole(addresses)) say(oneRole)
  return addresses
}

const oneRole =
  'Jackfield works as the role that owns its tables, which could rewrite the audit trail. Give it two roles: docs/operating.md, “An external PostgreSQL”.'

const explain = (error: unknown): never => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Network errors and SQLSTATE classes 08, 28 and 3D: nobody there, not let in, no such database.
  if (!/^E[A-Z]{3,}|^(08|28|3D)/.test(code)) throw error
  throw new Error(`The database of DATABASE_URL does not answer or does not let Jackfield in (${code}).`, {
    cause: error,
  })
}

const startOwnServer = (home: string, undo: Undo): Promise<DatabaseAddresses> =>
  step('PostgreSQL', async () => {
    const server = await keepServer({ home, name: 'database', port: 5433, say })
    undo.push(() => server.stop())
    return openDatabase(server.adminUrl())
  })

const preparePages = async ({ development, generate, signal }: ProductOptions): Promise<void> => {
  await step('Generated sources', generate)
  if (development || isBuilt()) return
  say('Building the pages (only when sources changed) …')
  await step('Pages', () => buildPages(signal))
}

interface Place {
  host: string
  port: number
  url: string
}

const choosePlace = async ({ JACKFIELD_HOST: host, JACKFIELD_PORT: wanted, JACKFIELD_URL }: Env): Promise<Place> => {
  const isFree = wanted !== 0 && (await isPortFree(wanted, host))
  const port = isFree ? wanted : await anyFreePort(host)
  if (wanted !== 0 && !isFree) say(`Port ${wanted} is taken; Jackfield listens on ${port} instead.`)
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host) ? 'localhost' : host
  return { host, port, url: JACKFIELD_URL ?? `http://${name.includes(':') ? `[${name}]` : name}:${port}` }
}

interface Environments {
  engine: Record<string, string>
  web: Record<string, string>
}

/** Each child gets what it needs: the web process no encryption key, the engine no session secret. */
const childEnvironment = async (
  { settings, development }: ProductOptions,
  { home, lock, database, place }: { home: string; lock: HomeLock; database: DatabaseAddresses; place: Place },
  undo: Undo,
): Promise<Environments> => {
  // Short, because the path of a socket may have about a hundred bytes; private, because it is the engine's front door.
  const sockets = mkdtempSync(path.join(tmpdir(), socketsPrefix))
  lock.setSockets(sockets)
  undo.push(() => rmSync(sockets, { recursive: true, force: true }))
  const own = [...new Set([database.app, database.owner].map(hostAndPort)), `127.0.0.1:${place.port}`]
  const common = {
    NODE_ENV: development ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    // Compiled sources are kept, so that a second start spends its time on starting.
    ...(!development && { NODE_COMPILE_CACHE: path.join(home, 'cache') }),
    DATABASE_URL: database.app,
    JACKFIELD_HOME: home,
    JACKFIELD_HOST: place.host,
    JACKFIELD_PORT: String(place.port),
    JACKFIELD_URL: place.url,
    JACKFIELD_ENGINE_SOCKET: path.join(sockets, 'engine.sock'),
    JACKFIELD_ENGINE_TOKEN: randomBytes(32).toString('base64url'),
    JACKFIELD_OWN_ADDRESSES: own.join(','),
    JACKFIELD_EMBEDDED: String(settings.DATABASE_URL === undefined),
    JACKFIELD_AUDIT_ORIGIN_KEY: await originKeyOf(home),
  }
  const secret = await loadOrCreateKey(path.join(home, 'keys/session.key'))
  // next-auth builds its links from this one, never from the Host header.
  const web = { JACKFIELD_SESSION_SECRET: secret.toString('base64url'), NEXTAUTH_URL: place.url }
  return { engine: common, web: { ...common, ...web } }
}

const hostAndPort = (url: string): string => {
  const { host, port } = new URL(url.replace(/^postgres(ql)?:/, 'http:'))
  return port === '' ? `${host}:5432` : host
}

// The owner's address stays in the supervisor: no process that answers requests can use it.
const ownEnvironment = (): NodeJS.ProcessEnv => {
  const { JACKFIELD_MIGRATIONS_DATABASE_URL: _, ...rest } = process.env
  return rest
}

interface ChildContext {
  options: ProductOptions
  home: string
  lock: HomeLock
  environment: Environments
}

const nodeArgs = [
  // A debugger could read every secret in the engine's memory: no signal may open one.
  '--disable-sigusr1',
  '--disable-warning=ExperimentalWarning',
  // Both processes mostly wait and pass things on; a small nursery (in MiB) and code that is compiled for size keep
  // 80 MiB from lying about.
  '--max-semi-space-size=4',
  '--optimize-for-size',
]

const engineOf = ({ options, home, lock, environment }: ChildContext): Child => {
  const withoutSignIn = Object.entries(ownEnvironment()).filter(([name]) => !name.startsWith('JACKFIELD_OIDC_'))
  const given = { ...Object.fromEntries(withoutSignIn), ...environment.engine }
  return superviseChild({
    name: 'engine',
    file: 'lib/engine/main.ts',
    nodeArgs,
    env: { ...given, NODE_ENV: options.development ? 'development' : 'production' },
    home,
    inherit: options.development,
    patience_ms: 2_000,
    onStart: (pid) => lock.setChild('engine', pid),
  })
}

const webOf = ({ options, home, lock, environment }: ChildContext): Child => {
  // Neither the keys nor who we are to a key service.
  const isKey = (name: string) => /^JACKFIELD_(ENCRYPTION_KEY$|KEYS_)/.test(name)
  const withoutKey = Object.fromEntries(Object.entries(ownEnvironment()).filter(([name]) => !isKey(name)))
  return superviseChild({
    name: 'web',
    file: 'lib/web/main.ts',
    nodeArgs,
    env: { ...withoutKey, ...environment.web, NODE_ENV: options.development ? 'development' : 'production' },
    home,
    inherit: options.development,
    patience_ms: 7_500,
    onStart: (pid) => lock.setChild('web', pid),
  })
}

/** In development the engine follows its sources; Next watches the rest. */
const restartOnChange = (engine: Child): (() => void) => {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(path.join(root, 'lib'), { recursive: true }, (_event, file) => {
    if (!file?.endsWith('.ts') || /^(web|client|format|db\/generated)\/|\.test\.ts$/.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => engine.restart(), 150)
  })
  return () => watcher.close()
}
