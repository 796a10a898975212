import { type ChildProcess, spawn } from 'node:child_process'
import { realpathSync } from 'node:fs'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import type { FileEngine } from '#lib/connectors/contract'

/** The heap of one runner; what sockets deliver is capped per operation and lives outside it. */
const heapMaxMb = 256

const checkout = path.join(import.meta.dirname, '../..')
export const productRegistry = path.join(checkout, 'lib/connectors/drivers.gen.ts')

export interface RunnerProcess {
  child: ChildProcess
  pipe: Duplex
}

/** Bounds that the system keeps for an engine in C, which no flag of Node reaches: not a byte into a file, memory, open files. */
const fileLimits = 'unset PWD OLDPWD; ulimit -f 0; ulimit -d 1048576; ulimit -n 64'

/** Where Debian says that nobody lives: nothing is found there, and nothing stays behind. */
const noHome = '/nonexistent'

/**
 * Starts a runner that has nothing: an empty environment, no home, no inspector, and files only as far as its own code
 * reaches, so that neither keys nor other programs are within reach of a driver (CONN-1, CONN-10).
 */
export const spawnRunner = (registry: string, engine?: FileEngine): RunnerProcess => {
  const readable = [...codeOf(checkout), ...(registry === productRegistry ? [] : [path.dirname(registry) + path.sep])]
  const program = [
    process.execPath,
    '--permission',
    ...readable.map((place) => `--allow-fs-read=${place}`),
    // SQLite opens files of its own, past the permissions.
    ...(engine === 'sqlite' ? [] : ['--no-experimental-sqlite']),
    '--disable-sigusr1',
    '--disable-proto=delete',
    `--max-old-space-size=${heapMaxMb}`,
    // PostgreSQL's parser is WebAssembly with functions so large that optimizing them takes half a gigabyte and seconds;
    // each is compiled when it is first called, and simply.
    '--liftoff-only',
    '--wasm-lazy-compilation',
    '--disable-warning=ExperimentalWarning',
    '--disable-warning=SecurityWarning',
    path.join(import.meta.dirname, 'main.ts'),
    registry,
    ...(engine ? [engine] : []),
  ]
  const [file = '', ...args] = engine ? ['/bin/sh', '-c', `${fileLimits}; exec "$@"`, 'sh', ...program] : program
  const child = spawn(file, args, {
    cwd: checkout,
    env: { HOME: noHome, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  return { child, pipe: child.stdio[3] as Duplex }
}

const code = [
  'lib/core/',
  'lib/connectors/',
  'lib/credentials/',
  'lib/runner/',
  'lib/queries/formats/',
  'lib/queries/tail.ts',
  'lib/format/csv.ts',
  'node_modules',
  'node_modules/',
  'package.json',
]

// Packages may be linked from elsewhere; then the permission is asked for the link and for the real place.
const codeOf = (root: string): string[] =>
  code.flatMap((part) => {
    const place = path.join(root, part)
    return [place, realpathSync(place) + (part.endsWith('/') ? path.sep : '')]
  })
